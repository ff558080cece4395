"""One request for one flagged post: does it still stand, and how does it read?

Only "not found" can make a post count as deleted: said of every message of it, twice, at least ten
minutes apart, while its channel answers well. An empty page, a throttled one, a server that fails:
none of them says anything about the post.
"""

from dataclasses import replace
from datetime import datetime

from bot.domain.health import Health, back_off, health_after
from bot.domain.preview import PreviewAnswer, PreviewPage, Reached
from bot.domain.watching import BETWEEN_DENIALS, LOOKS_AFTER, Recheck, Watch
from bot.ports import Clock, Preview
from bot.services.deal import Deal
from bot.services.preview_page import is_same_channel, page_in, tell_host
from bot.services.visit import Visited
from bot.storage.database import Database
from bot.storage.posts import Kept
from bot.storage.unit_of_work import UnitOfWork


class LookAgain:
    def __init__(self, database: Database, clock: Clock, preview: Preview, deal: Deal) -> None:
        self._database = database
        self._clock = clock
        self._preview = preview
        self._deal = deal

    async def post(self, post_id: int) -> Visited:
        async with self._database.look() as work:
            recheck = await work.rechecks.get(post_id)
            watch = await work.watches.get(recheck.channel_id) if recheck else None
        if recheck is None or watch is None:
            return Visited()
        answer = await self._preview.post(watch.username, _number(recheck))
        async with self._database.work() as work:
            now = self._clock.now()
            await work.audit.hold()
            current = await work.watches.get(recheck.channel_id, for_update=True)
            recheck = await work.rechecks.get(post_id)
            if current is None or recheck is None or current.username != watch.username:
                return Visited(answer.reached)
            kept = await self._settle(work, current, recheck, answer, now)
            await tell_host(work, answer, now)
            await work.commit()
        return Visited(answer.reached, kept)

    async def _settle(
        self,
        work: UnitOfWork,
        watch: Watch,
        recheck: Recheck,
        answer: PreviewAnswer,
        now: datetime,
    ) -> Kept:
        page = page_in(answer)
        if page is not None and is_same_channel(watch, answer.reached, page):
            return await self._stands(work, recheck, page, now)
        if answer.reached is Reached.NOT_FOUND and watch.health is Health.WELL:
            await self._denied(work, recheck, now)
        else:
            await self._later(work, recheck, answer, now)
        return Kept()

    async def _stands(
        self, work: UnitOfWork, recheck: Recheck, page: PreviewPage, now: datetime
    ) -> Kept:
        """It is there: its words are kept if they differ, and the next look is appointed."""
        ours = [post for post in page.posts if set(post.member_ids) & set(recheck.member_ids)]
        if await work.rechecks.stand(recheck.channel_id, [recheck.member_ids[0]]):
            await self._show_anew(work, recheck.post_id)
        if ours:
            await work.rechecks.stood(recheck.post_id, now)
        is_appointed = now >= recheck.owed_at + LOOKS_AFTER[recheck.round]
        due_at = recheck.next_look if is_appointed else recheck.owed_at + LOOKS_AFTER[recheck.round]
        if due_at is None:
            await work.rechecks.done(recheck.post_id)
        else:
            await work.rechecks.keep(
                replace(
                    recheck,
                    due_at=due_at,
                    round=recheck.round + is_appointed,
                    member=0,
                    failures=0,
                    missing_since=None,
                )
            )
        return await work.posts.keep(recheck.channel_id, ours, now, marked=page.edited_ids)

    async def _denied(self, work: UnitOfWork, recheck: Recheck, now: datetime) -> None:
        """The host says that a message of it is not there."""
        since = recheck.missing_since
        if recheck.member + 1 < len(recheck.member_ids):
            following = replace(recheck, member=recheck.member + 1, due_at=now)
            await work.rechecks.keep(following, is_answered=False)
        elif since is None or now - since < BETWEEN_DENIALS:
            since = since or now
            await work.rechecks.keep(
                replace(recheck, member=0, missing_since=since, due_at=since + BETWEEN_DENIALS)
            )
        else:
            await work.rechecks.gone(recheck.post_id, since)
            await work.rechecks.done(recheck.post_id)
            await work.audit.write("post gone", f"post {recheck.post_id}", now)
            await self._show_anew(work, recheck.post_id)

    async def _later(
        self, work: UnitOfWork, recheck: Recheck, answer: PreviewAnswer, now: datetime
    ) -> None:
        """The answer says nothing of the post."""
        health, failures = health_after(answer.reached), recheck.failures + 1
        wait = back_off(Health.EMPTY if health is Health.WELL else health, failures)
        await work.rechecks.keep(replace(recheck, failures=failures, due_at=now + wait))

    async def _show_anew(self, work: UnitOfWork, post_id: int) -> None:
        card = await work.cards.newest_of_post(post_id)
        for person_id in await work.desks.showing(card.id) if card else ():
            await self._deal.show_anew(work, person_id)


def _number(recheck: Recheck) -> int:
    """Of an album one message after another is asked for, until one is there."""
    return recheck.member_ids[min(recheck.member, len(recheck.member_ids) - 1)]
