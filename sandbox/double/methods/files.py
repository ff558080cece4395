"""sendDocument, sendPhoto and getFile: bytes in, bytes out."""

import mimetypes
from typing import Any

from sandbox.double import errors, wire
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.images import size_of
from sandbox.double.methods.access import refuse_unmodelled, writable_chat
from sandbox.double.methods.composing import caption
from sandbox.double.methods.registry import method
from sandbox.double.methods.sending import COMMON, UNMODELLED, answer, put
from sandbox.double.station import Station
from sandbox.double.world import Media, StoredFile

MAX_UPLOAD_BYTES = 50 * 1024 * 1024  # documented
MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20


@method(
    "sendDocument",
    COMMON + "document thumbnail caption parse_mode caption_entities "
    "disable_content_type_detection",
)
def send_document(station: Station, fields: Fields) -> Any:
    refuse_unmodelled(fields, *UNMODELLED, "thumbnail")
    body = caption(fields)
    media = sent_media("document", sent_file(station, fields, "document"))
    chat = writable_chat(station, fields.text("chat_id"))
    return answer(station, put(station, chat, fields, body, media=media))


@method(
    "sendPhoto",
    COMMON + "photo caption parse_mode caption_entities show_caption_above_media has_spoiler",
)
def send_photo(station: Station, fields: Fields) -> Any:
    refuse_unmodelled(fields, *UNMODELLED)
    body = caption(fields)
    media = sent_media("photo", sent_file(station, fields, "photo"))
    chat = writable_chat(station, fields.text("chat_id"))
    return answer(station, put(station, chat, fields, body, media=media))


@method("getFile", "file_id")
def get_file(station: Station, fields: Fields) -> Any:
    file = station.world.files.get(fields.text("file_id").removesuffix("s"))
    if file is None:
        raise Refusal(errors.BAD_FILE_ID)
    if len(file.content) > MAX_DOWNLOAD_BYTES:
        raise Refusal(errors.FILE_TOO_BIG)
    return wire.file_fields(file) | {"file_path": f"files/{file.id}"}


def sent_media(kind: str, file: StoredFile) -> Media:
    """A file as a photo or a document. Raises Refusal for a photo that Telegram refuses."""
    if kind == "photo":
        width, height = _photo_size(file)
        return Media("photo", {"width": width, "height": height}, file)
    details = {"file_name": file.name, "mime_type": file.mime_type}
    return Media("document", {k: v for k, v in details.items() if v}, file)


def sent_file(station: Station, fields: Fields, field: str, kind: str = "") -> StoredFile:
    """The uploaded file, kept, or the kept one that a file_id names. kind: what it is to be."""
    upload = fields.upload(field)
    if upload is None:
        named = fields.text(field)
        if not named:
            raise Refusal(errors.NO_FILE, kind=kind or field)
        if "://" in named:
            raise Refusal(errors.NOT_MODELLED, what="sending a file by URL")
        if named not in station.world.files:
            raise Refusal(errors.WRONG_FILE)
        return station.world.files[named]
    if not upload.content:
        raise Refusal(errors.FILE_EMPTY)
    if len(upload.content) > MAX_UPLOAD_BYTES:
        raise Refusal(errors.TOO_LARGE)
    guessed = mimetypes.guess_type(upload.name or "")[0]
    mime_type = guessed or upload.mime_type or "application/octet-stream"
    return station.world.store(upload.content, upload.name, mime_type)


def _photo_size(file: StoredFile) -> tuple[int, int]:
    if len(file.content) > MAX_PHOTO_BYTES:
        raise Refusal(errors.PHOTO_TOO_BIG, size=len(file.content))
    size = size_of(file.content)
    if size is None:
        raise Refusal(errors.NOT_AN_IMAGE)
    width, height = size
    if width + height > MAX_PHOTO_SIDES or max(size) > MAX_PHOTO_RATIO * max(1, min(size)):
        raise Refusal(errors.PHOTO_DIMENSIONS)
    return width, height
