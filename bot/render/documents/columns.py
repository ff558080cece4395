"""The columns of a digest's spreadsheet and of its CSV, left to right.

What a desk officer works with comes first; what completes the referral stands at the right.
"""

from collections.abc import Callable
from datetime import datetime

from bot.domain.referral import PRESERVED, Digest, ReferredItem
from bot.render.documents.record import (
    Frame,
    answers,
    entity,
    exemption_check,
    item_ref,
    language,
    legal_basis,
    local,
    model,
    people,
    quote,
    ratings,
    reach,
    reason,
    sender_line,
    translation,
    warnings,
)

_QUOTE = 1000  # letters; a cell of a spreadsheet holds 32,767

Value = str | int | None
Row = Callable[[ReferredItem, int, Digest, Frame], Value]
Columns = tuple[tuple[str, int, Row], ...]

# The key of its heading, its width in letters, and its value.
COLUMNS: Columns = (
    ("place", 6, lambda item, place, digest, frame: place),
    ("number", 10, lambda item, place, digest, frame: item.number),
    ("outcome", 18, lambda item, place, digest, frame: ""),
    ("urgency", 14, lambda item, place, digest, frame: _urgency(item, digest, frame)),
    ("harm", 20, lambda item, place, digest, frame: frame.said(f"harm-{item.harm.lower()}")),
    ("url", 34, lambda item, place, digest, frame: item.link),
    # Without "@", which a spreadsheet takes for a formula.
    ("channel", 24, lambda item, place, digest, frame: item.channel.removeprefix("@")),
    ("quote", 60, lambda item, place, digest, frame: quote(item, frame, _QUOTE)),
    ("language", 18, lambda item, place, digest, frame: language(item, frame)),
    ("translation", 40, lambda item, place, digest, frame: translation(item, frame)),
    ("reason", 50, lambda item, place, digest, frame: reason(item, frame)),
    ("legal", 40, lambda item, place, digest, frame: legal_basis(item, frame)),
    ("posted", 22, lambda item, place, digest, frame: local(item.posted_at, frame)),
    ("decided", 22, lambda item, place, digest, frame: local(item.decided_at, frame)),
    ("people", 8, lambda item, place, digest, frame: item.people),
    ("views", 10, lambda item, place, digest, frame: item.views),
    ("subscribers", 12, lambda item, place, digest, frame: item.subscribers),
    ("copies", 14, lambda item, place, digest, frame: item.copies),
    ("live", 16, lambda item, place, digest, frame: _live(item, frame)),
    ("checked", 22, lambda item, place, digest, frame: _local(item.live_checked_at, frame)),
    ("exemption", 30, lambda item, place, digest, frame: _exemption(item, frame)),
    ("entity", 24, lambda item, place, digest, frame: entity(item, frame)),
    ("warnings", 18, lambda item, place, digest, frame: warnings(item, frame)),
    ("capture", 30, lambda item, place, digest, frame: item.capture_sha256),
    ("ratings", 30, lambda item, place, digest, frame: ratings(item, frame)),
    ("reach", 24, lambda item, place, digest, frame: reach(item, frame)),
    ("copy-links", 30, lambda item, place, digest, frame: " ".join(item.copy_links)),
    ("title", 24, lambda item, place, digest, frame: item.title),
    ("message", 24, lambda item, place, digest, frame: numbers(item)),
    ("forwarded", 20, lambda item, place, digest, frame: item.forwarded_from),
    ("edited", 22, lambda item, place, digest, frame: _local(item.edited_at, frame)),
    ("flagged", 22, lambda item, place, digest, frame: _local(item.flagged_at, frame)),
    ("captured", 22, lambda item, place, digest, frame: _local(item.captured_at, frame)),
    ("picture", 30, lambda item, place, digest, frame: item.picture_sha256),
    ("kept-until", 22, lambda item, place, digest, frame: _kept_until(item, frame)),
    ("reviewers", 24, lambda item, place, digest, frame: people(item, frame)),
    ("model", 24, lambda item, place, digest, frame: model(item, frame)),
)
# What the workbook says once, on its second sheet; a line of the CSV stands by itself.
ALONE: Columns = (
    ("reference", 10, lambda item, place, digest, frame: item_ref(item)),
    ("issued", 22, lambda item, place, digest, frame: local(digest.created_at, frame)),
    ("sender", 30, lambda item, place, digest, frame: sender_line(frame)),
    ("recipient", 20, lambda item, place, digest, frame: digest.recipient),
    ("audit", 30, lambda item, place, digest, frame: digest.audit_hash),
    ("good-faith", 40, lambda item, place, digest, frame: frame.said("good-faith")),
    ("request", 40, lambda item, place, digest, frame: frame.said("request-assess")),
    ("remedy", 40, lambda item, place, digest, frame: _remedy(frame)),
    ("answers", 40, lambda item, place, digest, frame: answers(frame)),
)
PRINTED = [key for key, _, _ in COLUMNS].index("capture") + 1  # columns; more are unreadable
WRAPPED = frozenset(
    {"quote", "translation", "reason", "legal", "exemption", "entity", "ratings", "copy-links"}
)


def numbers(item: ReferredItem) -> str:
    """The messages' own numbers and then their channel's, which outlast a name."""
    messages = ", ".join(str(number) for number in item.message_ids)
    return messages if item.chat_id is None else f"{messages} / {item.chat_id}"


def _urgency(item: ReferredItem, digest: Digest, frame: Frame) -> str:
    return frame.said(f"urgency-{digest.urgency(item).replace('_', '-')}")


def _live(item: ReferredItem, frame: Frame) -> str:
    return frame.said(f"live-{item.live_status.replace('_', '-')}")


def _exemption(item: ReferredItem, frame: Frame) -> str:
    return next(iter(exemption_check(item, frame).values()))


def _kept_until(item: ReferredItem, frame: Frame) -> str:
    return local(item.decided_at + PRESERVED, frame)


def _remedy(frame: Frame) -> str:
    return frame.said("remedy", contact=frame.contact)


def _local(at: datetime | None, frame: Frame) -> str | None:
    return local(at, frame) if at else None
