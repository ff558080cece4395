"""Says how things stand, in numbers."""

from bot.domain.channel import WatchState
from bot.domain.status import Status
from bot.ports import Classifier
from bot.storage.database import Database


class Report:
    def __init__(self, database: Database, classifier: Classifier) -> None:
        self._database = database
        self._classifier = classifier

    async def status(self) -> Status:
        async with self._database.look() as work:
            channels = await work.channels.under_watch()
            posts, unreadable = await work.posts.count()
            _, unknown = await work.verdicts.count()
            outbox = await work.outbox.count_by_state()
            return Status(
                watching=sum(c.state is WatchState.WATCHING for c in channels),
                waiting=sum(c.state is WatchState.WAITING for c in channels),
                posts=posts,
                unreadable=unreadable,
                unknown=unknown,
                cases=await work.cards.count_cases(),
                cards=await work.cards.count_by_state(),
                oldest_open=await work.cards.oldest_open(),
                referrals=await work.referrals.count_by_state(),
                unsent=outbox.get("owed", 0) + outbox.get("leased", 0),
                failed=outbox.get("failed", 0),
                moderators_on_duty=await work.desks.count_on_duty(),
                recipients=len(await work.recipients.served()),
                last_digest=await work.digests.newest_delivered(),
                model=self._classifier.version,
                audit_hash=await work.audit.newest_hash(),
                answers=await work.receipts.count_by_code(),
                unanswered=await work.receipts.count_unanswered(),
                corrections=await work.reversals.count_corrections(),
                paused_since=await work.reversals.paused_since(),
            )
