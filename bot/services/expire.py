"""Ends what waited for a second admin too long; who asked and who was asked hear of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.adding import REQUEST_LIFETIME, Addition, AdditionState
from bot.domain.people import Role
from bot.domain.rekind import KindChange, KindState
from bot.ports import Clock, Letter
from bot.render.adding import form_letter
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import say

_BETWEEN = timedelta(minutes=10)  # days are counted: to look more often tells nothing


class Expire:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._not_before = clock.now()

    async def due(self) -> int:
        """Ends requests whose time is over; how many."""
        now = self._clock.now()
        if now < self._not_before:
            return 0
        self._not_before = now + _BETWEEN
        async with self._database.look() as work:
            lists, kinds = await self._over(work)
        if not lists and not kinds:
            return 0
        async with self._database.work() as work:
            await work.audit.hold()
            lists, kinds = await self._over(work)
            for one in lists:
                await self._end_list(work, one, now)
            for change in kinds:
                await self._end_kind(work, change, now)
            await work.commit()
        return len(lists) + len(kinds)

    async def _over(self, work: UnitOfWork) -> tuple[list[Addition], list[KindChange]]:
        before = self._clock.now() - REQUEST_LIFETIME
        waiting = await work.additions.in_state(AdditionState.REQUESTED)
        lists = [one for one in waiting if one.opened_at <= before]
        return lists, list(await work.kind_changes.asked_before(before))

    async def _end_list(self, work: UnitOfWork, one: Addition, now: datetime) -> None:
        await work.additions.close(one.id, AdditionState.EXPIRED, now)
        await work.audit.write("addition expired", f"addition {one.id}", now)
        asker = await work.people.by_id(one.person_id)
        if asker is not None:
            form = form_letter(replace(one, state=AdditionState.EXPIRED), asker.language)
            await work.outbox.owe_notice(one.chat_id, form, now, edits=one.message_id)
        await self._tell(work, one.person_id, "list-expired", lines=one.lines)

    async def _end_kind(self, work: UnitOfWork, change: KindChange, now: datetime) -> None:
        await work.kind_changes.close(change.id, KindState.EXPIRED, now)
        details = {"change": change.id}
        event = "channel kind expired"
        await work.audit.write(event, f"channel {change.channel_id}", now, details=details)
        channel = await work.channels.by_id(change.channel_id)
        assert channel is not None  # a foreign key says so
        await self._tell(work, change.asked_by, "kind-expired", name=channel.name)

    async def _tell(self, work: UnitOfWork, asked_by: int, key: str, **values: object) -> None:
        """Every admin: the one who asked in other words than those who were asked."""
        asker = await work.people.by_id(asked_by)
        for admin in await work.people.holding(Role.ADMIN):
            whose = "yours" if admin.id == asked_by else "others"
            words = say(
                admin.language,
                f"told-{key}-{whose}",
                who=asker.name if asker else "?",
                days=REQUEST_LIFETIME.days,
                **values,
            )
            await work.outbox.owe_notice(admin.telegram_id, Letter(words), self._clock.now())
