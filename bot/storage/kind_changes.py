"""Wishes to give channels another kind, each with its reason and who decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.domain.adding import ChannelKind
from bot.domain.rekind import KindChange, KindState
from bot.storage.store import AnyRow, Store
from bot.storage.tables import kind_changes


class KindChangeStore(Store):
    async def ask(
        self,
        channel_id: int,
        before: ChannelKind,
        kind: ChannelKind,
        reason: str,
        by: int,
        now: datetime,
        *,
        needs_second: bool,
    ) -> int:
        """Keeps a wish; one that needs nobody else is done with it."""
        state = KindState.ASKED if needs_second else KindState.DONE
        kept = await self._connection.execute(
            insert(kind_changes)
            .values(
                channel_id=channel_id,
                before=before,
                kind=kind,
                reason=reason,
                needs_second=needs_second,
                state=state,
                asked_by=by,
                asked_at=now,
                closed_at=None if needs_second else now,
            )
            .returning(kind_changes.c.id)
        )
        return int(kept.scalar_one())

    async def get(self, change_id: int) -> KindChange | None:
        """Locked until the transaction ends."""
        asked = select(kind_changes).where(kind_changes.c.id == change_id).with_for_update()
        row = (await self._connection.execute(asked)).one_or_none()
        return _change(row) if row else None

    async def asked(self, *conditions: Any) -> list[KindChange]:
        """Those that wait for a second admin, oldest first."""
        rows = await self._connection.execute(
            select(kind_changes)
            .where(kind_changes.c.state == KindState.ASKED, *conditions)
            .order_by(kind_changes.c.id)
        )
        return [_change(row) for row in rows]

    async def asked_about(self, channel_id: int) -> bool:
        return bool(await self.asked(kind_changes.c.channel_id == channel_id))

    async def asked_before(self, moment: datetime) -> Sequence[KindChange]:
        return await self.asked(kind_changes.c.asked_at <= moment)

    async def count_asked(self) -> int:
        counted = select(func.count()).where(kind_changes.c.state == KindState.ASKED)
        return await self._connection.scalar(counted) or 0

    async def close(
        self, change_id: int, state: KindState, now: datetime, by: int | None = None
    ) -> None:
        await self._connection.execute(
            update(kind_changes)
            .where(kind_changes.c.id == change_id)
            .values(state=state, decided_by=by, closed_at=now)
        )


def _change(row: AnyRow) -> KindChange:
    return KindChange(
        row.id,
        row.channel_id,
        ChannelKind(row.before),
        ChannelKind(row.kind),
        row.reason,
        row.asked_by,
        row.asked_at,
        KindState(row.state),
    )
