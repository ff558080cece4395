"""Formatted text: UTF-16 lengths, the values, trimming. Parsing HTML stands in `markup`."""

from dataclasses import dataclass, replace
from typing import Any

MAX_ENTITIES = 100  # documented; what is over it is silently dropped
PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


@dataclass(frozen=True)
class Entity:
    """A stretch of text with a meaning; offset and length count UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    user_id: int | None = None
    language: str | None = None
    custom_emoji_id: str | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length


@dataclass(frozen=True)
class Formatted:
    """A text and its entities, sorted as Telegram sorts them."""

    text: str
    entities: tuple[Entity, ...] = ()

    @property
    def length(self) -> int:
        return utf16_length(self.text)


def utf16_length(text: str) -> int:
    """Number of UTF-16 units: what Telegram counts offsets and limits in."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, start: int, end: int) -> str:
    """The part between two UTF-16 offsets; half of a surrogate pair becomes U+FFFD."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "replace")


def tidy(formatted: Formatted) -> Formatted:
    """The text as Telegram keeps it: trimmed, entities sorted, nothing inside code.

    Trailing white space goes always, leading spaces and line ends go up to the first entity.
    Known from tdlib's fix_formatted_text; not every corner of it is followed.
    """
    text = formatted.text.replace("\r", "")
    text = text.rstrip(" \n\t\v\u00a0")
    entities = [_clipped(entity, utf16_length(text)) for entity in formatted.entities]
    kept = sorted((e for e in entities if e.length > 0 and e.offset >= 0), key=_order)
    first = kept[0].offset if kept else utf16_length(text)
    cut = min(len(text) - len(text.lstrip(" \n")), first)
    moved = tuple(replace(entity, offset=entity.offset - cut) for entity in _outside_code(kept))
    return Formatted(text[cut:], moved[:MAX_ENTITIES])


def _clipped(entity: Entity, end: int) -> Entity:
    return replace(entity, length=min(entity.end, end) - entity.offset)


def _order(entity: Entity) -> tuple[int, int, int]:
    return (entity.offset, -entity.length, PRIORITY.get(entity.type, 50))


def _outside_code(entities: list[Entity]) -> list[Entity]:
    """Without what lies inside `code` or `pre`: Telegram shows no formatting there."""
    code = [entity for entity in entities if entity.type in ("code", "pre")]

    def is_inside(entity: Entity) -> bool:
        return any(
            block is not entity and block.offset <= entity.offset and entity.end <= block.end
            for block in code
        )

    return [entity for entity in entities if entity in code or not is_inside(entity)]


def as_json(entity: Entity, user: dict[str, Any] | None = None) -> dict[str, Any]:
    """The Bot API's MessageEntity; `user` is the object a text_mention shows."""
    found: dict[str, Any] = {
        "type": entity.type,
        "offset": entity.offset,
        "length": entity.length,
        "url": entity.url,
        "language": entity.language,
        "custom_emoji_id": entity.custom_emoji_id,
        "user": user,
    }
    return {key: value for key, value in found.items() if value is not None}
