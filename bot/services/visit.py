"""One request for the newest page of a channel, and what it leaves: posts and cursor together.

What was on the page, and how far the channel was read, are one transaction: a crash before it costs
the request, a crash after it nothing. What the page does not reach is a gap from then on.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from bot.domain.channel import WatchState
from bot.domain.cursor import turn
from bot.domain.health import Health, health_after
from bot.domain.pacing import Stretch
from bot.domain.preview import PreviewAnswer, PreviewPage, Reached
from bot.domain.watching import Watch, unwell_after, well_after
from bot.ports import Clock, Preview
from bot.services.preview_page import is_same_channel, keep_posts, page_in, tell_host
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.posts import Kept
from bot.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)
JITTER = 0.1  # by up to this share earlier than planned, so that channels do not march in step


@dataclass(frozen=True)
class Visited:
    """What became of one request. reached: None when nothing was asked for.

    gap_ids: gaps that are new or shrank, and so are worth going on with; highest numbers first.
    """

    reached: Reached | None = None
    kept: Kept = field(default_factory=Kept)
    gap_ids: tuple[int, ...] = ()


class Visit:
    """stretch: how much longer than wanted intervals are at the moment; the schedule sets it."""

    def __init__(self, database: Database, clock: Clock, preview: Preview, chance: Random) -> None:
        self._database = database
        self._clock = clock
        self._preview = preview
        self._chance = chance
        self.stretch = Stretch()

    async def channel(self, channel_id: int) -> Visited:
        async with self._database.look() as work:
            watch = await work.watches.get(channel_id)
        if watch is None:
            return Visited()
        answer = await self._preview.page(watch.username)
        async with self._database.work() as work:
            now = self._clock.now()
            if answer.reached is not Reached.PAGE or watch.health is not Health.WELL:
                await work.audit.hold()
            current = await work.watches.get(channel_id, for_update=True)
            if current is None or current.username != watch.username:
                return Visited(answer.reached)  # off watch, or renamed: nothing of it is kept
            visited = await self._settle(work, current, answer, now)
            await tell_host(work, answer, now)
            await work.commit()
        return visited

    async def _settle(
        self, work: UnitOfWork, watch: Watch, answer: PreviewAnswer, now: datetime
    ) -> Visited:
        page, visited = page_in(answer), Visited(answer.reached)
        if page is None:
            await self._not_well(work, watch, answer, now)
        elif not is_same_channel(watch, answer.reached, page):
            await self._another(work, watch, answer, now)
        elif not await self._is_known_otherwise(work, watch, page):
            await self._learn(work, watch, page, now)
            visited = await self._turn(work, watch, page, answer.reached, now)
        return visited

    async def _turn(
        self, work: UnitOfWork, watch: Watch, page: PreviewPage, reached: Reached, now: datetime
    ) -> Visited:
        turned = turn(watch.cursor, page, now, watch.began_at)
        kept = await keep_posts(work, watch, turned, now)
        before = watch.cursor.gaps if watch.cursor else ()
        gaps = []
        if turned.cursor.gaps != before:
            gaps = await work.gaps.replace(watch.channel_id, turned.cursor.gaps, now)
        if turned.vanished:
            await work.rechecks.hasten(watch.channel_id, turned.vanished, now)
        await work.watches.keep(well_after(watch, page, turned, now, self.stretch, self._jitter()))
        return Visited(reached, kept, tuple(gap.id for gap in gaps))

    def _jitter(self) -> float:
        return self._chance.uniform(1 - JITTER, 1)

    # --- the channel itself ------------------------------------------------------------------

    async def _is_known_otherwise(self, work: UnitOfWork, watch: Watch, page: PreviewPage) -> bool:
        """A name that was asked for turns out to be a channel we have: they are made one, and its
        reading goes on where it was."""
        is_named_so = (page.ref.username or "").lower() == watch.username.lower()
        if page.ref.chat_id is None or (watch.chat_id is not None and is_named_so):
            return False
        found = await work.channels.find(page.ref, for_update=True)
        if found is None or found.id == watch.channel_id:
            return False
        await work.channels.learn(found.id, page.ref)
        return True

    async def _learn(
        self, work: UnitOfWork, watch: Watch, page: PreviewPage, now: datetime
    ) -> None:
        """What the page says of the channel: id, name, title, reach. Now it is being watched."""
        ref = page.ref
        if (ref.chat_id or watch.chat_id, ref.username, ref.title or watch.title) != (
            watch.chat_id,
            watch.username,
            watch.title,
        ):
            await work.channels.learn(watch.channel_id, ref)
        if page.subscribers not in (None, watch.subscribers):
            await work.channels.count_subscribers(
                watch.channel_id, page.subscribers or 0, page.subscribers_approx
            )
        if not watch.is_reached:
            await work.channels.set_state(watch.channel_id, WatchState.WATCHING)
        if watch.cursor is None:
            await work.audit.write(
                "channel reached", f"channel {watch.channel_id}", now, details={"source": "preview"}
            )

    # --- what is not well --------------------------------------------------------------------

    async def _not_well(
        self,
        work: UnitOfWork,
        watch: Watch,
        answer: PreviewAnswer,
        now: datetime,
        health: Health | None = None,
    ) -> None:
        """Nothing was read: the channel rests, longer with each time."""
        health = health or health_after(answer.reached)
        if health in (Health.WELL, Health.DRIFT):  # a page without a number is none we know
            health = Health.DRIFT
            _log.error(
                "channel %s: a page this version does not know, nothing read", watch.channel_id
            )
        host = (await work.sources.host()).after(answer.reached, answer.retry_after, now)
        await work.watches.keep(unwell_after(watch, health, host, now, self._jitter()))

    async def _another(
        self, work: UnitOfWork, watch: Watch, answer: PreviewAnswer, now: datetime
    ) -> None:
        """The name leads to another channel: nothing of that one is kept.

        Seen twice in a row, the name is taken from ours, so that no link of its posts leads to
        somebody else's; admins are told, and nothing is asked for any more.
        """
        await self._not_well(work, watch, answer, now, Health.OTHER_CHANNEL)
        if watch.health is not Health.OTHER_CHANNEL or watch.chat_id is None:
            return
        await work.channels.lose_name(watch.channel_id)
        await work.audit.write("channel lost its name", f"channel {watch.channel_id}", now)
        await tell_admins(
            work, self._clock, "told-channel-other", channel=watch.title, name=f"@{watch.username}"
        )
