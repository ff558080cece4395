"""A digest as messages for a phone: a head, the items, as many parts as 4,096 characters ask for.

Wording alleges and never asserts; Saring refers, it never orders.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.recipient import Recipient
from bot.domain.referral import Digest, ReferredItem, Urgency
from bot.ports import Attachment, Button, Letter
from bot.render.codes import harm_name
from bot.render.documents.record import (
    Frame,
    language,
    live,
    quote,
    reach,
    reason,
    shown_number,
    translation,
    warnings,
)
from bot.render.paging import packed
from bot.render.times import local_time
from bot.texts import Html, say

_QUOTE = 400  # characters; the link leads to the rest
_REASON = 500
_TRANSLATION = 300
_ROW = 5  # buttons side by side on a phone
_MOST_BUTTONS = 95  # Telegram takes 100 under a message; the last few are for answers

_SIGNS = {Urgency.THREAT_TO_LIFE: "🔴", Urgency.URGENT: "🟠", Urgency.ROUTINE: "⚪️"}


def digest_letters(digest: Digest, frame: Frame, manifest_sha256: str) -> list[Letter]:
    """The digest in as many letters as needed, at least one, each headed by its number.

    Under each part stand buttons that copy the links of its items.
    """
    items = [_item(item, place, digest, frame) for place, item in enumerate(digest.items, 1)]
    blocks = [_head(digest, frame), *items, _foot(digest, frame, manifest_sha256)]
    parts = packed(blocks)
    placed = _places(parts, items)
    if len(parts) == 1:
        return [Letter(parts[0], _copying(digest, placed[0]))]
    language, number = frame.language, shown_number(digest, frame)
    return [
        Letter(
            Html("{}\n\n{}").format(
                say(language, "digest-part", number=number, part=i, parts=len(parts)), part
            ),
            _copying(digest, places),
        )
        for i, (part, places) in enumerate(zip(parts, placed, strict=True), 1)
    ]


def document_letters(digest: Digest, frame: Frame, files: Sequence[Attachment]) -> list[Letter]:
    """A letter a file, without a sound: the message before them was heard."""
    number = shown_number(digest, frame)
    return [
        Letter(
            say(frame.language, "digest-file", number=number, name=file.name),
            silent=True,
            attachment=file,
        )
        for file in files
    ]


def originals_letter(number: int, places: Sequence[int], language: str) -> Letter:
    """The line before a digest's originals: of which items they are, in the order they follow."""
    listed = ", ".join(str(place) for place in places)
    return Letter(say(language, "digest-originals", number=number, places=listed), silent=True)


def withdrawn_letter(number: int, items: Sequence[tuple[int, int]], language: str) -> Letter:
    """The line after a copy of a digest. items: place and number of what was withdrawn since."""
    return Letter(say(language, "digest-copy-withdrawn", number=number, items=item_names(items)))


def item_names(items: Sequence[tuple[int, int]]) -> str:
    """Items by place and number, as in "4 (#5), 6 (#9)"."""
    return ", ".join(f"{place} (#{number})" for place, number in items)


def empty_letter(recipient: Recipient, now: datetime) -> Letter:
    """One line for a day on which nothing is owed."""
    when = local_time(now, recipient.timezone, recipient.language)
    return Letter(say(recipient.language, "digest-empty", when=when), silent=True)


def _places(parts: Sequence[Html], items: Sequence[Html]) -> list[list[int]]:
    """Which items stand in which part, by place: blocks keep their order and are never torn."""
    placed: list[list[int]] = [[] for _ in parts]
    at = 0
    for place, block in enumerate(items, 1):
        while block not in parts[at]:
            at += 1
        placed[at].append(place)
    return placed


def _copying(digest: Digest, places: Sequence[int]) -> tuple[tuple[Button, ...], ...]:
    buttons = [Button(f"⧉ {n}", copy=digest.items[n - 1].link) for n in places[:_MOST_BUTTONS]]
    return tuple(tuple(buttons[i : i + _ROW]) for i in range(0, len(buttons), _ROW))


def _head(digest: Digest, frame: Frame) -> Html:
    language = frame.language
    urgencies = [digest.urgency(item) for item in digest.items]
    lines = [say(language, "digest-is-preview")] if digest.is_preview else []
    lines += [say(language, "digest-test")] if digest.is_test else []
    lines += [
        say(
            language,
            "digest-head",
            number=shown_number(digest, frame),
            made=local_time(digest.created_at, frame.timezone, language),
            items=len(digest.items),
            urgency=Html(" · ").join(
                Html("{} {} {}").format(_SIGNS[one], urgencies.count(one), _urgency(one, language))
                for one in Urgency
                if one in urgencies
            ),
            codes=Html(", ").join(
                Html("{} {}").format(harm_name(harm, language), count)
                for harm, count in digest.counts.items()
            ),
        )
    ]
    if digest.waiting and digest.waiting_since:
        since = local_time(digest.waiting_since, frame.timezone, language)
        lines.append(say(language, "digest-waiting", count=digest.waiting, since=since))
    return Html("\n").join(lines)


def _urgency(urgency: Urgency, language: str) -> Html:
    return say(language, f"urgency-{urgency.replace('_', '-')}")


def _item(item: ReferredItem, place: int, digest: Digest, frame: Frame) -> Html:
    spoken = frame.language
    lines = [
        say(
            spoken,
            "digest-item",
            place=place,
            sign=_SIGNS[digest.urgency(item)],
            number=item.number,
            harm=harm_name(item.harm, spoken),
            channel=item.channel[:60],
            link=item.link,
            posted=local_time(item.posted_at, frame.timezone, spoken),
            decided=local_time(item.decided_at, frame.timezone, spoken),
            people=item.people,
            quote=quote(item, frame, _QUOTE),
        )
    ]
    if item.translation:
        words = translation(item, frame, _TRANSLATION)
        lines.append(say(spoken, "digest-translation", translation=words))
    if item.statement.warnings:
        lines.append(say(spoken, "digest-warnings", warnings=warnings(item, frame)))
    if item.statement.reasons or item.statement.note:
        words = reason(item, frame)
        cut = f"{words[:_REASON]} …" if len(words) > _REASON else words
        lines.append(say(spoken, "digest-reason", reason=cut))
    if item.statement.entity:
        lines.append(say(spoken, "why-entity", entity=item.statement.entity))
    lines.append(say(spoken, "digest-live", status=live(item, frame)))
    known = [reach(item, frame)]
    if item.copies:
        known.append(frame.said("copies-others", count=item.copies))
    if item.language is not None:
        known.append(language(item, frame))
    if any(known):
        lines.append(Html("{}").format(" · ".join(filter(None, known))))
    return Html("\n").join(lines)


def _foot(digest: Digest, frame: Frame, manifest_sha256: str) -> Html:
    if digest.is_preview:
        return say(frame.language, "digest-is-preview")
    return say(
        frame.language,
        "digest-foot",
        hash=digest.audit_hash[:16],
        manifest=manifest_sha256[:16],
    )
