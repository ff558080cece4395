"""Answers to sample cards, apart from every real one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select

from bot.domain.practice import Played
from bot.storage.store import Store
from bot.storage.tables import practice_answers


class PracticeStore(Store):
    async def played(self, person_id: int) -> Sequence[Played]:
        """The person's answers, oldest first."""
        rows = await self._connection.execute(
            select(practice_answers.c.sample, practice_answers.c.is_right)
            .where(practice_answers.c.person_id == person_id)
            .order_by(practice_answers.c.id)
        )
        return [Played(*row) for row in rows]

    async def keep(self, person_id: int, played: Played, now: datetime) -> None:
        await self._connection.execute(
            insert(practice_answers).values(
                person_id=person_id,
                sample=played.sample,
                is_right=played.is_right,
                answered_at=now,
            )
        )
