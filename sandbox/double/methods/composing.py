"""From the fields of a request to the formatted text that Telegram would keep."""

from typing import Any

from sandbox.double import errors
from sandbox.double.detect import with_detected
from sandbox.double.entities import PRIORITY, Entity, Formatted, tidy
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.markup import MarkupError, parse_html

# Documented as characters. One live measurement (August 2026, reported publicly) found that 4096
# emoji pass, so Telegram counts code points; others report UTF-16 units. The double takes the
# stricter reading, under which a bot is right either way.
MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_RAW_BYTES = 1 << 15
ENTITY_FIELDS = {
    "type",
    "offset",
    "length",
    "url",
    "user",
    "language",
    "custom_emoji_id",
    "unix_time",
    "date_time_format",
}
FOUND_BY_TELEGRAM = {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bank_card_number",
}


def message_text(fields: Fields, too_long: errors.Wording) -> Formatted:
    """The text of a message, 1 to 4096 UTF-16 units after parsing. Raises Refusal."""
    if not fields.text("text"):
        raise Refusal(errors.TEXT_EMPTY)
    formatted = _formatted(fields, "text", "entities")
    if not formatted.text:
        raise Refusal(errors.TEXT_BLANK)
    if formatted.length > MAX_TEXT:
        raise Refusal(too_long)
    return with_detected(formatted)


def caption(fields: Fields, too_long: errors.Wording = errors.CAPTION_TOO_LONG) -> Formatted:
    """The caption, at most 1024 UTF-16 units after parsing; empty where there is none."""
    formatted = _formatted(fields, "caption", "caption_entities")
    if formatted.length > MAX_CAPTION:
        raise Refusal(too_long)
    return with_detected(formatted)


def _formatted(fields: Fields, text_field: str, entities_field: str) -> Formatted:
    raw = fields.text(text_field)
    if len(raw.encode()) > MAX_RAW_BYTES:
        raise Refusal(errors.TEXT_TOO_LONG_RAW)
    mode = fields.text("parse_mode").lower()
    if mode in ("", "none") or not raw:
        return tidy(Formatted(raw, _given(fields.json(entities_field))))
    if mode in ("markdown", "markdownv2"):
        raise Refusal(errors.NOT_MODELLED, what=f"parse_mode {mode}")
    if mode != "html":
        raise Refusal(errors.PARSE_MODE)
    try:
        return tidy(parse_html(raw))
    except MarkupError as error:
        raise Refusal(errors.ENTITIES, why=str(error)) from None


def _given(values: Any) -> tuple[Entity, ...]:
    """Entities from the request; those that Telegram finds by itself are left to it."""
    if not isinstance(values, list):
        return ()
    return tuple(_entity(value) for value in values if not _is_found_anyway(value))


def _is_found_anyway(value: Any) -> bool:
    return isinstance(value, dict) and str(value.get("type")) in FOUND_BY_TELEGRAM


def _entity(value: Any) -> Entity:
    if not isinstance(value, dict):
        raise Refusal(errors.MESSAGE_ENTITY, why="expected an Object")
    for field in set(value) - ENTITY_FIELDS:
        raise Refusal(errors.UNKNOWN_FIELD, field=field, method="MessageEntity")
    kind, offset, length = (value.get(name) for name in ("type", "offset", "length"))
    if not isinstance(kind, str) or kind not in PRIORITY:
        raise Refusal(errors.MESSAGE_ENTITY, why="Unsupported type specified")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise Refusal(errors.MESSAGE_ENTITY, why='Can\'t find field "offset"')
    user = value.get("user")
    return Entity(
        kind,
        offset,
        length,
        url=_string(value, "url"),
        user_id=user.get("id") if isinstance(user, dict) else None,
        language=_string(value, "language"),
        custom_emoji_id=_string(value, "custom_emoji_id"),
    )


def _string(value: dict[str, Any], name: str) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise Refusal(errors.MESSAGE_ENTITY, why=f'Field "{name}" must be of type String')
    return found
