"""A channel's post as Telegram sends it, to the Post that we keep.

Author signatures, users who were forwarded from, and reactions are left behind here.
"""

from telegram import Chat, Message, MessageEntity, MessageOriginChannel, Update
from telegram.ext import filters

from bot.chat.words import further_words
from bot.domain.channel import ChannelRef
from bot.domain.post import Entity, Post, SourceKind

# The Bot API's field for a medium, and what exports call it too: one post from both is one post.
_MEDIA = {
    "photo": "photo",
    "live_photo": "photo",
    "video": "video",
    "animation": "animation",
    "video_note": "video_message",
    "voice": "voice_message",
    "audio": "audio",
    "sticker": "sticker",
    "document": "document",
    "paid_media": "other",
    "story": "other",
    "dice": "other",
    "location": "location",
    "contact": "contact",
    "game": "game",
    "invoice": "invoice",
    "giveaway": "giveaway",
    "giveaway_winners": "giveaway",
    "checklist": "checklist",
    "poll": "poll",
}
# An animation comes as a document too, a venue as a location.
_SHADOWED = {"animation": "document"}
# What says something of the text. Mentions of people by their id are left behind.
ENTITIES = frozenset(MessageEntity.ALL_TYPES) - {MessageEntity.TEXT_MENTION}
BEYOND = 2**63  # the first number that eight bytes do not hold
LONGEST = {"title": 255, "username": 32, "media_group_id": 64, "origin": 255}  # letters


def channel_ref(chat: Chat) -> ChannelRef:
    return ChannelRef(chat.id, chat.username, chat.title or "")


def is_service(update: Update) -> bool:
    """Whether it says "pinned", "photo changed" or the like: it has a number and is no post."""
    return bool(filters.StatusUpdate.ALL.check_update(update))


def post_of(message: Message) -> Post:
    """What a channel's message says. A kind that this library does not know keeps its text.

    Raises ValueError, TypeError or AttributeError for what Telegram never sends.
    """
    _check(message)
    text = message.text or message.caption or ""
    entities = message.entities if message.text else message.caption_entities
    kept = tuple(
        entity_of(text, entity.type, entity.offset, entity.length, entity.url)
        for entity in entities
        if entity.type in ENTITIES
    )
    text = "\n\n".join(block for block in (text, further_words(message)) if block)
    media = _media(message)
    if not text.strip() and not media:
        media = ("unsupported",)
    return Post(
        channel=channel_ref(message.chat),
        message_id=message.message_id,
        posted_at=message.date,
        source=SourceKind.BOT,
        text=text,
        entities=kept,
        media=media,
        album_id=message.media_group_id,
        forwarded_from=_origin(message),
        edited_at=message.edit_date,
    )


def _check(message: Message) -> None:
    """Raises ValueError where the database would refuse the post, and all others beside it.

    The library hands on whatever came, of any type.
    """
    for number in (message.message_id, message.chat.id):
        if not isinstance(number, int) or abs(number) >= BEYOND:
            raise ValueError("an id that is no number of eight bytes")
    if message.message_id < 1:
        raise ValueError("a message number below 1")
    for name, words in (
        ("title", message.chat.title),
        ("username", message.chat.username),
        ("media_group_id", message.media_group_id),
        ("origin", _origin(message)),
    ):
        if not isinstance(words or "", str) or len(words or "") > LONGEST[name]:
            raise ValueError("a name or an album that is no text, or too long a one")


def _media(message: Message) -> tuple[str, ...]:
    found = [field for field in _MEDIA if getattr(message, field, None)]
    shadowed = {_SHADOWED[field] for field in found if field in _SHADOWED}
    return tuple(_MEDIA[field] for field in found if field not in shadowed)[:1]


def _origin(message: Message) -> str | None:
    """The channel that a post was forwarded from; people's names are not kept."""
    origin = message.forward_origin
    if not isinstance(origin, MessageOriginChannel):
        return None
    return f"@{origin.chat.username}" if origin.chat.username else origin.chat.title


def entity_of(text: str, kind: str, offset: int, length: int, url: str | None) -> Entity:
    """With places in characters; Telegram counts UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    if kind == MessageEntity.URL:
        url = units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
    start = len(units[: 2 * offset].decode("utf-16-le", "replace"))
    stop = len(units[: 2 * (offset + length)].decode("utf-16-le", "replace"))
    return Entity(str(kind), start, stop - start, url)
