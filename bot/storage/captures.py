"""Captures: what a revision looked like when it came before people."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, case, select, update

from bot.domain.capture import SCHEMA, Capture, sealed
from bot.domain.case import CaseState
from bot.domain.channel import post_link
from bot.domain.codes import HarmCode
from bot.storage.store import AnyRow, Store
from bot.storage.tables import captures, cards, channels, post_members, posts, revisions

_SEEN = (
    select(
        revisions.c.number,
        revisions.c.text,
        revisions.c.entities,
        revisions.c.media,
        revisions.c.content_hash,
        revisions.c.edited_at,
        posts.c.id.label("post_id"),
        posts.c.message_id,
        posts.c.source,
        posts.c.posted_at,
        posts.c.forwarded_from,
        posts.c.views,
        posts.c.views_approx,
        channels.c.chat_id,
        channels.c.username,
        channels.c.title,
        channels.c.subscribers,
        channels.c.subscribers_approx,
    )
    .join(posts, posts.c.id == revisions.c.post_id)
    .join(channels, channels.c.id == posts.c.channel_id)
)


class CaptureStore(Store):
    async def take(self, revision_id: int, now: datetime) -> None:
        """Seals what is known of a revision now. The first capture stays: twice changes nothing."""
        found = await self._connection.execute(_SEEN.where(revisions.c.id == revision_id))
        row = found.one()
        members = await self._connection.scalars(
            select(post_members.c.message_id)
            .where(post_members.c.post_id == row.post_id)
            .order_by(post_members.c.message_id)
        )
        content, sha256 = sealed(_facts(row, list(members), now))
        await self._connection.execute(
            self._insert_new(captures).values(
                revision_id=revision_id, taken_at=now, content=content, sha256=sha256
            )
        )

    async def of(self, revision_ids: Collection[int]) -> dict[int, Capture]:
        """Captures by revision; one that was never taken is missing."""
        rows = await self._connection.execute(
            select(captures).where(captures.c.revision_id.in_(revision_ids))
        )
        return {row.revision_id: _capture(row) for row in rows}

    async def unpictured(self, limit: int) -> Sequence[tuple[Capture, bool]]:
        """Captures of confirmed posts without the right picture, and whether it hides the words."""
        hides = case((cards.c.harm == HarmCode.INSTRUCT, True), else_=False)
        rows = await self._connection.execute(
            select(captures, hides.label("hides"))
            .join(cards, cards.c.revision_id == captures.c.revision_id)
            .where(
                cards.c.state.in_((CaseState.CONFIRMED, CaseState.REFERRED)),
                captures.c.content.is_not(None),
                captures.c.picture_hides_words.is_distinct_from(hides),
            )
            .order_by(captures.c.id)
            .limit(limit)
        )
        return [(_capture(row), bool(row.hides)) for row in rows]

    async def pictured(
        self, revision_id: int, picture_sha256: str, now: datetime, *, hides_words: bool
    ) -> None:
        await self._connection.execute(
            update(captures)
            .where(and_(captures.c.revision_id == revision_id, captures.c.content.is_not(None)))
            .values(picture_sha256=picture_sha256, picture_hides_words=hides_words, pictured_at=now)
        )


def _facts(row: AnyRow, message_ids: list[int], now: datetime) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "taken_at": _moment(now),
        "url": post_link(row.chat_id, row.username, row.message_id),
        "channel": {
            "id": row.chat_id,
            "username": row.username,
            "title": row.title,
            "subscribers": row.subscribers,
            "subscribers_approx": row.subscribers_approx,
        },
        "message_id": row.message_id,
        "message_ids": message_ids,
        "source": row.source,
        "posted_at": _moment(row.posted_at),
        "edited_at": _moment(row.edited_at),
        "revision": row.number,
        "forwarded_from": row.forwarded_from,
        "views": row.views,
        "views_approx": row.views_approx,
        "text": row.text,
        "entities": row.entities,
        "media": row.media,
        "content_sha256": row.content_hash,
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def _capture(row: AnyRow) -> Capture:
    return Capture(
        row.revision_id,
        row.taken_at,
        row.content,
        row.sha256,
        row.picture_sha256,
        row.picture_hides_words,
    )
