"""When posts were flagged and decided, and by which looks."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot.domain.case import OPEN_STATES, CaseState, Choice
from bot.storage.store import Store
from bot.storage.tables import cards, reviews, verdicts


class StatsStore(Store):
    async def flagged_since(self, since: datetime) -> Sequence[datetime]:
        """When each flag was raised. A post that is judged by two models counts for each."""
        asked = select(verdicts.c.judged_at).where(
            verdicts.c.is_flagged, verdicts.c.judged_at >= since
        )
        return (await self._connection.scalars(asked)).all()

    async def decided_since(
        self, since: datetime
    ) -> Sequence[tuple[datetime, datetime, CaseState]]:
        """Opened, decided, and the state since, of each card that was closed."""
        rows = await self._connection.execute(
            select(cards.c.opened_at, cards.c.decided_at, cards.c.state).where(
                cards.c.decided_at >= since, cards.c.state.not_in(OPEN_STATES)
            )
        )
        return [(row.opened_at, row.decided_at, CaseState(row.state)) for row in rows]

    async def opened(self) -> Sequence[datetime]:
        """When each card that still waits was opened."""
        asked = select(cards.c.opened_at).where(cards.c.state.in_(OPEN_STATES))
        return (await self._connection.scalars(asked)).all()

    async def looks_since(self, since: datetime) -> dict[int, list[Choice]]:
        """The standing looks at each card that was closed, oldest first, skips left out."""
        rows = await self._connection.execute(
            select(reviews.c.card_id, reviews.c.choice)
            .join(cards, cards.c.id == reviews.c.card_id)
            .where(
                cards.c.decided_at >= since,
                cards.c.state.not_in(OPEN_STATES),
                reviews.c.revision_id == cards.c.revision_id,
                reviews.c.stands,
                reviews.c.choice != Choice.SKIP,
            )
            .order_by(reviews.c.id)
        )
        found: dict[int, list[Choice]] = {}
        for card_id, choice in rows.all():
            found.setdefault(card_id, []).append(Choice(choice))
        return found
