"""The keyboards under messages: what Telegram takes, and what a person sees.

Only inline keyboards are kept; the other markups are checked for their fields and stored as they
came.
"""

import json
import re
from typing import Any

from sandbox.double import errors
from sandbox.double.errors import Refusal

MAX_DATA_BYTES = 64  # documented
MAX_BUTTONS = 100
MAX_ROW = 8
# 99 buttons of 64 bytes were refused as too long together, where the bound lies is unknown.
MAX_DATA_TOGETHER = 6_000
ACTIONS = (
    "url",
    "callback_data",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
    "login_url",
    "web_app",
    "copy_text",
)
BUTTON_FIELDS = {*ACTIONS, "text", "style", "icon_custom_emoji_id"}
TEXT_FIELDS = {"text", "url", "callback_data", "style", "icon_custom_emoji_id"}
STYLES = ("danger", "primary", "success")
MARKUP_FIELDS = {
    "inline_keyboard": {"inline_keyboard"},
    "keyboard": {
        "keyboard",
        "is_persistent",
        "resize_keyboard",
        "one_time_keyboard",
        "input_field_placeholder",
        "selective",
    },
    "remove_keyboard": {"remove_keyboard", "selective"},
    "force_reply": {"force_reply", "input_field_placeholder", "selective"},
}

Rows = tuple[tuple[dict[str, Any], ...], ...]


def parse_markup(raw: str | None) -> tuple[Rows, dict[str, Any] | None]:
    """The inline rows (empty for none) and any other markup, from the field `reply_markup`.

    Raises Refusal for what Telegram refuses, and for a field that Bot API 10.0 has not.
    """
    if not raw:
        return (), None
    try:
        markup = json.loads(raw)
    except ValueError:
        raise Refusal(errors.MARKUP_NOT_JSON) from None
    if not isinstance(markup, dict):
        raise Refusal(errors.MARKUP_NOT_OBJECT)
    if not markup:
        return (), None
    kind = next((kind for kind in MARKUP_FIELDS if kind in markup), None)
    for field in markup:
        if kind is None or field not in MARKUP_FIELDS[kind]:
            raise Refusal(errors.UNKNOWN_FIELD, field=field, method="reply_markup")
    if kind != "inline_keyboard":
        return (), markup
    return _rows(markup["inline_keyboard"]), None


def inline_only(raw: str | None) -> Rows:
    """The rows of a message that is edited: only an inline keyboard can be put under it."""
    rows, other = parse_markup(raw)
    if other is not None:
        raise Refusal(errors.INLINE_EXPECTED)
    return rows


def as_json(rows: Rows) -> dict[str, Any] | None:
    """The Bot API's InlineKeyboardMarkup, or None for no keyboard."""
    return {"inline_keyboard": [[dict(button) for button in row] for row in rows]} if rows else None


def seen_buttons(rows: Rows) -> list[tuple[str, str]]:
    """(visible text, what it does) of each button: callback data, URL or text to copy."""
    return [(button["text"], _action(button)) for row in rows for button in row]


def _action(button: dict[str, Any]) -> str:
    if "copy_text" in button:
        return str(button["copy_text"]["text"])
    return str(button.get("callback_data") or button.get("url") or "")


def _rows(keyboard: Any) -> Rows:
    is_rows = isinstance(keyboard, list) and all(isinstance(row, list) for row in keyboard)
    if not is_rows:
        raise Refusal(errors.KEYBOARD_NOT_ROWS)
    rows = tuple(tuple(_button(button) for button in row) for row in keyboard if row)
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise Refusal(errors.MARKUP_TOO_LONG)
    if any(len(row) > MAX_ROW for row in rows):
        raise Refusal(errors.ROW_TOO_LONG)
    if sum(_data_bytes(button) for row in rows for button in row) > MAX_DATA_TOGETHER:
        raise Refusal(errors.DATA_TOO_LONG)
    return rows


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise Refusal(errors.BUTTON, why="InlineKeyboardButton must be an Object")
    for field in button:
        if field not in BUTTON_FIELDS:
            raise Refusal(errors.UNKNOWN_FIELD, field=field, method="InlineKeyboardButton")
        if field in TEXT_FIELDS and not isinstance(button[field], str):
            raise Refusal(errors.BUTTON, why=f'Field "{field}" must be of type String')
    if not isinstance(button.get("text"), str):
        raise Refusal(errors.BUTTON, why='Can\'t find field "text"')
    if not button["text"]:
        raise Refusal(errors.BUTTON_TEXT)
    if not any(button.get(action) for action in ACTIONS):
        raise Refusal(errors.BUTTON, why="Text buttons are unallowed in the inline keyboard")
    _check_action(button)
    if button.get("style") not in (None, *STYLES):
        raise Refusal(errors.BUTTON_STYLE)
    return dict(button)


def _check_action(button: dict[str, Any]) -> None:
    named = [action for action in ACTIONS if button.get(action)]
    if len(named) > 1:
        raise Refusal(errors.NOT_MODELLED, what=f"a button with {' and '.join(named)}")
    if _data_bytes(button) > MAX_DATA_BYTES:
        raise Refusal(errors.BUTTON_DATA)
    url = button.get("url")
    if url and not re.match(r"(?i)(tg://|(https?://)?[^\s/]+\.\w)", str(url)):
        raise Refusal(errors.BUTTON_URL, url=url)
    copied = button.get("copy_text")
    if copied is not None and not 1 <= len(_copied(copied)) <= 256:
        raise Refusal(errors.BUTTON_COPY)


def _data_bytes(button: dict[str, Any]) -> int:
    return len(str(button.get("callback_data") or "").encode())


def _copied(value: Any) -> str:
    if not isinstance(value, dict) or set(value) != {"text"}:
        raise Refusal(errors.BUTTON, why='Field "copy_text" must be of type Object')
    return str(value["text"])
