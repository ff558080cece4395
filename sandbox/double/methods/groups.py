"""sendMediaGroup and editMessageMedia: several files as one album, one file in another's place."""

from typing import Any

from sandbox.double import errors
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.keyboards import inline_only
from sandbox.double.methods.access import refuse_unmodelled, writable_chat
from sandbox.double.methods.composing import caption
from sandbox.double.methods.editing import PLACE as EDITED_PLACE
from sandbox.double.methods.editing import edited, own_message, refuse_same
from sandbox.double.methods.files import sent_file, sent_media
from sandbox.double.methods.registry import method
from sandbox.double.methods.sending import PLACE, UNMODELLED, answer, put
from sandbox.double.station import Station
from sandbox.double.world import Media

MIN_GROUP, MAX_GROUP = 2, 10  # documented
MODELLED = ("photo", "document")
ALIKE = ("document", "audio")  # documented: these stand in an album of their own kind only
# The fields of InputMediaPhoto and InputMediaDocument in Bot API 10.0.
WRITTEN = {"type", "media", "caption", "parse_mode", "caption_entities"}
ITEM_FIELDS = {
    "photo": WRITTEN | {"show_caption_above_media", "has_spoiler"},
    "document": WRITTEN | {"thumbnail", "disable_content_type_detection"},
}


@method(
    "sendMediaGroup",
    PLACE.replace("suggested_post_parameters ", "")
    + "business_connection_id allow_paid_broadcast reply_parameters media",
)
def send_media_group(station: Station, fields: Fields) -> Any:
    refuse_unmodelled(fields, *UNMODELLED)
    values = fields.json("media")
    if not isinstance(values, list):
        raise Refusal(errors.MEDIA_NOT_LIST)
    if not MIN_GROUP <= len(values) <= MAX_GROUP:
        raise Refusal(errors.GROUP_SIZE)
    items = [_item(fields, value) for value in values]
    kinds = {item.text("type") for item in items}
    if len(kinds) > 1 and kinds & set(ALIKE):
        raise Refusal(errors.GROUP_MIXED)
    made = [(_media(station, item), caption(item)) for item in items]
    chat = writable_chat(station, fields.text("chat_id"))
    album = station.world.next_album_id()
    messages = [put(station, chat, fields, body, media=media, album=album) for media, body in made]
    return [answer(station, message) for message in messages]


@method("editMessageMedia", EDITED_PLACE + "media")
def edit_message_media(station: Station, fields: Fields) -> Any:
    rows = inline_only(fields.text("reply_markup"))
    item = _item(fields, fields.json("media"))
    body = caption(item)
    message = own_message(station, fields)
    media = _media(station, item)
    refuse_same((message.media, message.body, message.rows) == (media, body, rows))
    return edited(station, message, rows, body=body, media=media)


def _item(fields: Fields, value: Any) -> Fields:
    """The fields of one InputMedia, with the uploads of the whole request."""
    kind = value.get("type") if isinstance(value, dict) else None
    if kind not in MODELLED:
        raise Refusal(errors.NOT_MODELLED, what=f"media of type {kind!r} there")
    item = Fields.of_object(value, fields.uploads)
    item.refuse_unknown(f"InputMedia of type {kind}", ITEM_FIELDS[kind])
    refuse_unmodelled(item, "thumbnail")
    return item


def _media(station: Station, item: Fields) -> Media:
    kind = item.text("type")
    return sent_media(kind, sent_file(station, item, "media", kind))
