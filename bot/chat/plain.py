"""Plain posts, text or pictures, taken straight from what Telegram wrote: nearly all there are.

The library makes an object of everything in an update, which takes some twenty times as long. What
is not exactly of the shape below is left to it (`bot.chat.posts`): here nothing is guessed at.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bot.chat.posts import BEYOND, ENTITIES, LONGEST, entity_of
from bot.domain.channel import ChannelRef
from bot.domain.post import Post, SourceKind

_POSTS: Final = ("channel_post", "edited_channel_post")
_LATEST: Final = 2**32  # in Telegram's seconds: the year 2106

_Fits = Callable[[Any], bool]


def plain_post(update: Mapping[str, Any]) -> Post | None:
    """The post; None for whatever is not plain, or not in order."""
    message: Any = next((update[name] for name in _POSTS if name in update), None)
    if len(update) != 2 or not _is_message(message):
        return None
    chat, has_text, has_photo = message["chat"], "text" in message, "photo" in message
    if has_text == has_photo or message.get("sender_chat", chat) != chat:
        return None
    words, other = ("", "caption_") if has_text else ("caption_", "")
    if f"{other}entities" in message or (has_text and "caption" in message):
        return None
    text = message["text"] if has_text else message.get("caption", "")
    return Post(
        channel=ChannelRef(chat["id"], chat.get("username"), chat["title"]),
        message_id=message["message_id"],
        posted_at=_moment(message["date"]),
        source=SourceKind.BOT,
        text=text,
        entities=tuple(
            entity_of(text, mark["type"], mark["offset"], mark["length"], mark.get("url"))
            for mark in message.get(f"{words}entities", ())
            if mark["type"] in ENTITIES
        ),
        media=() if has_text else ("photo",),
        album_id=message.get("media_group_id"),
        edited_at=_moment(message["edit_date"]) if "edit_date" in message else None,
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_flag(value: Any) -> bool:
    return type(value) is bool


def _has_letters(value: Any) -> bool:
    return type(value) is str and not value.isspace() and value != ""


def _is_between(least: int, beyond: int) -> _Fits:
    return lambda value: type(value) is int and least <= value < beyond


def _is_name(field: str) -> _Fits:
    longest = LONGEST[field]
    return lambda value: type(value) is str and 0 < len(value) <= longest


def _is_one(needed: Mapping[str, _Fits], further: Mapping[str, _Fits]) -> _Fits:
    """An object of these fields and no others, each as it should be."""
    fields, least = {**needed, **further}, needed.keys()

    def fits(value: Any) -> bool:
        if type(value) is not dict or not least <= value.keys() <= fields.keys():
            return False
        return all(fields[name](inner) for name, inner in value.items())

    return fits


def _is_list(is_one: _Fits) -> _Fits:
    return lambda value: type(value) is list and len(value) > 0 and all(map(is_one, value))


_is_count = _is_between(0, BEYOND)
_is_date = _is_between(1, _LATEST)
_is_channel = _is_one(
    {
        "id": _is_between(1 - BEYOND, BEYOND),
        "type": lambda value: value == "channel",
        "title": _is_name("title"),
    },
    {"username": _is_name("username")},
)
_are_marks = _is_list(
    _is_one({"type": _is_text, "offset": _is_count, "length": _is_count}, {"url": _is_text})
)
_is_size = _is_one(
    {"file_id": _is_text, "file_unique_id": _is_text, "width": _is_count, "height": _is_count},
    {"file_size": _is_count},
)
_is_preview = _is_one(
    {},
    {
        "is_disabled": _is_flag,
        "url": _is_text,
        "prefer_small_media": _is_flag,
        "prefer_large_media": _is_flag,
        "show_above_text": _is_flag,
    },
)
_is_message = _is_one(
    {"message_id": _is_between(1, BEYOND), "date": _is_date, "chat": _is_channel},
    {
        "sender_chat": _is_channel,
        "author_signature": _is_text,
        "edit_date": _is_date,
        "media_group_id": _is_name("media_group_id"),
        "text": _has_letters,
        "entities": _are_marks,
        "caption": _has_letters,
        "caption_entities": _are_marks,
        "photo": _is_list(_is_size),
        "link_preview_options": _is_preview,
        "has_protected_content": _is_flag,
        "has_media_spoiler": _is_flag,
        "show_caption_above_media": _is_flag,
    },
)
