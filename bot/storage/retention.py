"""Forgetting: which posts' words are over, and taking them out of every place that holds them.

What stays: hashes, scores, codes, decisions, numbers, dates and the audit log.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from bot.domain.case import OPEN_STATES, CaseState
from bot.domain.codes import HarmCode
from bot.domain.referral import ReferralState
from bot.domain.retention import Expired, Shelf
from bot.ports import Letter
from bot.storage.near_duplicates import NearDuplicateStore
from bot.storage.store import Store
from bot.storage.tables import (
    captures,
    cards,
    digest_files,
    digests,
    files,
    holds,
    inbox,
    outbox,
    post_members,
    posts,
    referrals,
    retention_days,
    reviews,
    revisions,
    samples,
    statements,
    verdicts,
)

_SENT = (CaseState.REFERRED, CaseState.WITHDRAWN)
_UNDER_WAY = (*OPEN_STATES, CaseState.CONFIRMED)
_ON_ITS_WAY = (ReferralState.OWED, ReferralState.LEASED)
_TO_LEAVE = ("owed", "leased")
_FORGOTTEN = Letter("").as_json()


class RetentionStore(Store):
    # --- what is over -----------------------------------------------------------------------

    async def expired(self, shelf: Shelf, before: datetime, limit: int) -> list[Expired]:
        """Posts of a shelf whose time ended before a moment, those read first first.

        Never one with an open card, on hold, with a referral on its way, or edited since.
        """
        later = revisions.alias()
        has_card = select(cards.c.id).where(cards.c.post_id == revisions.c.post_id)
        sent = has_card.where(cards.c.state.in_(_SENT)).exists()
        found = await self._connection.scalars(
            select(revisions.c.post_id)
            .where(
                revisions.c.forgotten_at.is_(None),
                revisions.c.is_judged,
                revisions.c.seen_at <= before,
                ~select(later.c.id)
                .where(
                    later.c.post_id == revisions.c.post_id,
                    or_(later.c.seen_at > before, later.c.is_judged.is_(False)),
                )
                .exists(),
                *_on_shelf(shelf, has_card.exists(), sent, before),
            )
            .group_by(revisions.c.post_id)
            .order_by(func.min(revisions.c.seen_at), revisions.c.post_id)
            .limit(limit)
        )
        return await self._with_hashes(found.all())

    async def _with_hashes(self, post_ids: Sequence[int]) -> list[Expired]:
        rows = await self._connection.execute(
            select(revisions.c.post_id, revisions.c.content_hash)
            .where(revisions.c.post_id.in_(post_ids))
            .order_by(revisions.c.post_id, revisions.c.number)
        )
        hashes: dict[int, list[str]] = {post_id: [] for post_id in post_ids}
        for row in rows:
            hashes[row.post_id].append(row.content_hash)
        return [Expired(post_id, tuple(found)) for post_id, found in hashes.items()]

    # --- forgetting -------------------------------------------------------------------------

    async def forget_words(self, post_ids: Collection[int], now: datetime) -> None:
        """Takes these posts' words out of all places, their captures and pictures among them."""
        theirs = select(revisions.c.id).where(revisions.c.post_id.in_(post_ids))
        of_theirs = captures.c.revision_id.in_(theirs)
        said = select(reviews.c.id).where(reviews.c.post_id.in_(post_ids))
        await self.seal_words(post_ids)
        for statement in (
            update(revisions)
            .where(revisions.c.post_id.in_(post_ids), revisions.c.forgotten_at.is_(None))
            .values(forgotten_at=now),
            update(posts).where(posts.c.id.in_(post_ids)).values(forwarded_from=None),
            delete(files).where(
                files.c.sha256.in_(select(captures.c.picture_sha256).where(of_theirs))
            ),
            update(captures).where(of_theirs).values(content=None),
            update(statements).where(statements.c.review_id.in_(said)).values(note=None),
        ):
            await self._connection.execute(statement)

    async def seal_words(self, post_ids: Collection[int]) -> None:
        """Takes these posts' words out of everything but their captures."""
        theirs = select(revisions.c.id).where(revisions.c.post_id.in_(post_ids))
        said = select(reviews.c.id).where(reviews.c.post_id.in_(post_ids))
        for statement in (
            update(revisions)
            .where(revisions.c.post_id.in_(post_ids), revisions.c.forgotten_at.is_(None))
            .values(text="", entities=[]),
            update(post_members)
            .where(post_members.c.post_id.in_(post_ids))
            .values(text="", entities=[]),
            update(verdicts).where(verdicts.c.revision_id.in_(theirs)).values(reasons=[]),
            update(statements).where(statements.c.review_id.in_(said)).values(translation=None),
        ):
            await self._connection.execute(statement)
        await NearDuplicateStore(self._connection).forget(theirs)

    async def to_seal(self, limit: int) -> Sequence[int]:
        """Posts with attack know-how that was referred, whose words stand outside the capture.

        Never one without a capture, nor one with a card that people still have to read.
        """
        open_card = cards.alias()
        found = await self._connection.scalars(
            select(cards.c.post_id)
            .join(revisions, revisions.c.id == cards.c.revision_id)
            .join(captures, captures.c.revision_id == revisions.c.id)
            .where(
                cards.c.harm == HarmCode.INSTRUCT,
                cards.c.state.in_(_SENT),
                revisions.c.text != "",
                captures.c.content.is_not(None),
                ~select(open_card.c.id)
                .where(open_card.c.post_id == cards.c.post_id, open_card.c.state.in_(_UNDER_WAY))
                .exists(),
            )
            .order_by(cards.c.id)
            .limit(limit)
        )
        return list(dict.fromkeys(found))

    async def forget_messages(self, post_ids: Collection[int]) -> int:
        """Empties the stored messages that quote these posts, of a digest all of its parts, and
        removes its files; how many that were.
        """
        quoting = _quoting(post_ids)
        done = await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.digest_id.in_(quoting),
                outbox.c.state.in_(("sent", "failed")),
            )
            .values(letter=_FORGOTTEN)
        )
        of_digests = select(digest_files.c.sha256).where(digest_files.c.digest_id.in_(quoting))
        gone = await self._connection.execute(delete(files).where(files.c.sha256.in_(of_digests)))
        return int(done.rowcount) + int(gone.rowcount)

    async def unsent(self, post_ids: Collection[int]) -> Sequence[int]:
        """Digests that quote these posts and of which something is still to leave."""
        found = await self._connection.scalars(
            select(outbox.c.digest_id)
            .where(outbox.c.digest_id.in_(_quoting(post_ids)), outbox.c.state.in_(_TO_LEAVE))
            .distinct()
        )
        return [one for one in found.all() if one is not None]

    async def drop_unsent(self, digest_id: int, problem: str) -> bool:
        """Gives up what of a digest has not left, text and all; whether its message was in it."""
        waits = (outbox.c.digest_id == digest_id, outbox.c.state.in_(_TO_LEAVE))
        part = select(outbox.c.id).where(*waits, outbox.c.kind == "digest")
        is_message = (await self._connection.execute(part.limit(1))).first() is not None
        await self._connection.execute(
            update(outbox)
            .where(*waits)
            .values(state="failed", letter=_FORGOTTEN, lease_until=None, problem=problem)
        )
        return is_message

    async def is_emptied(self, digest_id: int) -> bool:
        """Whether a digest's message was forgotten, in part or as a whole."""
        asked = select(outbox.c.letter).where(
            outbox.c.digest_id == digest_id, outbox.c.kind.in_(("digest", "document"))
        )
        letters = (await self._connection.scalars(asked)).all()
        return any(letter == _FORGOTTEN for letter in letters)

    async def forget_tests(self, before: datetime) -> int:
        """Empties messages of test digests made before a moment whose posts were sent anew since;
        how many that were. Their files go as those that nothing names.
        """
        bare = select(digests.c.id).where(
            digests.c.is_test,
            digests.c.created_at <= before,
            ~select(referrals.c.id).where(referrals.c.digest_id == digests.c.id).exists(),
        )
        kept = await self._connection.execute(
            select(outbox.c.id, outbox.c.letter).where(
                outbox.c.digest_id.in_(bare), outbox.c.state.in_(("sent", "failed"))
            )
        )
        full = [row.id for row in kept if row.letter != _FORGOTTEN]
        await self._connection.execute(
            update(outbox).where(outbox.c.id.in_(full)).values(letter=_FORGOTTEN)
        )
        await self._connection.execute(
            delete(digest_files).where(digest_files.c.digest_id.in_(bare))
        )
        return len(full)

    async def forget_files(self, before: datetime, limit: int) -> int:
        """Removes files kept before a moment that no digest and no capture names (any more)."""
        named = or_(
            select(digest_files.c.digest_id)
            .where(digest_files.c.sha256 == files.c.sha256)
            .exists(),
            select(captures.c.revision_id)
            .where(captures.c.picture_sha256 == files.c.sha256)
            .exists(),
        )
        loose = select(files.c.sha256).where(files.c.kept_at <= before, ~named).limit(limit)
        done = await self._connection.execute(
            delete(files).where(files.c.sha256.in_(loose.scalar_subquery()))
        )
        return int(done.rowcount)

    async def forget_updates(self, before: datetime, limit: int) -> int:
        """Empties updates that were set aside before a moment."""
        old = select(inbox.c.update_id).where(
            inbox.c.handled_at <= before, inbox.c.problem.is_not(None), inbox.c.payload != "{}"
        )
        done = await self._connection.execute(
            update(inbox)
            .where(inbox.c.update_id.in_(old.limit(limit).scalar_subquery()))
            .values(payload="{}", problem="forgotten")
        )
        return int(done.rowcount)

    async def forget_notices(self, before: datetime) -> int:
        """Removes notices that could not be delivered, owed before a moment."""
        done = await self._connection.execute(
            delete(outbox).where(
                outbox.c.kind == "notice", outbox.c.state == "failed", outbox.c.owed_at <= before
            )
        )
        return int(done.rowcount)

    # --- nights -----------------------------------------------------------------------------

    async def newest_night(self) -> tuple[datetime, bool] | None:
        """When forgetting began last, and whether it came to its end."""
        row = (
            await self._connection.execute(
                select(retention_days).order_by(retention_days.c.day.desc()).limit(1)
            )
        ).one_or_none()
        return (row.began_at, row.ended_at is not None) if row else None

    async def begin_night(self, day: date, now: datetime) -> None:
        await self._connection.execute(
            self._insert_new(retention_days).values(day=day, began_at=now)
        )

    async def end_night(self, now: datetime) -> None:
        await self._connection.execute(
            update(retention_days).where(retention_days.c.ended_at.is_(None)).values(ended_at=now)
        )


