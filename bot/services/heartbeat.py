"""One silent message a day to admins: how it stands. It comes when all is well, too; a day without
it means that the program did not run.
"""

from collections import Counter
from datetime import datetime, timedelta

from bot.domain.errors import SettingsError
from bot.domain.people import Role
from bot.domain.recipient import Requirement
from bot.domain.status import Day
from bot.ports import Classifier, Clock, Letter
from bot.render.day import day_text
from bot.services.enrol import held_back
from bot.services.oversee import Oversee
from bot.services.timetable import next_time
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_DAY = timedelta(days=1)


class Heartbeat:
    """day_at: a crontab line, read in `timezone`.

    undecided_days: posts that nobody has decided for longer are counted.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        oversee: Oversee,
        classifier: Classifier,
        *,
        day_at: str,
        timezone: str,
        undecided_days: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._oversee = oversee
        self._classifier = classifier
        self._day_at = day_at
        self._timezone = timezone
        self._undecided_days = undecided_days

    async def due(self) -> bool:
        """Owes the message whose time has come, once; whether it did."""
        now = self._clock.now()
        async with self._database.look() as work:
            last = await work.heartbeats.last_due()
        if last is None:
            await self._begin(now)
            return False
        due_at = self._next(last)
        if due_at is None or due_at > now:
            return False
        missed = 0
        while (after := self._next(due_at)) is not None and after <= now:
            due_at, missed = after, missed + 1
        return await self._owe(due_at, missed, now)

    def _next(self, after: datetime) -> datetime | None:
        try:
            return next_time(self._day_at, self._timezone, after)
        except SettingsError:
            return None  # a day that never comes; the settings refuse such a line

    async def _begin(self, now: datetime) -> None:
        """Counting starts with the first start of the program: no day before it was missed."""
        async with self._database.work() as work:
            await work.heartbeats.made(now, now)
            await work.commit()

    async def _owe(self, due_at: datetime, missed: int, now: datetime) -> bool:
        seen = await self._oversee.everything()
        why: Counter[str] = Counter()
        for one in seen:
            if one.why_not_well:
                why[one.why_not_well] += one.count
        watched = sum(one.count for one in seen)
        async with self._database.work() as work:
            if not await work.heartbeats.made(due_at, now):
                return False
            day = await self._day(work, watched, dict(why), missed, now)
            for admin in await work.people.holding(Role.ADMIN):
                words = day_text(day, admin.language, self._timezone)
                await work.outbox.owe_notice(admin.telegram_id, Letter(words, silent=True), now)
            await work.commit()
        return True

    async def _day(
        self, work: UnitOfWork, watched: int, why: dict[str, int], missed: int, now: datetime
    ) -> Day:
        posts, unreadable = await work.posts.count_since(now - _DAY)
        return Day(
            now=now,
            watched=watched,
            not_well=why,
            posts=posts,
            unreadable=unreadable,
            model=self._classifier.version,
            oldest_open=await work.cards.oldest_open(),
            audit_hash=await work.audit.newest_hash(),
            missed=missed,
            undecided=await work.cards.count_open_before(
                now - timedelta(days=self._undecided_days)
            ),
            undecided_days=self._undecided_days,
            held=await self._held(work),
        )

    async def _held(self, work: UnitOfWork) -> dict[str, Counter[Requirement]]:
        """What keeps referrals back, recipient by recipient."""
        held: dict[str, Counter[Requirement]] = {}
        for one in await work.recipients.served():
            needs = await held_back(work, one)
            if needs:
                held[one.name] = needs
        return held
