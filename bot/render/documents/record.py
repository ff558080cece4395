"""The 27 fields of a referral, as the JSON document and the schema in docs/ have them.

Data fills what data knows. What only a person can say reads "not assessed" until one has said it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from bot.domain.codes import PurposeCode
from bot.domain.receipt import ReplyCode
from bot.domain.referral import PRESERVED, Digest, ReferredItem, Sender, Urgency
from bot.domain.statement import Factor
from bot.render.names import language_name
from bot.render.times import local_time
from bot.texts import say
from bot.texts.legal import LegalBasis

SCHEMA = "saring-digest-1"


@dataclass(frozen=True)
class Frame:
    """What every item of a recipient's digests has in common. contact: for corrections."""

    language: str
    timezone: str
    sender: Sender
    legal: LegalBasis
    contact: str

    def said(self, key: str, **values: object) -> str:
        return say(self.language, key, **values).unescape()


def shown_number(digest: Digest, frame: Frame) -> str:
    """The digest's number in words of ours; a preview has none."""
    return frame.said("preview-number") if digest.is_preview else str(digest.number)


def digest_json(digest: Digest, frame: Frame) -> bytes:
    """The digest as UTF-8 JSON that follows docs/digest.schema.json."""
    record = {
        "schema": SCHEMA,
        "digest": _head(digest, frame),
        "items": [
            item_record(item, place, digest, frame) for place, item in enumerate(digest.items, 1)
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _head(digest: Digest, frame: Frame) -> dict[str, Any]:
    urgencies = [digest.urgency(item) for item in digest.items]
    return {
        "number": digest.number,
        "made_at": stamp(digest.created_at),
        "recipient": digest.recipient,
        "is_test": digest.is_test,
        "is_at_once": digest.is_at_once,
        "period": {"from": stamp(digest.since), "to": stamp(digest.created_at)},
        "items": len(digest.items),
        "items_by_code": {str(harm): count for harm, count in digest.counts.items()},
        "items_by_urgency": {str(one): urgencies.count(one) for one in Urgency},
        "decided_by_two": digest.by_two,
        "withdrawn_since": digest.withdrawn,
        "unanswered": {"items": digest.waiting, "oldest_sent_at": stamp(digest.waiting_since)},
        "sender": _sender(frame),
        "previous_manifest_sha256": digest.previous_sha256,
        "audit_sha256": digest.audit_hash,
    }


def item_record(item: ReferredItem, place: int, digest: Digest, frame: Frame) -> dict[str, Any]:
    """The fields of one item, in the order of their numbers."""
    return {
        "place": place,
        "item_ref": item_ref(item),
        "issued_at": stamp(digest.created_at),
        "issued_at_local": local(digest.created_at, frame),
        "sender": _sender(frame),
        "recipient": digest.recipient,
        "urgency": str(digest.urgency(item)),
        "url": item.link,
        "locator": {
            "channel_id": item.chat_id,
            "username": item.username,
            "title": item.title,
            "message_id": item.message_ids[0] if item.message_ids else None,
            "album_message_ids": list(item.message_ids),
            "forwarded_from": item.forwarded_from,
            "edited_at": stamp(item.edited_at),
        },
        "capture": {
            "sha256": item.capture_sha256,
            "picture_sha256": item.picture_sha256,
            "captured_at": stamp(item.captured_at),
        },
        "quote": quote(item, frame),
        "language": {
            "tag": _language_tag(item),
            "name": language(item, frame),
            "is_guess": True,
        },
        "translation": {
            "text": item.translation or None,
            "made_by": "person" if item.translation else None,
        },
        "category": str(item.harm),
        "reason": reason(item, frame),
        "legal_basis_alleged": legal_basis(item, frame),
        "exemption_check": exemption_check(item, frame),
        "context_ratings": _ratings(item, frame),
        "entity": entity(item, frame),
        "times": {
            "posted_at": stamp(item.posted_at),
            "edited_at": stamp(item.edited_at),
            "captured_at": stamp(item.captured_at),
            "flagged_at": stamp(item.flagged_at),
            "decided_at": stamp(item.decided_at),
        },
        "automation": {
            "model": item.model_version,
            "threshold": item.threshold,
            "confirmed_by_people": item.people,
        },
        "reviewers": {
            "pseudonyms": list(item.reviewers),
            "two_people": item.people > 1,
            "dissent": item.has_dissent,
        },
        "reach": {
            "subscribers": item.subscribers,
            "subscribers_approx": item.subscribers_approx,
            "views": item.views,
            "views_approx": item.views_approx,
        },
        "cluster": {"near_identical": item.copies, "urls": list(item.copy_links)},
        "live_status": {"status": str(item.live_status), "checked_at": stamp(item.live_checked_at)},
        "warnings": [str(one) for one in item.statement.warnings],
        "evidence": {
            "capture_sha256": item.capture_sha256,
            "picture_sha256": item.picture_sha256,
            "audit_sha256": digest.audit_hash,
            "preserve_until": stamp(item.decided_at + PRESERVED),
        },
        "good_faith": frame.said("good-faith"),
        "request": frame.said("request-assess"),
        "remedy": frame.said("remedy", contact=frame.contact),
        "reply_codes": [str(code) for code in ReplyCode],
    }


def item_ref(item: ReferredItem) -> str:
    """Unique, and never used again."""
    return f"R{item.number:06d}"


def quote(item: ReferredItem, frame: Frame, most: int | None = None) -> str:
    """The words, cut after `most` letters; of instructions for an attack not one."""
    if item.hides_words:
        return frame.said("steps-removed")
    return f"{item.text[:most]} …" if most and len(item.text) > most else item.text


def _language_tag(item: ReferredItem) -> str:
    """As BCP 47 writes it: `id`; `und-Arab` where the script alone is known, or else `und`."""
    guess = item.language
    if guess is None:
        return "und"
    return f"und-{guess}" if guess.istitle() else guess


def language(item: ReferredItem, frame: Frame) -> str:
    """The name of the language that the words seem to be in, said to be a guess."""
    if item.language is None:
        return frame.said("language-unknown")
    name = language_name(item.language, frame.language).unescape()
    return frame.said("language-guess", name=name)


def translation(item: ReferredItem, frame: Frame, most: int | None = None) -> str:
    """A person's translation, cut after `most` letters; "no translation" without one."""
    words = item.translation
    if not words:
        return frame.said("translation-none")
    return f"{words[:most]} …" if most and len(words) > most else words


def live(item: ReferredItem, frame: Frame) -> str:
    """Whether the post still stood, and when that was seen."""
    words = frame.said(f"live-{item.live_status.replace('_', '-')}")
    if item.live_checked_at is None:
        return words
    return f"{words}, {local_time(item.live_checked_at, frame.timezone, frame.language)}"


def model(item: ReferredItem, frame: Frame) -> str:
    """The model that flagged the post, with its threshold where one is known."""
    if item.threshold is None:
        return frame.said("model-unscored", model=item.model_version)
    threshold = f"{item.threshold:.0%}"
    return frame.said("model-said", model=item.model_version, threshold=threshold)


def people(item: ReferredItem, frame: Frame) -> str:
    """How many people confirmed, by pseudonym, and whether somebody saw it otherwise."""
    names = ", ".join(item.reviewers)
    words = frame.said("people-confirmed", people=item.people, names=names)
    return words + (frame.said("people-dissent") if item.has_dissent else "")


def ratings(item: ReferredItem, frame: Frame) -> str:
    """Each factor that was rated; "not assessed" where nobody rated."""
    rated = [
        f"{frame.said(f'factor-{factor}')}: {frame.said(f'rating-{rating}')}"
        for factor, rating in item.statement.ratings.items()
    ]
    return ", ".join(rated) or frame.said("not-assessed")


def warnings(item: ReferredItem, frame: Frame) -> str:
    return ", ".join(frame.said(f"caution-{one}") for one in item.statement.warnings)


def entity(item: ReferredItem, frame: Frame) -> str:
    return item.statement.entity or frame.said("entity-none")


def answers(frame: Frame) -> str:
    """Every answer that can be given, by its name."""
    return ", ".join(frame.said(f"reply-{code.replace('_', '-')}") for code in ReplyCode)


def sender_line(frame: Frame) -> str:
    sender = frame.sender
    return " · ".join(filter(None, [sender.organisation, sender.role, sender.email, sender.phone]))


def reason(item: ReferredItem, frame: Frame) -> str:
    """The sentences that a person chose, and their own; "not stated" without any."""
    said = item.statement
    sentences = [frame.said(f"reason-{one}") for one in said.reasons]
    return " ".join([*sentences, said.note]).strip() or frame.said("not-stated")


def legal_basis(item: ReferredItem, frame: Frame) -> str:
    """The operator's text for the code; "not stated" where there is none."""
    return frame.legal.get(item.harm, {}).get(frame.language) or frame.said("not-stated")


def exemption_check(item: ReferredItem, frame: Frame) -> dict[str, str]:
    """What a person found for each lawful purpose; a machine finds nothing."""
    has_looked = item.statement.has_no_exemption
    answer = frame.said("exemption-none" if has_looked else "not-assessed")
    return {str(purpose): answer for purpose in PurposeCode}


def reach(item: ReferredItem, frame: Frame) -> str:
    """Views and subscribers as far as they are known; "about" where the source rounds."""
    known = []
    if item.views is not None:
        key = "reach-views-about" if item.views_approx else "reach-views"
        known.append(frame.said(key, count=format_decimal(item.views, locale=frame.language)))
    if item.subscribers is not None:
        key = "reach-subscribers-about" if item.subscribers_approx else "reach-subscribers"
        count = format_decimal(item.subscribers, locale=frame.language)
        known.append(frame.said(key, count=count))
    return ", ".join(known)


def _ratings(item: ReferredItem, frame: Frame) -> dict[str, str]:
    ratings = item.statement.ratings
    return {
        str(factor): frame.said(f"rating-{ratings[factor]}")
        if factor in ratings
        else frame.said("not-assessed")
        for factor in Factor
    }


def _sender(frame: Frame) -> dict[str, str | None]:
    sender = frame.sender
    return {
        "organisation": sender.organisation,
        "role": sender.role or None,
        "email": sender.email or None,
        "phone": sender.phone or None,
    }


def stamp(at: datetime | None) -> str | None:
    """UTC, to the second, as in 2026-03-02T05:00:00+00:00."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def local(at: datetime, frame: Frame) -> str:
    """The same moment with the offset of the recipient's zone."""
    return at.astimezone(ZoneInfo(frame.timezone)).isoformat(timespec="seconds")
