"""Cases and their cards: one card for each post of a case that needs a decision."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from bot.domain.case import OPEN_STATES, CaseState
from bot.domain.codes import HarmCode, PurposeCode
from bot.storage.store import AnyRow, Store
from bot.storage.tables import cards, cases, posts


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
    is_urgent: bool
    due_at: datetime
    looks_like_case_id: int | None


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
        due_at: datetime,
        language: str,
        looks_like_case_id: int | None = None,
    ) -> int:
        """looks_like_case_id: a case that it resembles, though not enough to join it unasked.

        language: one of LANGUAGES_TOLD.
        """
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
                due_at=due_at,
                language=language,
                looks_like_case_id=looks_like_case_id,
            )
            .returning(cards.c.id)
        )
        return int(kept.scalar_one())

    async def get(self, card_id: int, *, for_update: bool = False) -> KeptCard | None:
        asked = select(cards).where(cards.c.id == card_id)
        if for_update:
            asked = asked.with_for_update()
        row = (await self._connection.execute(asked)).one_or_none()
        return kept_card(row) if row else None

    async def newest_of_post(self, post_id: int) -> KeptCard | None:
        """The card of the post's newest look-worthy revision, locked; None if it never had one."""
        asked = select(cards).where(cards.c.post_id == post_id).order_by(cards.c.id.desc())
        row = (await self._connection.execute(asked.limit(1).with_for_update())).one_or_none()
        return kept_card(row) if row else None

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
        return [kept_card(row) for row in rows]

    async def show_revision(
        self,
        card: KeptCard,
        revision_id: int,
        score: float,
        *,
        is_urgent: bool,
        due_at: datetime,
        language: str,
    ) -> None:
        """Puts a newer revision on an open card; it waits for a first look again.

        What was urgent stays so, and no target moves further away.
        """
        await self._connection.execute(
            update(cards)
            .where(cards.c.id == card.id)
            .values(
                revision_id=revision_id,
                score=max(card.score, score),
                is_urgent=card.is_urgent or is_urgent,
                due_at=min(card.due_at, due_at),
                language=language,
                state=CaseState.WAITING,
                claimed_by=None,
                claimed_until=None,
            )
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
        return [kept_card(row) for row in rows]

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

    async def count_open_before(self, moment: datetime) -> int:
        """Cards opened before a moment that nobody has decided."""
        asked = (
            select(func.count())
            .select_from(cards)
            .where(cards.c.state.in_(OPEN_STATES), cards.c.opened_at < moment)
        )
        return await self._connection.scalar(asked) or 0

    async def best_open(self, limit: int) -> Sequence[KeptCard]:
        """Open cards, highest scores first."""
        rows = await self._connection.execute(
            select(cards)
            .where(cards.c.state.in_(OPEN_STATES))
            .order_by(cards.c.score.desc(), cards.c.id)
            .limit(limit)
        )
        return [kept_card(row) for row in rows]


def kept_card(row: AnyRow) -> KeptCard:
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
        row.is_urgent,
        row.due_at,
        row.looks_like_case_id,
    )
