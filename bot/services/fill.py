"""One request for the page at the upper end of a gap: newest first, until nothing is missing."""

from dataclasses import replace
from datetime import datetime

from bot.domain.cursor import turn
from bot.domain.preview import PreviewAnswer
from bot.domain.watching import KeptGap, Watch
from bot.ports import Clock, Preview
from bot.services.preview_page import is_same_channel, keep_posts, page_in, tell_host
from bot.services.visit import Visited
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork


class Fill:
    def __init__(self, database: Database, clock: Clock, preview: Preview) -> None:
        self._database = database
        self._clock = clock
        self._preview = preview

    async def gap(self, gap_id: int) -> Visited:
        """One that brings nothing is tried again later, up to once a day; it is never given up."""
        async with self._database.look() as work:
            gap = await work.gaps.get(gap_id)
            watch = await work.watches.get(gap.channel_id) if gap else None
        if gap is None or watch is None:
            return Visited()
        answer = await self._preview.page(watch.username, gap.gap.hi + 1)
        async with self._database.work() as work:
            now = self._clock.now()
            current = await work.watches.get(gap.channel_id, for_update=True)
            if current is None or current.username != watch.username:
                return Visited(answer.reached)
            visited = await self._settle(work, current, gap, answer, now)
            await tell_host(work, answer, now)
            await work.commit()
        return visited

    async def _settle(
        self, work: UnitOfWork, watch: Watch, gap: KeptGap, answer: PreviewAnswer, now: datetime
    ) -> Visited:
        page = page_in(answer)
        if page is None or watch.cursor is None or not is_same_channel(watch, answer.reached, page):
            await work.gaps.failed(gap, gap.next_try(now))
            return Visited(answer.reached)
        turned = turn(watch.cursor, page, now, watch.began_at, gap.gap.hi + 1)
        kept = await keep_posts(work, watch, turned, now)
        changed = await work.gaps.replace(watch.channel_id, turned.cursor.gaps, now)
        left = await work.gaps.get(gap.id)
        if left is not None and left.gap == gap.gap:
            await work.gaps.failed(left, left.next_try(now))
        await work.watches.keep(replace(watch, cursor=turned.cursor))
        return Visited(answer.reached, kept, tuple(one.id for one in changed))
