"""What is missing of channels' posts, and when it is tried to be had."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from bot.domain.cursor import Gap, GapReason
from bot.domain.watching import KeptGap
from bot.storage.store import AnyRow, Store
from bot.storage.tables import channels, gaps, watches
from bot.storage.watches import to_be_visited


class GapStore(Store):
    async def replace(self, channel_id: int, left: Sequence[Gap], now: datetime) -> list[KeptGap]:
        """Makes a channel's gaps these. One that shrank stays itself, and its tries begin anew.

        Returns those that are new or shrank, highest numbers first.
        """
        before = await self.of(channel_id)
        changed: list[Gap] = []
        taken: set[int] = set()
        for gap in left:
            same = next((old for old in before if _is_part(gap, old) and old.id not in taken), None)
            if same is None:
                await self._add(channel_id, gap, now)
            else:
                taken.add(same.id)
                if same.gap == gap:
                    continue
                await self._change(same.id, gap)
            changed.append(gap)
        closed = [old.id for old in before if old.id not in taken]
        if closed:
            await self._connection.execute(delete(gaps).where(gaps.c.id.in_(closed)))
        if not changed:
            return []
        return [kept for kept in reversed(await self.of(channel_id)) if kept.gap in changed]

    async def _add(self, channel_id: int, gap: Gap, now: datetime) -> None:
        await self._connection.execute(
            insert(gaps).values(
                channel_id=channel_id,
                first=gap.lo,
                last=gap.hi,
                reason=gap.reason,
                found_at=now,
                due_at=now,
            )
        )

    async def _change(self, gap_id: int, gap: Gap) -> None:
        await self._connection.execute(
            update(gaps)
            .where(gaps.c.id == gap_id)
            .values(first=gap.lo, last=gap.hi, reason=gap.reason, tries=0)
        )

    async def of(self, channel_id: int) -> list[KeptGap]:
        """Ascending by number."""
        rows = await self._connection.execute(
            select(gaps).where(gaps.c.channel_id == channel_id).order_by(gaps.c.first)
        )
        return [_kept(row) for row in rows]

    async def get(self, gap_id: int) -> KeptGap | None:
        found = await self._connection.execute(select(gaps).where(gaps.c.id == gap_id))
        row = found.one_or_none()
        return _kept(row) if row else None

    async def due(self, now: datetime, limit: int) -> list[KeptGap]:
        """Gaps of channels that are to be visited, the longest due first."""
        rows = await self._connection.execute(
            select(gaps)
            .join(watches, watches.c.channel_id == gaps.c.channel_id)
            .join(channels, channels.c.id == watches.c.channel_id)
            .where(gaps.c.due_at <= now, to_be_visited())
            .order_by(gaps.c.due_at, gaps.c.id)
            .limit(limit)
        )
        return [_kept(row) for row in rows]

    async def failed(self, kept: KeptGap, due_at: datetime) -> None:
        """A filling brought nothing."""
        await self._connection.execute(
            update(gaps).where(gaps.c.id == kept.id).values(tries=kept.tries + 1, due_at=due_at)
        )

    async def count(self) -> tuple[int, int]:
        """How many gaps there are, and how many numbers stand in them."""
        size = func.coalesce(func.sum(gaps.c.last - gaps.c.first + 1), 0)
        found = await self._connection.execute(select(func.count(), size).select_from(gaps))
        row = found.one()
        return row[0], int(row[1])


def _is_part(gap: Gap, old: KeptGap) -> bool:
    return old.gap.lo <= gap.hi and gap.lo <= old.gap.hi and old.gap.reason is gap.reason


def _kept(row: AnyRow) -> KeptGap:
    gap = Gap(row.first, row.last, GapReason(row.reason))
    return KeptGap(row.id, row.channel_id, gap, row.found_at, row.due_at, row.tries)