def _quoting(post_ids: Collection[int]) -> Select[tuple[int]]:
    """The digests that carry these posts, or have carried them."""
    return select(referrals.c.digest_id).where(
        referrals.c.post_id.in_(post_ids), referrals.c.digest_id.is_not(None)
    )


def _on_shelf(
    shelf: Shelf, has_card: Any, sent: Any, before: datetime
) -> tuple[ColumnElement[bool], ...]:
    if shelf is Shelf.UNFLAGGED:
        waits = select(samples.c.id).where(
            samples.c.post_id == revisions.c.post_id, samples.c.joined_at.is_(None)
        )
        return (~has_card, ~waits.exists())
    # A confirmed card can still be referred, unless its post was edited since.
    is_newest = select(posts.c.id).where(posts.c.newest_revision_id == cards.c.revision_id)
    keeps = select(cards.c.id).outerjoin(holds, holds.c.case_id == cards.c.case_id)
    keeps = keeps.where(
        cards.c.post_id == revisions.c.post_id,
        or_(
            cards.c.state.in_(OPEN_STATES),
            and_(cards.c.state == CaseState.CONFIRMED, is_newest.exists()),
            holds.c.case_id.is_not(None),
            cards.c.decided_at > before,
        ),
    )
    if shelf is Shelf.DISMISSED:
        return (has_card, ~sent, ~keeps.exists())
    # One that was withdrawn leaves no more, whatever it lies in.
    is_withdrawn = select(cards.c.id).where(
        cards.c.id == referrals.c.card_id, cards.c.state == CaseState.WITHDRAWN
    )
    under_way = select(referrals.c.id).where(
        referrals.c.post_id == revisions.c.post_id,
        or_(
            and_(referrals.c.state.in_(_ON_ITS_WAY), ~is_withdrawn.exists()),
            and_(referrals.c.delivered_at.is_not(None), referrals.c.delivered_at > before),
        ),
    )
    return (sent, ~keeps.exists(), ~under_way.exists())
