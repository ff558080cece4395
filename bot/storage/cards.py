"""Cases and their cards: one card for each post of a case that needs a decision."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, insert, or_, select, update

from bot.domain.case import OPEN_STATES, CaseState
from bot.domain.codes import HarmCode, PurposeCode
from bot.storage.store import AnyRow, Store
from bot.storage.tables import cards, cases, posts, reviews


@dataclass(frozen=True)
class KeptCard:
    """A card's row. `case_id` is the case's number, as people see it."""

    id: int
    case_id: int
    post_id: int
    revision_id: int
    state: CaseState
    harm: HarmCode | None
    purpose: PurposeCode | None
    score: float
    opened_at: datetime
    decided_at: datetime | None
    claimed_by: int | None


class CardStore(Store):
    async def open_case(self, now: datetime) -> int:
        kept = await self._connection.execute(
            insert(cases).values(opened_at=now).returning(cases.c.id)
        )
        return int(kept.scalar_one())

    async def open_card(
        self,
        case_id: int,
        post_id: int,
        revision_id: int,
        *,
        score: float,
        is_urgent: bool,
        now: datetime,
    ) -> int:
        kept = await self._connection.execute(
            insert(cards)
            .values(
                case_id=case_id,
                post_id=post_id,
                revision_id=revision_id,
                state=CaseState.WAITING,
                is_forwardable=False,
                is_urgent=is_urgent,
                score=score,
                opened_at=now,
            )
            .returning(cards.c.id)
        )
        return int(kept.scalar_one())

    async def get(self, card_id: int, *, for_update: bool = False) -> KeptCard | None:
        asked = select(cards).where(cards.c.id == card_id)
        if for_update:
            asked = asked.with_for_update()
        row = (await self._connection.execute(asked)).one_or_none()
        return _card(row) if row else None

    async def newest_of_post(self, post_id: int) -> KeptCard | None:
        """The card of the post's newest look-worthy revision, locked; None if it never had one."""
        asked = select(cards).where(cards.c.post_id == post_id).order_by(cards.c.id.desc())
        row = (await self._connection.execute(asked.limit(1).with_for_update())).one_or_none()
        return _card(row) if row else None

    async def move(
        self,
        card_id: int,
        state: CaseState,
        *,
        harm: HarmCode | None = None,
        purpose: PurposeCode | None = None,
        decided_at: datetime | None = None,
    ) -> None:
        """Puts a card into a state, with the codes that state rests on.

        Once decided it is free. While it is open whoever holds it keeps it: that may be another
        person than the one who looked, after a claim that ran out.
        """
        freed = {} if state.is_open else {"claimed_by": None, "claimed_until": None}
        await self._connection.execute(
            update(cards)
            .where(cards.c.id == card_id)
            .values(
                state=state,
                harm=harm,
                purpose=purpose,
                is_forwardable=state in (CaseState.CONFIRMED, CaseState.REFERRED),
                decided_at=decided_at,
                **freed,
            )
        )

    async def referred(self, card_id: int) -> None:
        await self._connection.execute(
            update(cards).where(cards.c.id == card_id).values(state=CaseState.REFERRED)
        )

    async def withdrawn(self, card_id: int) -> None:
        await self._connection.execute(
            update(cards).where(cards.c.id == card_id).values(state=CaseState.WITHDRAWN)
        )

    async def of_case(self, case_id: int) -> Sequence[KeptCard]:
        """Every card of a case, oldest first."""
        rows = await self._connection.execute(
            select(cards).where(cards.c.case_id == case_id).order_by(cards.c.id)
        )
        return [_card(row) for row in rows]

    async def show_revision(self, card_id: int, revision_id: int, score: float) -> None:
        """Puts a newer revision on an open card; it waits for a first look again."""
        await self._connection.execute(
            update(cards)
            .where(cards.c.id == card_id)
            .values(
                revision_id=revision_id,
                score=func.max(cards.c.score, score)
                if self._connection.dialect.name == "sqlite"
                else func.greatest(cards.c.score, score),
                state=CaseState.WAITING,
                claimed_by=None,
                claimed_until=None,
            )
        )

    async def next_for(self, person_id: int, now: datetime) -> KeptCard | None:
        """The next card to deal to a person: urgent first, then oldest; theirs before others.

        Never one that the person has looked at, nor one that somebody else holds just now.
        """
        looked = exists().where(
            reviews.c.card_id == cards.c.id,
            reviews.c.revision_id == cards.c.revision_id,
            reviews.c.person_id == person_id,
            reviews.c.stands,
        )
        is_free = or_(
            cards.c.claimed_until.is_(None),
            cards.c.claimed_until <= now,
            cards.c.claimed_by == person_id,
        )
        row = (
            await self._connection.execute(
                select(cards)
                .where(and_(cards.c.state.in_(OPEN_STATES), is_free, ~looked))
                .order_by(cards.c.is_urgent.desc(), cards.c.opened_at, cards.c.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
        ).one_or_none()
        return _card(row) if row else None

    async def claim(self, card_id: int, person_id: int, until: datetime) -> None:
        await self._connection.execute(
            update(cards)
            .where(cards.c.id == card_id)
            .values(claimed_by=person_id, claimed_until=until)
        )

    async def release(self, person_id: int) -> None:
        """Frees whatever the person holds."""
        await self._connection.execute(
            update(cards)
            .where(cards.c.claimed_by == person_id)
            .values(claimed_by=None, claimed_until=None)
        )

    async def confirmed_before(
        self, moment: datetime, limit: int, harms: Collection[HarmCode]
    ) -> Sequence[KeptCard]:
        """Confirmed cards with one of these codes, decided before a moment, whose post was not
        edited since; locked.
        """
        rows = await self._connection.execute(
            select(cards)
            .join(posts, posts.c.newest_revision_id == cards.c.revision_id)
            .where(
                cards.c.state == CaseState.CONFIRMED,
                cards.c.decided_at < moment,
                cards.c.harm.in_(harms),
            )
            .order_by(cards.c.decided_at)
            .limit(limit)
            .with_for_update(of=cards)
        )
        return [_card(row) for row in rows]

    async def in_case(self, case_id: int) -> int:
        """How many posts the case holds."""
        asked = select(func.count(cards.c.post_id.distinct())).where(cards.c.case_id == case_id)
        return await self._connection.scalar(asked) or 0

    async def count_by_state(self) -> dict[CaseState, int]:
        rows = await self._connection.execute(
            select(cards.c.state, func.count()).group_by(cards.c.state)
        )
        return {CaseState(state): count for state, count in rows.all()}

    async def count_cases(self) -> int:
        return await self._connection.scalar(select(func.count()).select_from(cases)) or 0

    async def oldest_open(self) -> datetime | None:
        asked = select(func.min(cards.c.opened_at)).where(cards.c.state.in_(OPEN_STATES))
        oldest: datetime | None = await self._connection.scalar(asked)
        return oldest

    async def best_open(self, limit: int) -> Sequence[KeptCard]:
        """Open cards, highest scores first."""
        rows = await self._connection.execute(
            select(cards)
            .where(cards.c.state.in_(OPEN_STATES))
            .order_by(cards.c.score.desc(), cards.c.id)
            .limit(limit)
        )
        return [_card(row) for row in rows]


def _card(row: AnyRow) -> KeptCard:
    return KeptCard(
        row.id,
        row.case_id,
        row.post_id,
        row.revision_id,
        CaseState(row.state),
        HarmCode(row.harm) if row.harm else None,
        PurposeCode(row.purpose) if row.purpose else None,
        row.score,
        row.opened_at,
        row.decided_at,
        row.claimed_by,
    )
