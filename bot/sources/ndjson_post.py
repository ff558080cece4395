"""One message as Telethon's `to_json` writes it made into a Post, or why it is none.

Fields that name people are not read: authors, senders, people who were forwarded from or mentioned
by id, the content of shared contacts, reactions.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from typing import Any, Final

from bot.domain.channel import ChannelRef, bot_api_id
from bot.domain.post import Entity, Post, SourceKind
from bot.domain.scan import SkipReason
from bot.sources.export import is_channel_id
from bot.sources.export_post import RowError, clean, message_number, moment

_MESSAGES: Final = frozenset({"Message", "MessageService", "MessageEmpty"})
_PEERS: Final = {
    "PeerUser": SkipReason.PRIVATE_CHAT,
    "PeerChat": SkipReason.GROUP,
    "PeerChannel": None,
}
# How a peer is told that has lost its type.
_PEER_KEYS: Final = {"user_id": "PeerUser", "chat_id": "PeerChat", "channel_id": "PeerChannel"}
# Kinds by the Bot API's names, so that one post reads alike from every source. Left out: unknown
# ones, bank cards, and mentions that point at a person.
_ENTITIES: Final = {
    f"MessageEntity{name}": kind
    for name, kind in {
        "Bold": "bold",
        "Italic": "italic",
        "Underline": "underline",
        "Strike": "strikethrough",
        "Spoiler": "spoiler",
        "Blockquote": "blockquote",
        "Code": "code",
        "Pre": "pre",
        "Url": "url",
        "TextUrl": "text_link",
        "Email": "email",
        "Phone": "phone_number",
        "Mention": "mention",
        "Hashtag": "hashtag",
        "Cashtag": "cashtag",
        "BotCommand": "bot_command",
        "CustomEmoji": "custom_emoji",
    }.items()
}
# What is attached, in the words of the other sources; None: nothing that counts as a medium.
_MEDIA: Final = {
    f"MessageMedia{name}": kind
    for name, kind in {
        "Empty": None,
        "WebPage": None,
        "Photo": "photo",
        "Poll": "poll",
        "ToDo": "checklist",
        "Contact": "contact",
        "Geo": "location",
        "GeoLive": "location",
        "Venue": "location",
        "Game": "game",
        "Invoice": "invoice",
        "Giveaway": "giveaway",
        "GiveawayResults": "giveaway",
        "Unsupported": "unsupported",
    }.items()
}


def is_message(fields: dict[str, Any] | str) -> bool:
    """Whether an object of a line looks like a message at all."""
    if isinstance(fields, str):
        return False
    kind = fields.get("_")
    if kind is not None:
        return isinstance(kind, str) and kind in _MESSAGES
    return "id" in fields and ("peer_id" in fields or "to_id" in fields)


def skip_reason(fields: dict[str, Any]) -> SkipReason | None:
    """Why a message is not read; None for a channel's post.

    A message of a `PeerChannel` that is no post stands in a group, a comment thread included.
    """
    if fields.get("_") == "MessageEmpty":
        return SkipReason.EMPTY
    peer = _peer(fields)
    kind = peer.get("_") or next((_PEER_KEYS[key] for key in _PEER_KEYS if key in peer), None)
    if not isinstance(kind, str) or kind not in _PEERS:
        return SkipReason.UNKNOWN_CHAT
    if reason := _PEERS[kind]:
        return reason
    if fields.get("post") is not True:
        return SkipReason.GROUP
    if not is_channel_id(peer.get("channel_id")):
        return SkipReason.UNKNOWN_CHAT
    return SkipReason.SERVICE if fields.get("_") == "MessageService" else None


def _peer(fields: dict[str, Any]) -> dict[str, Any]:
    """Where a message stands: `peer_id`, called `to_id` until 2020."""
    peer = fields.get("peer_id") or fields.get("to_id")
    return peer if isinstance(peer, dict) else {}


def post_from_line(fields: dict[str, Any], username: str | None) -> Post:
    """The post in a message that is not to be skipped. Raises RowError."""
    posted_at = _moment(fields, "date")
    if posted_at is None:
        raise RowError("has no possible date")
    written = fields.get("message")
    if not isinstance(written, str | None):
        raise RowError("has a text that is no words")
    text, entities = _words(written or "", fields.get("entities"))
    media = _object(fields.get("media"))
    text = "\n\n".join(block for block in (text, _listed(media)) if block)
    kind = _kind(media)
    group = fields.get("grouped_id")
    return Post(
        channel=ChannelRef(bot_api_id(_peer(fields)["channel_id"]), username),
        message_id=message_number(fields),
        posted_at=posted_at,
        source=SourceKind.EXPORT,
        text=text,
        entities=entities,
        media=(kind,) if kind else () if text else ("unsupported",),
        album_id=str(group)[:64] if type(group) is int else None,
        edited_at=_moment(fields, "edit_date"),
    )


def _moment(fields: dict[str, Any], name: str) -> datetime | None:
    """A date as ISO text, or as the seconds since 1970 that Telegram itself sends."""
    value = fields.get(name)
    return moment({f"{name}_unixtime" if type(value) is int else name: value}, name)


def _words(written: str, marked: Any) -> tuple[str, tuple[Entity, ...]]:
    text = _sound(written)
    if not isinstance(marked, list) or not marked:
        return text, ()
    return text, tuple(_entities(text, _character_at(text), marked))


def _sound(text: str) -> str:
    """Text that every database takes: half a surrogate pair becomes one sign in its place."""
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return clean(text)


def _character_at(text: str) -> list[int]:
    """For each UTF-16 unit of the text, and for its end, how many characters stand before it.

    Behind the first half of a pair its character counts as passed.
    """
    steps = (step for sign in text for step in ((1, 0) if sign > "\uffff" else (1,)))
    return list(accumulate(steps, initial=0))


def _entities(text: str, character_at: list[int], marked: list[Any]) -> Iterator[Entity]:
    last = len(character_at) - 1
    for mark in marked:
        mark = _object(mark)
        kind, offset, length = _ENTITIES.get(_name(mark)), mark.get("offset"), mark.get("length")
        if kind is None or type(offset) is not int or type(length) is not int:
            continue
        if offset < 0 or length <= 0 or offset >= last:
            continue
        start, stop = character_at[offset], character_at[min(offset + length, last)]
        if kind == "blockquote" and mark.get("collapsed") is True:
            kind = "expandable_blockquote"
        url = text[start:stop] if kind == "url" else mark.get("url")
        yield Entity(kind, start, stop - start, _sound(url) if isinstance(url, str) else None)


def _kind(media: dict[str, Any]) -> str | None:
    name = _name(media)
    if name == "MessageMediaDocument":
        return _document(_object(media.get("document")))
    return _MEDIA.get(name, "other") if name else None


def _document(document: dict[str, Any]) -> str:
    """What a file is, by its attributes: a sticker or an animation is often a film as well."""
    listed = document.get("attributes")
    attributes = {
        _name(one).removeprefix("DocumentAttribute"): one
        for one in map(_object, listed if isinstance(listed, list) else [])
    }
    if "Sticker" in attributes:
        return "sticker"
    if "Animated" in attributes:
        return "animation"
    if video := attributes.get("Video"):
        return "video_message" if video.get("round_message") else "video"
    if audio := attributes.get("Audio"):
        return "voice_message" if audio.get("voice") else "audio"
    return "document"


def _listed(media: dict[str, Any]) -> str:
    """The lines of a poll or a checklist, which a reader sees like any text."""
    if _name(media) == "MessageMediaPoll":
        block, heading, lines = _object(media.get("poll")), "question", "answers"
        wording = "text"
    elif _name(media) == "MessageMediaToDo":
        block, heading, lines = _object(media.get("todo")), "title", "list"
        wording = "title"
    else:
        return ""
    listed = block.get(lines)
    items = [_object(one).get(wording) for one in listed] if isinstance(listed, list) else []
    return "\n".join(_sound(text) for text in map(_plain, [block.get(heading), *items]) if text)


def _plain(value: Any) -> str:
    """A text as layers up to 2024 write it, or within the object that later ones put around it."""
    text = value.get("text") if isinstance(value, dict) else value
    return text if isinstance(text, str) else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _name(value: dict[str, Any]) -> str:
    name = value.get("_")
    return name if isinstance(name, str) else ""
