"""A channel's post as Telegram sends it, to the Post that we keep.

Author signatures, users who were forwarded from, and reactions are left behind here.
"""

from collections.abc import Iterator
from typing import Any

from telegram import Chat, Message, MessageEntity, MessageOriginChannel

from bot.domain.channel import ChannelRef
from bot.domain.post import Entity, Post, SourceKind

_MEDIA = (
    "photo",
    "video",
    "animation",
    "video_note",
    "voice",
    "audio",
    "sticker",
    "document",
    "story",
    "paid_media",
    "location",
    "venue",
    "contact",
    "dice",
    "game",
    "invoice",
    "giveaway",
    "giveaway_winners",
    "checklist",
)
_DEEPEST = 40  # levels of nested blocks; more is no message that a person wrote


def channel_ref(chat: Chat) -> ChannelRef:
    return ChannelRef(chat.id, chat.username, chat.title or "")


def post_of(message: Message) -> Post:
    """What a channel's message says. A kind that this library does not know keeps its text."""
    text = message.text or message.caption or ""
    entities = message.entities if message.text else message.caption_entities
    media = tuple(kind for kind in _MEDIA if getattr(message, kind, None))
    if message.poll:
        text = "\n".join([text, message.poll.question, *(o.text for o in message.poll.options)])
        media += ("poll",)
    if message.checklist:
        text = "\n".join(
            [text, message.checklist.title, *(t.text for t in message.checklist.tasks)]
        )
    if not text.strip() and message.api_kwargs:
        text = "\n".join(_words(message.api_kwargs, 0))
        media = media or ("unsupported",)
    return Post(
        channel=channel_ref(message.chat),
        message_id=message.message_id,
        posted_at=message.date,
        source=SourceKind.BOT,
        text=text.strip("\n"),
        entities=tuple(_entity(text, entity) for entity in entities),
        media=media,
        album_id=message.media_group_id,
        forwarded_from=_origin(message),
        edited_at=message.edit_date,
    )


def _origin(message: Message) -> str | None:
    """The channel that a post was forwarded from; people's names are not kept."""
    origin = message.forward_origin
    if not isinstance(origin, MessageOriginChannel):
        return None
    return f"@{origin.chat.username}" if origin.chat.username else origin.chat.title


def _entity(text: str, entity: MessageEntity) -> Entity:
    """With places in characters; Telegram counts UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    start = len(units[: 2 * entity.offset].decode("utf-16-le", "replace"))
    stop = len(units[: 2 * (entity.offset + entity.length)].decode("utf-16-le", "replace"))
    return Entity(str(entity.type), start, stop - start, entity.url)


def _words(value: Any, depth: int) -> Iterator[str]:
    """Every `text` in a message of a newer kind, in the order in which it is written."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                yield inner
            elif name not in ("author_signature", "from", "sender_chat"):
                yield from _words(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner, depth + 1)
