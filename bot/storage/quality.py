"""What reviews and verdicts add up to, by model version."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from bot.domain.case import CaseState
from bot.domain.codes import PurposeCode
from bot.storage.store import Store
from bot.storage.tables import cards, sample_days, samples, verdicts

BANDS = 10


class QualityStore(Store):
    async def flagged(
        self, *, drawn_only: bool = False
    ) -> dict[str, dict[tuple[CaseState, PurposeCode | None], int]]:
        """Flagged posts by model version, then by the state of their card and its purpose.

        drawn_only: of the time that the sample has covered so far.
        """
        sampled = select(samples.c.id).where(samples.c.card_id == cards.c.id).exists()
        asked = (
            select(verdicts.c.model_version, cards.c.state, cards.c.purpose, func.count())
            .join(verdicts, verdicts.c.revision_id == cards.c.revision_id)
            .where(verdicts.c.is_flagged, ~sampled)
            .group_by(verdicts.c.model_version, cards.c.state, cards.c.purpose)
        )
        if drawn_only:
            covered = select(func.max(sample_days.c.last_verdict_id)).scalar_subquery()
            asked = asked.where(verdicts.c.id <= covered)
        found: dict[str, dict[tuple[CaseState, PurposeCode | None], int]] = {}
        for version, state, purpose, count in (await self._connection.execute(asked)).all():
            key = CaseState(state), PurposeCode(purpose) if purpose else None
            found.setdefault(version, {})[key] = count
        return found

    async def bands(self, since: datetime) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
        """Posts by tenth of the score, lowest first: from a moment on, and before it."""
        band = case(*((verdicts.c.score < (n + 1) / BANDS, n) for n in range(BANDS - 1)), else_=9)
        recent: ColumnElement[Any] = func.count().filter(verdicts.c.judged_at >= since)
        rows = await self._connection.execute(
            select(verdicts.c.model_version, band.label("band"), recent, func.count())
            .where(and_(verdicts.c.is_known))
            .group_by(verdicts.c.model_version, band)
        )
        found: dict[str, tuple[list[int], list[int]]] = {}
        for version, number, now, ever in rows.all():
            lately, before = found.setdefault(version, ([0] * BANDS, [0] * BANDS))
            lately[number], before[number] = now, ever - now
        return {version: (tuple(a), tuple(b)) for version, (a, b) in found.items()}

    async def versions(self) -> list[str]:
        """Model versions that judged something, the newest first."""
        rows = await self._connection.execute(
            select(verdicts.c.model_version)
            .group_by(verdicts.c.model_version)
            .order_by(func.max(verdicts.c.id).desc())
        )
        return list(rows.scalars())
