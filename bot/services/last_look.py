"""Has posts looked at once more before they leave, where the web preview can be asked.

The asking itself is done by whoever goes the rounds, within the host's budget. A digest waits for
the answers for a short time and then leaves without those that did not come.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.ports import Clock
from bot.storage.database import Database

# A post that is denied counts as gone after a second denial ten minutes later: the looks begin
# early enough for both. A post seen within that time is not asked for again.
LEAD = timedelta(minutes=15)
# 100 posts, the most in a digest, take 200 s at the usual budget of one request in two seconds.
PATIENCE = timedelta(minutes=4)
# What does not wait was asked for when it was confirmed, a minute before it may leave.
AT_ONCE = timedelta(seconds=10)


class LastLook:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def ahead(self) -> int:
        """Has everything looked at that leaves soon; how many posts that were."""
        async with self._database.look() as work:
            leaving = await work.last_looks.leaving_soon(self._clock.now(), LEAD)
        return await self._ask(leaving)

    async def holds_up(self, digest_id: int) -> bool:
        """Whether a digest that was made should wait a little for what its posts' pages say."""
        now = self._clock.now()
        async with self._database.look() as work:
            kept = await work.digests.get(digest_id)
            patience = AT_ONCE if kept.is_at_once else PATIENCE
            host = await work.sources.host()
            if kept.written_at or now >= kept.created_at + patience or host.is_paused(now):
                return False
            unlooked = await work.last_looks.of_digest(digest_id, now, LEAD)
        if await self._ask(unlooked):
            return True
        async with self._database.look() as work:
            return await work.last_looks.is_awaited(digest_id)

    async def _ask(self, post_ids: Sequence[int]) -> int:
        if post_ids:
            async with self._database.work() as work:
                await work.audit.hold()
                await work.last_looks.want(post_ids, self._clock.now())
                await work.commit()
        return len(post_ids)
