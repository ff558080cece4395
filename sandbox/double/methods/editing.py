"""Changing and deleting messages that are there."""

from datetime import timedelta
from typing import Any

from sandbox.double import errors
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.keyboards import Rows, inline_only
from sandbox.double.methods.access import (
    find_message,
    refuse_unmodelled,
    writable_chat,
)
from sandbox.double.methods.composing import caption, message_text
from sandbox.double.methods.registry import method
from sandbox.double.methods.sending import answer, preview
from sandbox.double.station import Station
from sandbox.double.world import Message, is_older_than

PLACE = "business_connection_id chat_id message_id inline_message_id reply_markup "
DELETABLE_FOR = timedelta(hours=48)  # documented
MAX_DELETED = 100  # documented


@method("editMessageText", PLACE + "text parse_mode entities link_preview_options")
def edit_message_text(station: Station, fields: Fields) -> Any:
    body = message_text(fields, errors.TEXT_TOO_LONG_EDIT)
    rows = inline_only(fields.text("reply_markup"))
    options = preview(fields)
    message = own_message(station, fields)
    if message.media is not None or message.service:
        raise Refusal(errors.NO_TEXT_TO_EDIT)
    is_same = (message.body, message.rows, message.preview) == (body, rows, options)
    refuse_same(is_same)
    return edited(station, message, rows, body=body, preview=options)


@method(
    "editMessageCaption",
    PLACE + "caption parse_mode caption_entities show_caption_above_media",
)
def edit_message_caption(station: Station, fields: Fields) -> Any:
    body = caption(fields, errors.CAPTION_TOO_LONG_EDIT)
    rows = inline_only(fields.text("reply_markup"))
    message = own_message(station, fields)
    if message.media is None:
        raise Refusal(errors.NO_CAPTION_TO_EDIT)
    refuse_same((message.body, message.rows) == (body, rows))
    return edited(station, message, rows, body=body)


@method("editMessageReplyMarkup", PLACE)
def edit_message_reply_markup(station: Station, fields: Fields) -> Any:
    rows = inline_only(fields.text("reply_markup"))
    message = own_message(station, fields)
    refuse_same(message.rows == rows)
    return edited(station, message, rows)


@method("deleteMessage", "chat_id message_id")
def delete_message(station: Station, fields: Fields) -> Any:
    chat = writable_chat(station, fields.text("chat_id"))
    _delete(station, find_message(chat, _message_id(fields), errors.DELETE_NOT_FOUND))
    return True


@method("deleteMessages", "chat_id message_ids")
def delete_messages(station: Station, fields: Fields) -> Any:
    """Those that are not found are passed over, as documented."""
    chat = writable_chat(station, fields.text("chat_id"))
    numbers = fields.json("message_ids")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= MAX_DELETED:
        raise Refusal(errors.MESSAGE_ID_EMPTY)
    for number in numbers:
        message = chat.all_messages.get(number)
        if message is not None and not message.deleted:
            _delete(station, message)
    return True


@method("pinChatMessage", "business_connection_id chat_id message_id disable_notification")
def pin_chat_message(station: Station, fields: Fields) -> Any:
    return _pin(station, fields, is_pinned=True)


@method("unpinChatMessage", "business_connection_id chat_id message_id")
def unpin_chat_message(station: Station, fields: Fields) -> Any:
    return _pin(station, fields, is_pinned=False)


def _pin(station: Station, fields: Fields, *, is_pinned: bool) -> bool:
    refuse_unmodelled(fields, "business_connection_id")
    chat = writable_chat(station, fields.text("chat_id"))
    if not chat.is_private and chat.bot_status != "administrator":
        raise Refusal(errors.CANT_PIN)
    missing = errors.PIN_NOT_FOUND if is_pinned else errors.UNPIN_NOT_FOUND
    number = fields.integer("message_id") or chat.pinned or 0
    find_message(chat, number, missing)
    if is_pinned or chat.pinned == number:
        chat.pinned = number if is_pinned else None
    station.note("chat", chat, detail="pinned" if is_pinned else "unpinned")
    return True


def _delete(station: Station, message: Message) -> None:
    """Raises Refusal for what the bot may not delete."""
    chat = message.chat
    is_own = message.sender is station.world.bot
    if not is_own and not chat.is_private and chat.bot_status != "administrator":
        raise Refusal(errors.CANT_DELETE)
    if is_older_than(message, station.now(), DELETABLE_FOR):
        raise Refusal(errors.CANT_DELETE_OLD)
    message.deleted = True
    station.note_message("delete", message)


def own_message(station: Station, fields: Fields) -> Message:
    """The bot's own message that the fields name. Raises Refusal."""
    refuse_unmodelled(fields, "inline_message_id", "business_connection_id")
    message_id = _message_id(fields)
    chat = writable_chat(station, fields.text("chat_id"))
    message = find_message(chat, message_id, errors.EDIT_NOT_FOUND)
    if message.sender is not station.world.bot or message.origin is not None:
        raise Refusal(errors.CANT_EDIT)
    return message


def _message_id(fields: Fields) -> int:
    message_id = fields.integer("message_id")
    if not message_id:
        raise Refusal(errors.MESSAGE_ID_EMPTY)
    return message_id


def refuse_same(is_same: bool) -> None:
    if is_same:
        raise Refusal(errors.NOT_MODIFIED)


def edited(station: Station, message: Message, rows: Rows, **changed: Any) -> dict[str, Any]:
    """Make the change, unless it comes too early: an edit counts against the pace too."""
    station.spend(message.chat)
    message.versions.append(message.html)
    for name, value in changed.items():
        setattr(message, name, value)
    message.rows = rows
    message.edit_date = station.now()
    station.note_message("edit", message)
    return answer(station, message)
