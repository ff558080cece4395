"""Gives a channel another kind: with a reason, and a second admin where the kind asks for one."""

from bot.domain.adding import ChannelKind, needs_second
from bot.domain.people import Person, Role
from bot.domain.rekind import KindChange, KindState, KindWordPress, Rekinded
from bot.domain.reversal import fair_reason
from bot.ports import Clock, Letter
from bot.render.rekind import kind_request_letter
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import say


class Rekind:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def name(self, channel_id: int) -> str | None:
        """The channel's name; None where there is no such channel."""
        async with self._database.look() as work:
            channel = await work.channels.by_id(channel_id)
        return channel.name if channel else None

    async def ask(self, admin: Person, channel_id: int, kind: ChannelKind, reason: str) -> Rekinded:
        """An admin's wish: done at once, or put before the other admins."""
        now, words = self._clock.now(), fair_reason(reason)
        if words is None:
            return Rekinded.NO_REASON
        async with self._database.work() as work:
            await work.audit.hold()
            channel = await work.channels.by_id(channel_id, for_update=True)
            if channel is None:
                return Rekinded.GONE
            if channel.kind is kind:
                return Rekinded.SAME
            if await work.kind_changes.asked_about(channel.id):
                return Rekinded.ALREADY
            is_asked = needs_second(kind, channel.wanted_by)
            change_id = await work.kind_changes.ask(
                channel.id, channel.kind, kind, words, admin.id, now, needs_second=is_asked
            )
            details: dict[str, str | int] = {
                "change": change_id,
                "before": channel.kind,
                "kind": kind,
            }
            event = "channel kind asked" if is_asked else "channel kind"
            await work.audit.write(event, f"channel {channel.id}", now, admin.id, details)
            others = 0
            if is_asked:
                others = await self._ask_others(work, change_id, admin)
            else:
                await work.channels.change(channel.id, kind=kind)
            await work.commit()
        if not is_asked:
            return Rekinded.DONE
        return Rekinded.ASKED if others else Rekinded.ASKED_NOBODY

    async def _ask_others(self, work: UnitOfWork, change_id: int, asker: Person) -> int:
        change = await work.kind_changes.get(change_id)
        assert change is not None  # kept above
        others = [one for one in await work.people.holding(Role.ADMIN) if one.id != asker.id]
        for other in others:
            await self._owe_request(work, change, asker.name, other)
        return len(others)

    async def _owe_request(
        self, work: UnitOfWork, change: KindChange, asker: str, admin: Person
    ) -> None:
        channel = await work.channels.by_id(change.channel_id)
        assert channel is not None  # a foreign key says so
        letter = kind_request_letter(change, channel.name, asker, admin.language)
        await work.outbox.owe_notice(admin.telegram_id, letter, self._clock.now())

    async def requests_for(self, admin: Person) -> int:
        """Shows an admin again what waits for a second one; how many there are."""
        async with self._database.work() as work:
            waiting = [one for one in await work.kind_changes.asked() if one.asked_by != admin.id]
            for one in waiting:
                asker = await work.people.by_id(one.asked_by)
                await self._owe_request(work, one, asker.name if asker else "?", admin)
            await work.commit()
        return len(waiting)

    async def decide(self, admin: Person, press: KindWordPress) -> Rekinded:
        """A second admin agrees or refuses. The first answer counts."""
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            change = await work.kind_changes.get(press.change_id)
            if change is None or change.state is not KindState.ASKED:
                return Rekinded.LATE
            if change.asked_by == admin.id:
                return Rekinded.OWN
            state = KindState.DONE if press.agrees else KindState.REFUSED
            await work.kind_changes.close(change.id, state, now, admin.id)
            if press.agrees:
                await work.channels.change(change.channel_id, kind=change.kind)
            event = "channel kind agreed" if press.agrees else "channel kind refused"
            details: dict[str, str | int] = {
                "change": change.id,
                "before": change.before,
                "kind": change.kind,
            }
            await work.audit.write(event, f"channel {change.channel_id}", now, admin.id, details)
            await self._tell_asker(work, change, press, admin)
            await work.commit()
        return Rekinded.DONE if press.agrees else Rekinded.REFUSED

    async def _tell_asker(
        self, work: UnitOfWork, change: KindChange, press: KindWordPress, admin: Person
    ) -> None:
        asker = await work.people.by_id(change.asked_by)
        channel = await work.channels.by_id(change.channel_id)
        if asker is None or channel is None:
            return
        words = say(
            asker.language,
            "told-kind-agreed" if press.agrees else "told-kind-refused",
            who=admin.name,
            name=channel.name,
            kind=say(asker.language, f"kind-{change.kind}"),
        )
        await work.outbox.owe_notice(asker.telegram_id, Letter(words), self._clock.now())
