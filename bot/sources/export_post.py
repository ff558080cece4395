"""One row of an export made into a Post, or the sentence that says why it cannot be one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.channel import ChannelRef
from bot.domain.post import Entity, Post, SourceKind

# Telegram opened in August 2013; its dates are 32-bit. Old exports write 1970 for "never edited".
_FIRST_SECOND: Final = 1_375_315_200
_LAST_SECOND: Final = 2**31 - 1
_LAST_MESSAGE_ID: Final = 2**31 - 1
# The date of an unsupported row that stands before any dated one: such rows carry an id alone.
UNDATED: Final = datetime(1970, 1, 1, tzinfo=UTC)

# Kinds by the Bot API's names, so that one post reads alike from both sources. Left out: plain,
# unknown, bank_card, and mention_name, which points at a person.
_ENTITY_KINDS: Final = {
    "link": "url",
    "text_link": "text_link",
    "phone": "phone_number",
    **{
        kind: kind
        for kind in [
            "mention",
            "hashtag",
            "cashtag",
            "bot_command",
            "email",
            "bold",
            "italic",
            "underline",
            "strikethrough",
            "spoiler",
            "blockquote",
            "code",
            "pre",
            "custom_emoji",
        ]
    },
}
_MEDIA_TYPES: Final = {
    "video_file": "video",
    "audio_file": "audio",
    **{kind: kind for kind in ("animation", "video_message", "voice_message", "sticker")},
}
# The first field that is there names the media; a file without a media type is a document.
_MEDIA_FIELDS: Final = {
    "photo": "photo",
    "poll": "poll",
    "todo_list": "checklist",
    "contact_information": "contact",
    "location_information": "location",
    "game_title": "game",
    "invoice_information": "invoice",
    "giveaway_information": "giveaway",
    "giveaway_results": "giveaway",
    "file": "document",
}
_Part = tuple[str, str, str | None]  # kind, text, link


class RowError(Exception):
    """A field that a post cannot do without is missing or senseless; the message says which."""


def post_from(fields: dict[str, Any], channel: ChannelRef, last_date: datetime) -> Post:
    """The post in a row of type "message" or "unsupported".

    last_date: the date of the row before, for an unsupported row, which has none of its own.
    Raises RowError.
    """
    if fields.get("type") == "unsupported":
        known = moment(fields, "date") or last_date
        return Post(
            channel, message_number(fields), known, SourceKind.EXPORT, media=("unsupported",)
        )
    when = moment(fields, "date")
    if when is None:
        raise RowError("has no possible date")
    text, entities = _words(fields)
    media = _media(fields)
    return Post(
        channel=channel,
        message_id=message_number(fields),
        posted_at=when,
        source=SourceKind.EXPORT,
        text=text,
        entities=entities,
        media=media or (() if text else ("unsupported",)),
        forwarded_from=_forwarding_channel(fields),
        edited_at=moment(fields, "edited"),
    )


def message_number(fields: dict[str, Any]) -> int:
    number = fields.get("id")
    if type(number) is not int or not 0 < number <= _LAST_MESSAGE_ID:
        raise RowError("has no message number")
    return number


def moment(fields: dict[str, Any], name: str) -> datetime | None:
    """`<name>_unixtime`, else `<name>`, which is local time of an unknown zone: taken as UTC."""
    seconds = fields.get(f"{name}_unixtime")
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit() and len(seconds) < 11:
        seconds = int(seconds)
    if type(seconds) is int and _FIRST_SECOND <= seconds <= _LAST_SECOND:
        return datetime.fromtimestamp(seconds, UTC)
    written = fields.get(name)
    if not isinstance(written, str):
        return None
    try:
        moment = datetime.fromisoformat(written)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment if _FIRST_SECOND <= moment.timestamp() <= _LAST_SECOND else None
    except (ValueError, OverflowError):
        return None


def _forwarding_channel(fields: dict[str, Any]) -> str | None:
    """The title of the channel a post came from; never a person's name, nor when that is unsure."""
    origin, name = fields.get("forwarded_from_id"), fields.get("forwarded_from")
    is_channel = isinstance(origin, str) and origin.startswith("channel")
    return clean(name) if is_channel and isinstance(name, str) and name else None


def _media(fields: dict[str, Any]) -> tuple[str, ...]:
    if fields.get("media_type") is not None:
        kind = fields["media_type"]
        return (_MEDIA_TYPES.get(kind, "other") if isinstance(kind, str) else "other",)
    return tuple(kind for field, kind in _MEDIA_FIELDS.items() if field in fields)[:1]


def _words(fields: dict[str, Any]) -> tuple[str, tuple[Entity, ...]]:
    """What a reader sees: the text, then a poll's or a checklist's lines."""
    written = fields.get("text", "")
    parts = _parts(written)
    marked = fields.get("text_entities")
    if isinstance(marked, list) and marked:
        by_entities = _parts(marked)
        words = _joined(parts)
        if not words or words == _joined(by_entities):
            parts = by_entities
    for lines in _listed(fields):
        if _joined(parts):
            parts.append(("plain", "\n\n", None))
        parts += lines
    if len(parts) == 1 and parts[0][0] == "plain":
        return clean(parts[0][1]), ()
    return clean(_joined(parts)), tuple(_entities(parts))


def _parts(written: Any) -> list[_Part]:
    """A text as the export writes it, a string or a list of strings and marked parts."""
    if written is None:
        return []
    if isinstance(written, str):
        return [("plain", written, None)]
    if not isinstance(written, list):
        raise RowError("has a text that is neither words nor a list of parts")
    return [_part(part) for part in written]


def _part(part: Any) -> _Part:
    if isinstance(part, str):
        return "plain", part, None
    if not isinstance(part, dict) or not isinstance(part.get("text"), str):
        raise RowError("has a part of text without words")
    kind, text, link = part.get("type"), part["text"], part.get("href")
    if kind == "link":
        link = text
    return str(kind), text, link if isinstance(link, str) else None


def _joined(parts: list[_Part]) -> str:
    return "".join(text for _, text, _ in parts)


def _entities(parts: list[_Part]) -> Iterator[Entity]:
    offset = 0
    for kind, text, link in parts:
        if text and kind in _ENTITY_KINDS:
            yield Entity(_ENTITY_KINDS[kind], offset, len(text), link and clean(link))
        offset += len(text)


def _listed(fields: dict[str, Any]) -> Iterator[list[_Part]]:
    """The heading and the lines of a poll and of a checklist, each line on its own."""
    for field, heading in (("poll", "question"), ("todo_list", "title")):
        block = fields.get(field)
        if not isinstance(block, dict):
            continue
        lines = _parts(block.get(heading))
        answers = block.get("answers")
        for answer in answers if isinstance(answers, list) else []:
            if isinstance(answer, dict):
                lines += [("plain", "\n", None), *_parts(answer.get("text"))]
        yield lines


def clean(text: str) -> str:
    """PostgreSQL refuses NUL in a text; one character stays one, so that offsets hold."""
    return text.replace("\x00", "\ufffd")
