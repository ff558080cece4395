"""Messages of referred posts that are forwarded beside a digest."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, select

from bot.domain.case import CaseState
from bot.domain.channel import WatchState
from bot.domain.codes import HarmCode
from bot.domain.original import Original, Seen
from bot.domain.post import SourceKind
from bot.domain.referral import ReferralState
from bot.storage.store import AnyRow, Store
from bot.storage.tables import (
    cards,
    channels,
    inbox,
    outbox,
    post_members,
    posts,
    recipients,
    referrals,
    revisions,
)


class OriginalStore(Store):
    async def of_digest(self, digest_id: int) -> Sequence[tuple[int, int, int]]:
        """The messages that can be forwarded with a digest that is being written, in its order:
        referral, place in the digest, message; an album's one after another.
        """
        rows = await self._connection.execute(
            select(referrals.c.id, referrals.c.place, post_members.c.message_id)
            .join(posts, posts.c.id == referrals.c.post_id)
            .join(post_members, post_members.c.post_id == posts.c.id)
            .join(revisions, revisions.c.id == referrals.c.revision_id)
            .join(channels, channels.c.id == posts.c.channel_id)
            .where(
                referrals.c.digest_id == digest_id,
                referrals.c.state == ReferralState.LEASED,
                referrals.c.harm != HarmCode.INSTRUCT,
                referrals.c.revision_id == posts.c.newest_revision_id,
                revisions.c.source == SourceKind.BOT,
                posts.c.deleted_at.is_(None),
                channels.c.state == WatchState.WATCHING,
                channels.c.chat_id.is_not(None),
                channels.c.username.is_not(None),
            )
            .order_by(referrals.c.place, post_members.c.message_id)
        )
        return [(row.id, row.place, row.message_id) for row in rows]

    async def owed(self, row_id: int) -> Original:
        """What a row of the outbox asks to forward, as everything stands now."""
        found = await self._connection.execute(
            select(
                outbox.c.owed_at,
                outbox.c.original_id,
                referrals.c.harm,
                referrals.c.state,
                referrals.c.revision_id,
                cards.c.state.label("card_state"),
                posts.c.album_id,
                posts.c.newest_revision_id,
                posts.c.deleted_at,
                revisions.c.source,
                revisions.c.forgotten_at,
                revisions.c.text,
                revisions.c.entities,
                revisions.c.media,
                post_members.c.text.label("member_text"),
                post_members.c.entities.label("member_entities"),
                post_members.c.media.label("member_media"),
                channels.c.chat_id,
                channels.c.username,
                channels.c.state.label("channel_state"),
                recipients.c.forwards,
            )
            .join(referrals, referrals.c.id == outbox.c.referral_id)
            .join(recipients, recipients.c.id == referrals.c.recipient_id)
            .join(cards, cards.c.id == referrals.c.card_id)
            .join(posts, posts.c.id == referrals.c.post_id)
            .join(revisions, revisions.c.id == referrals.c.revision_id)
            .join(channels, channels.c.id == posts.c.channel_id)
            .join(
                post_members,
                and_(
                    post_members.c.post_id == posts.c.id,
                    post_members.c.message_id == outbox.c.original_id,
                ),
            )
            .where(outbox.c.id == row_id)
        )
        row = found.one()
        return _original(row, has_news=await self._has_news(row.chat_id))

    async def _has_news(self, chat_id: int | None) -> bool:
        """Whether an update that names the channel waits: it may be an edit."""
        waiting = select(inbox.c.update_id).where(
            inbox.c.kind == "post",
            inbox.c.handled_at.is_(None),
            inbox.c.payload.contains(str(chat_id)),
        )
        return (await self._connection.execute(waiting.limit(1))).first() is not None

    async def outcome(self, digest_id: int) -> tuple[int, int, Counter[str]]:
        """Of a digest's originals: how many messages wait, how many there are, and why some were
        not forwarded.
        """
        rows = await self._connection.execute(
            select(outbox.c.state, outbox.c.problem, func.count())
            .where(outbox.c.digest_id == digest_id, outbox.c.referral_id.is_not(None))
            .group_by(outbox.c.state, outbox.c.problem)
        )
        waiting, total, problems = 0, 0, Counter[str]()
        for state, problem, count in rows:
            total += count
            if state in ("owed", "leased"):
                waiting += count
            elif state == "failed":
                problems[problem] += count
        return waiting, total, problems


def _original(row: AnyRow, *, has_news: bool) -> Original:
    return Original(
        owed_at=row.owed_at,
        from_chat_id=row.chat_id,
        message_id=row.original_id,
        reviewed=_seen(row.text, row.entities, row.media)
        if row.album_id is None
        else _seen(row.member_text, row.member_entities, row.member_media),
        harm=HarmCode(row.harm),
        referral=ReferralState(row.state),
        card=CaseState(row.card_state),
        channel=WatchState(row.channel_state),
        source=SourceKind(row.source),
        is_public=row.username is not None,
        is_wanted=row.forwards,
        is_newest=row.newest_revision_id == row.revision_id,
        is_gone=row.deleted_at is not None,
        is_forgotten=row.forgotten_at is not None,
        has_news=has_news,
    )


def _seen(text: str, entities: Sequence[dict[str, Any]], media: Sequence[str]) -> Seen:
    links = frozenset(entity["url"] for entity in entities if entity["url"])
    return Seen(text, links, tuple(media))
