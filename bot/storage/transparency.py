"""Counts of a stretch of days, by codes, states and languages alone: no text, no name is read.

What was forgotten counts on: its rows stay, see retention.py.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select

from bot.domain.case import OPEN_STATES
from bot.domain.channel import WatchState
from bot.domain.open_tables import CELLS, PART_OF, TAKEN_BACK, UNANSWERED, UNRECORDED
from bot.domain.referral import ReferralState
from bot.domain.reversal import WithdrawalState
from bot.domain.transparency import Group, Period, Table
from bot.storage.store import AnyRow, Store
from bot.storage.tables import (
    cards,
    channels,
    corrections,
    digests,
    gaps,
    posts,
    receipts,
    referrals,
    revisions,
    verdicts,
    withdrawals,
)


class TransparencyStore(Store):
    async def groups(self, period: Period) -> list[Group]:
        """Everything that is counted, in reading order, as it is."""
        return [
            await self._posts(period),
            await self._delivered(period),
            await self._undelivered(period),
            await self._corrections(period),
            await self._withdrawn(period),
            await self._watches(period),
            await self._gaps(period),
        ]

    async def answer_times(self, period: Period) -> list[timedelta]:
        """From delivery to the answer that stands, of referrals that were delivered then."""
        rows = await self._connection.execute(
            select(referrals.c.delivered_at, receipts.c.answered_at)
            .join(digests, digests.c.id == referrals.c.digest_id)
            .join(receipts, and_(receipts.c.referral_id == referrals.c.id, receipts.c.stands))
            .where(*_was_delivered(period))
        )
        return [row.answered_at - row.delivered_at for row in rows]

    async def _posts(self, period: Period) -> Group:
        """Posts that were first read then, as they stand now: each by its newest card."""
        newest = (
            select(cards.c.post_id, func.max(cards.c.id).label("card_id"))
            .group_by(cards.c.post_id)
            .subquery()
        )
        known = case(
            (cards.c.id.is_(None), None), else_=func.coalesce(cards.c.language, UNRECORDED)
        )
        found = await self._counts(
            select(
                _reading().label("reading"),
                func.coalesce(cards.c.harm, cards.c.purpose, "none").label("code"),
                known.label("language"),
            )
            .select_from(
                posts.outerjoin(newest, newest.c.post_id == posts.c.id).outerjoin(
                    cards, cards.c.id == newest.c.card_id
                )
            )
            .where(*_within(posts.c.seen_at, period))
        )
        decided = [row for row in found if row.reading == "decided"]
        return _group(
            "posts",
            reading=((row.reading, row.n) for row in found),
            decisions=((row.code, row.n) for row in decided),
            languages=((row.language, row.n) for row in decided),
        )

    async def _delivered(self, period: Period) -> Group:
        """Items of digests that arrived then; tests are none. One post counts per recipient."""
        outcome = case(
            (receipts.c.code.is_not(None), receipts.c.code),
            (referrals.c.state == ReferralState.WITHDRAWN, TAKEN_BACK),
            else_=UNANSWERED,
        )
        found = await self._counts(
            select(
                referrals.c.harm.label("code"),
                func.coalesce(cards.c.language, UNRECORDED).label("language"),
                outcome.label("outcome"),
            )
            .select_from(referrals)
            .join(digests, digests.c.id == referrals.c.digest_id)
            .join(cards, cards.c.id == referrals.c.card_id)
            .outerjoin(receipts, and_(receipts.c.referral_id == referrals.c.id, receipts.c.stands))
            .where(*_was_delivered(period))
        )
        return _group(
            "referred",
            referred_codes=((row.code, row.n) for row in found),
            referred_languages=((row.language, row.n) for row in found),
            outcomes=((row.outcome, row.n) for row in found),
        )

    async def _undelivered(self, period: Period) -> Group:
        """Items that were owed then and have not arrived."""
        where = (*_within(referrals.c.owed_at, period), referrals.c.delivered_at.is_(None))
        return await self._simple("undelivered", referrals.c.state, *where)

    async def _corrections(self, period: Period) -> Group:
        answer = case(
            (corrections.c.outcome.is_not(None), corrections.c.outcome),
            (corrections.c.sent_at.is_(None), "not_sent"),
            else_="no_answer",
        )
        where = _within(corrections.c.owed_at, period)
        return await self._simple("corrections", answer, *where)

    async def _withdrawn(self, period: Period) -> Group:
        where = (
            *_within(withdrawals.c.decided_at, period),
            withdrawals.c.state == WithdrawalState.AGREED,
        )
        return await self._simple("withdrawn", withdrawals.c.state, *where)

    async def _watches(self, period: Period) -> Group:
        """Channels put under watch then: who asked, and how each stands now."""
        found = await self._counts(
            select(channels.c.wanted_by, channels.c.state).where(
                *_within(channels.c.added_at, period), channels.c.state != WatchState.SCANNED
            )
        )
        return _group(
            "watches",
            askers=((row.wanted_by, row.n) for row in found),
            watches=((row.state, row.n) for row in found),
        )

    async def _gaps(self, period: Period) -> Group:
        """Numbers of messages, found missing then, of which nothing is known to this day."""
        rows = await self._connection.execute(
            select(gaps.c.reason, func.sum(gaps.c.last - gaps.c.first + 1).label("n"))
            .where(*_within(gaps.c.found_at, period))
            .group_by(gaps.c.reason)
        )
        return _group("gaps", gaps=((row.reason, int(row.n)) for row in rows))

    async def _simple(
        self, name: str, by: ColumnElement[str], *where: ColumnElement[bool]
    ) -> Group:
        """A group of one table, which has its name."""
        found = await self._counts(select(by.label("cell")).where(*where))
        return _group(name, **{name: ((row.cell, row.n) for row in found)})

    async def _counts(self, asked: Select[Any]) -> Sequence[AnyRow]:
        """How many rows there are of each kind, as `n`.

        Counted from outside: PostgreSQL does not see that two expressions with the same values
        bound are one.
        """
        kinds = asked.subquery()
        rows = await self._connection.execute(
            select(*kinds.c, func.count().label("n")).group_by(*kinds.c)
        )
        return rows.all()


def _reading() -> ColumnElement[str]:
    """How far a post came: before people, or why not."""
    judged = exists().where(
        verdicts.c.revision_id == revisions.c.id, revisions.c.post_id == posts.c.id
    )
    return case(
        (cards.c.state.in_(OPEN_STATES), "not_decided"),
        (cards.c.id.is_not(None), "decided"),
        (posts.c.is_readable.is_(False), "nothing_to_read"),
        (~judged & posts.c.is_history, "history"),
        (~judged, "not_judged"),
        (~judged.where(verdicts.c.is_known), "outside_known"),
        else_="not_flagged",
    )


def _within(moment: ColumnElement[datetime], period: Period) -> tuple[ColumnElement[bool], ...]:
    return moment >= period.since, moment < period.until


def _was_delivered(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (*_within(referrals.c.delivered_at, period), digests.c.is_test.is_(False))


def _group(group: str, **counts: Iterable[tuple[str, int]]) -> Group:
    """Every cell of every table, nought or not. Raises KeyError for a count of something else."""
    tables = []
    for name, members in CELLS[group].items():
        found: Counter[str] = Counter()
        for cell, count in counts[name]:
            found[str(cell)] += count
        cells = {str(member): found.pop(str(member), 0) for member in members}
        if found:
            raise KeyError(f"{name} has no cell for {', '.join(found)}")
        tables.append(Table(name, cells, PART_OF.get(name)))
    return Group(group, tuple(tables))
