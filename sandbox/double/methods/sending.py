"""sendMessage and the other methods that make a new message."""

from typing import Any

from sandbox.double import errors, wire
from sandbox.double.entities import Formatted
from sandbox.double.errors import Refusal, Wording
from sandbox.double.fields import Fields
from sandbox.double.keyboards import parse_markup
from sandbox.double.methods.access import (
    find_message,
    readable_chat,
    refuse_unmodelled,
    writable_chat,
)
from sandbox.double.methods.composing import caption, message_text
from sandbox.double.methods.registry import method
from sandbox.double.station import Station
from sandbox.double.world import Chat, Media, Message

PLACE = (
    "chat_id message_thread_id direct_messages_topic_id disable_notification protect_content "
    "message_effect_id suggested_post_parameters "
)
COMMON = PLACE + "business_connection_id allow_paid_broadcast reply_parameters reply_markup "
UNMODELLED = (
    "business_connection_id",
    "message_thread_id",
    "direct_messages_topic_id",
    "suggested_post_parameters",
    "message_effect_id",
)
PREVIEW_FIELDS = {
    "is_disabled",
    "url",
    "prefer_small_media",
    "prefer_large_media",
    "show_above_text",
}
REPLY_FIELDS = {
    "message_id",
    "chat_id",
    "allow_sending_without_reply",
    "quote",
    "quote_parse_mode",
    "quote_entities",
    "quote_position",
    "checklist_task_id",
    "poll_option_id",
}
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


@method("sendMessage", COMMON + "text parse_mode entities link_preview_options")
def send_message(station: Station, fields: Fields) -> Any:
    refuse_unmodelled(fields, *UNMODELLED)
    body = message_text(fields, errors.TEXT_TOO_LONG)
    chat = writable_chat(station, fields.text("chat_id"))
    return answer(station, put(station, chat, fields, body, preview=preview(fields)))


@method("forwardMessage", PLACE + "from_chat_id message_id video_start_timestamp")
def forward_message(station: Station, fields: Fields) -> Any:
    refuse_unmodelled(fields, *UNMODELLED)
    source = _source(station, fields, errors.FORWARD_NOT_FOUND)
    if source.service:
        raise Refusal(errors.FORWARD_REFUSED)
    if source.is_protected or source.chat.is_protected:
        raise Refusal(errors.FORWARD_PROTECTED)
    chat = writable_chat(station, fields.text("chat_id"))
    message = put(station, chat, fields, source.body, media=source.media, origin=origin(source))
    message.extra = dict(source.extra)
    return answer(station, message)


@method(
    "copyMessage",
    PLACE + "from_chat_id message_id video_start_timestamp allow_paid_broadcast "
    "reply_parameters reply_markup caption parse_mode caption_entities show_caption_above_media",
)
def copy_message(station: Station, fields: Fields) -> Any:
    refuse_unmodelled(fields, *UNMODELLED)
    source = _source(station, fields, errors.COPY_NOT_FOUND)
    has_caption = source.media is not None and fields.has("caption")
    body = caption(fields) if has_caption else source.body
    chat = writable_chat(station, fields.text("chat_id"))
    return {"message_id": put(station, chat, fields, body, media=source.media).id}


@method("sendChatAction", "business_connection_id chat_id message_thread_id action")
def send_chat_action(station: Station, fields: Fields) -> Any:
    chat = writable_chat(station, fields.text("chat_id"))
    if fields.text("action") not in ACTIONS:
        raise Refusal(errors.WRONG_ACTION)
    station.note("action", chat, detail=fields.text("action"))
    return True


def put(
    station: Station,
    chat: Chat,
    fields: Fields,
    body: Formatted,
    *,
    media: Media | None = None,
    origin: dict[str, Any] | None = None,
    preview: dict[str, Any] | None = None,
    album: str | None = None,
) -> Message:
    """Add the bot's message to the chat, with the markup and reply that the fields ask for."""
    rows, other = parse_markup(fields.text("reply_markup"))
    if other is not None and chat.kind == "channel":
        raise Refusal(errors.INLINE_EXPECTED)
    reply_to = _reply_to(chat, fields)
    station.spend(chat)
    message = station.world.add_message(
        chat,
        station.now(),
        body,
        sender=station.world.bot,
        reply_to=reply_to,
        media=media,
        origin=origin,
        preview=preview,
        album=album,
        rows=rows,
        other_markup=other,
        is_protected=fields.boolean("protect_content"),
    )
    chat.keyboard = other or chat.keyboard
    station.note_message("message", message)
    return message


def answer(station: Station, message: Message) -> dict[str, Any]:
    return wire.message_object(station.world, message)


def preview(fields: Fields) -> dict[str, Any] | None:
    """The link_preview_options, or None; raises Refusal for a field it has not."""
    options = fields.json("link_preview_options")
    return _checked(options, PREVIEW_FIELDS, "LinkPreviewOptions") or None


def _checked(value: Any, known: set[str], name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refusal(errors.NOT_JSON, field=name)
    for field in set(value) - known:
        raise Refusal(errors.UNKNOWN_FIELD, field=field, method=name)
    return value


def _reply_to(chat: Chat, fields: Fields) -> Message | None:
    reply = _checked(fields.json("reply_parameters"), REPLY_FIELDS, "ReplyParameters")
    if not reply:
        return None
    for name in set(reply) - {"message_id", "allow_sending_without_reply"}:
        raise Refusal(errors.NOT_MODELLED, what=f'the field "{name}" of ReplyParameters')
    message_id = reply.get("message_id")
    if not isinstance(message_id, int):
        raise Refusal(errors.NOT_AN_INTEGER, field="message_id", value=message_id)
    message = chat.all_messages.get(message_id)
    if message is not None and not message.deleted:
        return message
    if reply.get("allow_sending_without_reply"):
        return None
    raise Refusal(errors.REPLY_NOT_FOUND)


def _source(station: Station, fields: Fields, missing: Wording) -> Message:
    """The message to forward or copy. Of a channel that the bot is not in there is none."""
    chat = readable_chat(station, fields.text("from_chat_id"))
    if not chat.has_bot:
        raise Refusal(missing)
    return find_message(chat, fields.integer("message_id"), missing)


def origin(source: Message) -> dict[str, Any]:
    """The MessageOrigin of a forward of `source`; a forward keeps its first origin."""
    if source.origin is not None:
        return source.origin
    found: dict[str, Any] = {"date": int(source.date.timestamp())}
    if source.chat.kind == "channel":
        found |= {"type": "channel", "chat": wire.chat_object(source.chat)}
        found["message_id"] = source.id
        if source.signature:
            found["author_signature"] = source.signature
        return found
    if source.sender is None:
        return found | {"type": "hidden_user", "sender_user_name": "Deleted Account"}
    return found | {"type": "user", "sender_user": wire.person_object(source.sender)}
