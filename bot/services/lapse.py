"""Watches that found nothing for long: admins are asked whether they go on, then they lapse."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.channel import Channel, WatchState
from bot.domain.overseen import ASKED_BEFORE, LIFETIME
from bot.domain.people import Person, Role
from bot.ports import Clock
from bot.render.channels import renewal_letter
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_BETWEEN = timedelta(hours=1)  # days are counted: to look more often would cost more than it tells
_MOST = 8  # channels that one message asks about


class Lapse:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked_at: datetime | None = None

    async def due(self) -> int:
        """Asks about watches that run out within a week, ends those that did; how many ended."""
        now = self._clock.now()
        if self._looked_at is not None and now - self._looked_at < _BETWEEN:
            return 0
        self._looked_at = now
        async with self._database.look() as work:
            ends = await self._ends(work)
        over = {channel.id for channel, end in ends if end <= now}
        soon = {channel.id for channel, end in ends if now < end <= now + ASKED_BEFORE}
        if not over and not soon:
            return 0
        async with self._database.work() as work:
            await work.audit.hold()
            ends = await self._ends(work)  # a post may have been confirmed meanwhile
            await self._ask(work, [pair for pair in ends if pair[0].id in soon], now)
            ended = [channel for channel, end in ends if channel.id in over and end <= now]
            for channel in ended:
                await self._end(work, channel, now)
            await work.commit()
        return len(ended)

    async def _ends(self, work: UnitOfWork) -> list[tuple[Channel, datetime]]:
        """When each watch that runs will end."""
        confirmed = await work.channels.confirmed_at()
        ends = []
        for channel in await work.channels.under_watch():
            begun = channel.renewed_at or channel.added_at
            ends.append((channel, max(begun, confirmed.get(channel.id, begun)) + LIFETIME))
        return ends

    async def _ask(
        self, work: UnitOfWork, soon: Sequence[tuple[Channel, datetime]], now: datetime
    ) -> None:
        """Once for each end: a confirmed post moves it, and then it is asked anew."""
        unasked = [
            (channel, end)
            for channel, end in soon
            if channel.renewal_asked_at is None or channel.renewal_asked_at < end - ASKED_BEFORE
        ]
        for channel, _ in unasked:
            await work.channels.change(channel.id, renewal_asked_at=now)
        admins = await work.people.holding(Role.ADMIN)
        for start in range(0, len(unasked), _MOST):
            for admin in admins:
                letter = renewal_letter(unasked[start : start + _MOST], now, admin.language)
                await work.outbox.owe_notice(admin.telegram_id, letter, now)

    async def _end(self, work: UnitOfWork, channel: Channel, now: datetime) -> None:
        await work.channels.set_state(channel.id, WatchState.LAPSED)
        await work.audit.write("channel lapsed", f"channel {channel.id}", now)
        await tell_admins(work, self._clock, "told-channel-lapsed", channel=channel.name)

    async def renew_asked(self, admin: Person, epoch: int) -> int:
        """Renews all that admins were asked about at one moment, in seconds; how many."""
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            renewed = 0
            for channel in await work.channels.under_watch():
                asked = channel.renewal_asked_at
                if asked is None or int(asked.timestamp()) != epoch:
                    continue
                await work.channels.change(channel.id, renewed_at=now, renewal_asked_at=None)
                await work.audit.write("channel renew", f"channel {channel.id}", now, admin.id)
                renewed += 1
            await work.commit()
        return renewed
