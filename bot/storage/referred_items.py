"""Reads referrals with everything that a digest says of them, as far as data knows it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.capture import Capture
from bot.domain.case import Choice
from bot.domain.channel import post_link
from bot.domain.codes import HarmCode
from bot.domain.language import language_of
from bot.domain.referral import LiveStatus, ReferralState, ReferredItem
from bot.domain.statement import merged
from bot.storage.captures import CaptureStore
from bot.storage.statements import StatementStore
from bot.storage.store import AnyRow
from bot.storage.tables import (
    cards,
    channels,
    post_members,
    posts,
    rechecks,
    referrals,
    reviews,
    revisions,
    verdicts,
)

_ITEM = (
    select(
        referrals.c.id,
        referrals.c.recipient_id,
        referrals.c.harm,
        referrals.c.card_id,
        referrals.c.post_id,
        referrals.c.revision_id,
        referrals.c.review_id,
        revisions.c.text,
        revisions.c.media,
        revisions.c.edited_at,
        posts.c.message_id,
        posts.c.posted_at,
        posts.c.forwarded_from,
        posts.c.views,
        posts.c.views_approx,
        posts.c.stood_at,
        posts.c.deleted_at,
        rechecks.c.missing_since,
        channels.c.chat_id,
        channels.c.username,
        channels.c.title,
        cards.c.case_id,
        cards.c.opened_at,
        reviews.c.decided_at,
        reviews.c.score_shown,
        reviews.c.model_version,
        verdicts.c.threshold,
    )
    .join(posts, posts.c.id == referrals.c.post_id)
    .join(revisions, revisions.c.id == referrals.c.revision_id)
    .join(channels, channels.c.id == posts.c.channel_id)
    .join(cards, cards.c.id == referrals.c.card_id)
    .join(reviews, reviews.c.id == referrals.c.review_id)
    .outerjoin(rechecks, rechecks.c.post_id == posts.c.id)
    .outerjoin(
        verdicts,
        and_(
            verdicts.c.revision_id == referrals.c.revision_id,
            verdicts.c.model_version == reviews.c.model_version,
        ),
    )
)
_KNOWN_TO_THEM = (ReferralState.OWED, ReferralState.LEASED, ReferralState.DELIVERED)


async def referred_items(
    connection: AsyncConnection, *conditions: ColumnElement[bool]
) -> Sequence[ReferredItem]:
    """Referrals that meet the conditions, oldest first."""
    found = await connection.execute(_ITEM.where(*conditions).order_by(referrals.c.id))
    rows = found.all()
    reader = _Reader(connection, rows)
    await reader.read()
    return [reader.item(row) for row in rows]


class _Reader:
    """What belongs to a batch of referrals, fetched kind by kind and not one by one."""

    def __init__(self, connection: AsyncConnection, rows: Sequence[AnyRow]) -> None:
        self._connection = connection
        self._rows = rows
        self._looks: dict[int, list[AnyRow]] = defaultdict(list)
        self._members: dict[int, list[int]] = defaultdict(list)
        self._in_case: dict[int, int] = {}
        self._copies: dict[tuple[int, int], list[AnyRow]] = defaultdict(list)
        self._captures: dict[int, Capture] = {}

    async def read(self) -> None:
        for look in await self._all(
            select(reviews)
            .where(
                reviews.c.card_id.in_(self._distinct("card_id")),
                reviews.c.revision_id.in_(self._distinct("revision_id")),
                reviews.c.stands,
                reviews.c.choice != Choice.SKIP,
            )
            .order_by(reviews.c.id)
        ):
            self._looks[look.revision_id].append(look)
        for member in await self._all(
            select(post_members.c.post_id, post_members.c.message_id)
            .where(post_members.c.post_id.in_(self._distinct("post_id")))
            .order_by(post_members.c.message_id)
        ):
            self._members[member.post_id].append(member.message_id)
        await self._read_copies()
        self._captures = await CaptureStore(self._connection).of(self._distinct("revision_id"))
        confirming = [look.id for looks in self._looks.values() for look in looks]
        self._statements = await StatementStore(self._connection).of(confirming)

    async def _read_copies(self) -> None:
        case_ids = self._distinct("case_id")
        counted = await self._all(
            select(cards.c.case_id, func.count(cards.c.post_id.distinct()).label("posts"))
            .where(cards.c.case_id.in_(case_ids))
            .group_by(cards.c.case_id)
        )
        self._in_case = {row.case_id: row.posts for row in counted}
        for row in await self._all(
            select(
                cards.c.case_id,
                referrals.c.recipient_id,
                referrals.c.post_id,
                posts.c.message_id,
                channels.c.chat_id,
                channels.c.username,
            )
            .join(cards, cards.c.id == referrals.c.card_id)
            .join(posts, posts.c.id == referrals.c.post_id)
            .join(channels, channels.c.id == posts.c.channel_id)
            .where(
                cards.c.case_id.in_(case_ids),
                referrals.c.recipient_id.in_(self._distinct("recipient_id")),
                referrals.c.state.in_(_KNOWN_TO_THEM),
            )
            .order_by(referrals.c.id)
        ):
            self._copies[row.case_id, row.recipient_id].append(row)

    async def _all(self, asked: Any) -> Sequence[AnyRow]:
        return (await self._connection.execute(asked)).all()

    def _distinct(self, column: str) -> list[int]:
        return sorted({getattr(row, column) for row in self._rows})

    def item(self, row: AnyRow) -> ReferredItem:
        looks = self._looks[row.revision_id]
        confirming = [look for look in looks if look.choice == Choice.CONFIRM]
        capture = self._captures.get(row.revision_id)
        facts = capture.facts if capture else {}
        live_status, live_checked_at = _live(row)
        return ReferredItem(
            number=row.id,
            harm=HarmCode(row.harm),
            link=_link(row),
            channel=f"@{row.username}" if row.username else row.title,
            text=row.text,
            posted_at=row.posted_at,
            decided_at=row.decided_at,
            people=len(confirming),
            score=row.score_shown,
            model_version=row.model_version,
            revision_id=row.revision_id,
            review_id=row.review_id,
            chat_id=row.chat_id,
            username=row.username,
            title=row.title,
            message_ids=tuple(self._members[row.post_id]) or (row.message_id,),
            edited_at=row.edited_at,
            flagged_at=row.opened_at,
            forwarded_from=row.forwarded_from,
            media=tuple(row.media),
            threshold=row.threshold,
            reviewers=tuple(f"M{look.person_id}" for look in confirming),
            has_dissent=len(confirming) < len(looks),
            views=facts.get("views", row.views),
            views_approx=facts.get("views_approx", row.views_approx),
            subscribers=facts.get("channel", {}).get("subscribers"),
            subscribers_approx=facts.get("channel", {}).get("subscribers_approx", False),
            copies=self._in_case[row.case_id] - 1,
            copy_links=tuple(_others(self._copies[row.case_id, row.recipient_id], row.post_id)),
            captured_at=capture.taken_at if capture else None,
            capture_sha256=capture.sha256 if capture else None,
            picture_sha256=_fitting_picture(capture, row.harm),
            live_status=live_status,
            live_checked_at=live_checked_at,
            # What was sealed has no words but the capture's.
            language=language_of(row.text or facts.get("text", "")),
            statement=merged(
                [self._statements[one.id] for one in confirming if one.id in self._statements]
            ),
        )


def _live(row: AnyRow) -> tuple[LiveStatus, datetime | None]:
    """What the web preview said of a post last, and when."""
    if row.deleted_at:
        return LiveStatus.GONE, row.deleted_at
    if row.missing_since:
        return LiveStatus.MISSING, row.missing_since
    return (LiveStatus.LIVE if row.stood_at else LiveStatus.NOT_CHECKED), row.stood_at


def _fitting_picture(capture: Capture | None, harm: str) -> str | None:
    """The picture, unless it was drawn for another code and shows what must not be shown."""
    if capture is None or capture.picture_hides_words != (harm == HarmCode.INSTRUCT):
        return None
    return capture.picture_sha256


def _others(rows: Iterable[AnyRow], post_id: int) -> Iterable[str]:
    return dict.fromkeys(_link(row) for row in rows if row.post_id != post_id)


def _link(row: AnyRow) -> str:
    return post_link(row.chat_id, row.username, row.message_id)
