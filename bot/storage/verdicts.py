"""What a model said of each revision, kept with the model's version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.verdict import Verdict
from bot.storage.store import Store
from bot.storage.tables import verdicts


class VerdictStore(Store):
    async def keep(self, given: Sequence[Verdict], now: datetime) -> None:
        rows: list[dict[str, Any]] = [
            {
                "revision_id": verdict.revision_id,
                "model_version": verdict.model_version,
                "score": verdict.score,
                "threshold": verdict.threshold,
                "is_flagged": verdict.is_flagged,
                "is_known": verdict.is_known,
                "likely_harm": verdict.likely_harm,
                "likely_purpose": verdict.likely_purpose,
                # Reasons are the post's own words: kept where a person will look, nowhere else.
                "reasons": [list(reason) for reason in verdict.reasons]
                if verdict.is_flagged
                else [],
                "judged_at": now,
            }
            for verdict in given
        ]
        if rows:
            await self._connection.execute(insert(verdicts), rows)

    async def newest_or_none(self, revision_id: int) -> Verdict | None:
        """What the newest model said; None for a text that no model could read."""
        found = await self._connection.execute(
            select(verdicts)
            .where(verdicts.c.revision_id == revision_id)
            .order_by(verdicts.c.id.desc())
            .limit(1)
        )
        row = found.one_or_none()
        if row is None:
            return None
        return Verdict(
            row.revision_id,
            row.model_version,
            row.score,
            row.threshold,
            row.is_flagged,
            row.is_known,
            HarmCode(row.likely_harm) if row.likely_harm else None,
            PurposeCode(row.likely_purpose) if row.likely_purpose else None,
            tuple((words, weight) for words, weight in row.reasons),
        )

    async def count(self) -> tuple[int, int]:
        """How many verdicts there are, and how many of them say "outside what I know"."""
        unknown = func.count().filter(verdicts.c.is_known.is_(False))
        found = await self._connection.execute(select(func.count(), unknown).select_from(verdicts))
        row = found.one()
        return row[0], row[1]
