"""Everything that is kept of a case, without names."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select

from bot.domain.audit import AuditEntry
from bot.domain.channel import post_link
from bot.domain.codes import HarmCode
from bot.storage.store import AnyRow, Store
from bot.storage.tables import (
    audit,
    captures,
    cards,
    cases,
    channels,
    corrections,
    digests,
    files,
    holds,
    posts,
    receipts,
    recipients,
    referrals,
    reopenings,
    reviews,
    revisions,
    statements,
    verdicts,
    withdrawals,
)

_CARD = ("id", "state", "harm", "purpose", "score", "opened_at", "decided_at")
_REVIEW = (
    "id",
    "card_id",
    "revision_id",
    "choice",
    "harm",
    "purpose",
    "saw_all",
    "wants_second",
    "score_shown",
    "model_version",
    "decided_at",
    "stands",
    "undone_at",
)


class EvidenceStore(Store):
    async def record(self, case_id: int) -> dict[str, Any] | None:
        """The case as JSON: posts, decisions, what was sent and answered; None for no case."""
        opened = await self._connection.scalar(
            select(cases.c.opened_at).where(cases.c.id == case_id)
        )
        if opened is None:
            return None
        card_ids = select(cards.c.id).where(cards.c.case_id == case_id)
        return {
            "case": case_id,
            "opened_at": _plain(opened),
            "posts": await self._posts(case_id),
            "decisions": await self._decisions(card_ids),
            "reopened": await self._reasons(reopenings, "reopened_at", card_ids),
            "withdrawals": await self._withdrawals(card_ids),
            "referrals": await self._referrals(card_ids),
            "hold": await self._hold(case_id),
        }

    async def _posts(self, case_id: int) -> list[dict[str, Any]]:
        rows = await self._connection.execute(
            select(
                cards,
                posts.c.message_id,
                posts.c.posted_at,
                posts.c.source,
                revisions.c.number,
                revisions.c.content_hash,
                revisions.c.edited_at,
                revisions.c.seen_at,
                revisions.c.forgotten_at,
                channels.c.chat_id,
                channels.c.username,
                channels.c.title,
                captures.c.sha256.label("capture_sha256"),
                captures.c.picture_sha256,
                captures.c.taken_at,
            )
            .join(posts, posts.c.id == cards.c.post_id)
            .join(revisions, revisions.c.id == cards.c.revision_id)
            .join(channels, channels.c.id == posts.c.channel_id)
            .outerjoin(captures, captures.c.revision_id == cards.c.revision_id)
            .where(cards.c.case_id == case_id)
            .order_by(cards.c.id)
        )
        return [
            {
                "card": _picked(row, _CARD),
                "post": row.post_id,
                "revision": row.revision_id,
                "version": row.number,
                "url": post_link(row.chat_id, row.username, row.message_id),
                "channel": {"id": row.chat_id, "username": row.username, "title": row.title},
                "message_id": row.message_id,
                "source": row.source,
                "posted_at": _plain(row.posted_at),
                "edited_at": _plain(row.edited_at),
                "seen_at": _plain(row.seen_at),
                "content_sha256": row.content_hash,
                "forgotten_at": _plain(row.forgotten_at),
                "captured_at": _plain(row.taken_at),
                "capture_sha256": row.capture_sha256,
                "picture_sha256": row.picture_sha256,
                "verdicts": await self._verdicts(row.revision_id),
            }
            for row in rows.all()
        ]

    async def _verdicts(self, revision_id: int) -> list[dict[str, Any]]:
        rows = await self._connection.execute(
            select(verdicts).where(verdicts.c.revision_id == revision_id).order_by(verdicts.c.id)
        )
        names = ("model_version", "score", "threshold", "is_flagged", "is_known", "judged_at")
        return [_picked(row, names) for row in rows]

    async def _decisions(self, card_ids: Any) -> list[dict[str, Any]]:
        rows = await self._connection.execute(
            select(
                reviews,
                statements.c.reasons,
                statements.c.note,
                statements.c.entity,
                statements.c.translation,
            )
            .outerjoin(statements, statements.c.review_id == reviews.c.id)
            .where(reviews.c.card_id.in_(card_ids))
            .order_by(reviews.c.id)
        )
        return [
            _picked(row, _REVIEW)
            | {"by": _pseudonym(row.person_id)}
            | _picked(row, ("reasons", "note", "entity", "translation"))
            for row in rows
        ]

    async def _reasons(self, table: Any, moment: str, card_ids: Any) -> list[dict[str, Any]]:
        rows = await self._connection.execute(
            select(table).where(table.c.card_id.in_(card_ids)).order_by(table.c.id)
        )
        return [
            _picked(row, ("card_id", "reason", moment)) | {"by": _pseudonym(row.person_id)}
            for row in rows
        ]

    async def _withdrawals(self, card_ids: Any) -> list[dict[str, Any]]:
        rows = await self._connection.execute(
            select(withdrawals)
            .where(withdrawals.c.card_id.in_(card_ids))
            .order_by(withdrawals.c.id)
        )
        return [
            _picked(row, ("card_id", "state", "reason", "asked_at", "decided_at"))
            | {"asked_by": _pseudonym(row.asked_by), "second_by": _pseudonym(row.second_by)}
            for row in rows
        ]

    async def _referrals(self, card_ids: Any) -> list[dict[str, Any]]:
        rows = await self._connection.execute(
            select(
                referrals,
                recipients.c.name,
                digests.c.number,
                corrections.c.number.label("correction"),
                corrections.c.sent_at,
                corrections.c.outcome,
            )
            .join(recipients, recipients.c.id == referrals.c.recipient_id)
            .outerjoin(digests, digests.c.id == referrals.c.digest_id)
            .outerjoin(corrections, corrections.c.referral_id == referrals.c.id)
            .where(referrals.c.card_id.in_(card_ids))
            .order_by(referrals.c.id)
        )
        return [
            {
                **_picked(
                    row, ("card_id", "review_id", "harm", "state", "owed_at", "delivered_at")
                ),
                "item": row.id,
                "recipient": row.name,
                "digest": row.number,
                "answers": await self._answers(row.id),
                "correction": row.correction,
                "correction_sent_at": _plain(row.sent_at),
                "correction_outcome": row.outcome,
            }
            for row in rows.all()
        ]

    async def _answers(self, referral_id: int) -> list[dict[str, Any]]:
        rows = await self._connection.execute(
            select(receipts).where(receipts.c.referral_id == referral_id).order_by(receipts.c.id)
        )
        return [_picked(row, ("code", "way", "answered_at", "stands")) for row in rows]

    async def _hold(self, case_id: int) -> dict[str, Any] | None:
        asked = select(holds).where(holds.c.case_id == case_id)
        row = (await self._connection.execute(asked)).one_or_none()
        return _picked(row, ("placed_at", "reason")) if row else None

    async def captures(self, case_id: int, *, with_sealed: bool) -> dict[str, bytes]:
        """Captures and pictures that are still there, by file name.

        with_sealed: those of attack know-how too; their pictures show no words anyway.
        """
        rows = await self._connection.execute(
            select(captures, cards.c.harm, files.c.content.label("picture"))
            .join(cards, cards.c.revision_id == captures.c.revision_id)
            .outerjoin(files, files.c.sha256 == captures.c.picture_sha256)
            .where(cards.c.case_id == case_id)
            .order_by(captures.c.id)
        )
        found: dict[str, bytes] = {}
        for row in rows:
            may_show = with_sealed or row.harm != HarmCode.INSTRUCT
            if row.content is not None and may_show:
                found[f"captures/{row.revision_id}.json"] = row.content.encode()
            if row.picture is not None and (may_show or row.picture_hides_words):
                found[f"captures/{row.revision_id}.png"] = row.picture
        return found

    async def entries(self, record: dict[str, Any]) -> list[AuditEntry]:
        """The entries of the audit log that are about the case, oldest first."""
        subjects = {f"case {record['case']}"}
        for post in record["posts"]:
            subjects |= {f"card {post['card']['id']}", f"post {post['post']}"}
        subjects |= {f"referral {one['item']}" for one in record["referrals"]}
        return await self._about(subjects, {one["item"] for one in record["referrals"]})

    async def _about(self, subjects: Collection[str], items: Collection[int]) -> list[AuditEntry]:
        rows = await self._connection.execute(
            select(audit)
            .where(or_(audit.c.subject.in_(subjects), audit.c.event.in_(("digest made",))))
            .order_by(audit.c.seq)
        )
        entries = [AuditEntry(**row._mapping) for row in rows]
        return [one for one in entries if one.subject in subjects or _carries(one, items)]


def _carries(entry: AuditEntry, items: Collection[int]) -> bool:
    """Whether a digest that was made holds one of these items."""
    listed = str(entry.details.get("items", "")).split(",")
    return any(str(item) in listed for item in items)


def _pseudonym(person_id: int | None) -> str | None:
    return None if person_id is None else f"M{person_id}"


def _picked(row: AnyRow, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(row._mapping[name]) for name in names}


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
