"""What people do: write, press, publish, edit, add and remove the bot.

Each act changes the world, queues the update that the bot would get, and returns what was made.
"""

from dataclasses import dataclass
from typing import Any

from sandbox.double import wire
from sandbox.double.detect import with_detected
from sandbox.double.entities import Formatted, tidy
from sandbox.double.markup import parse_html
from sandbox.double.methods.chats import change_status
from sandbox.double.methods.sending import origin
from sandbox.double.pictures import sample_media
from sandbox.double.station import Station
from sandbox.double.world import Chat, Media, Message, Person, Query

NO_CAPTION = ("poll", "location", "sticker", "video_note")


@dataclass(frozen=True)
class Post:
    """What to publish or say. `html` says that `text` is Telegram HTML rather than plain."""

    text: str | None = None
    media: str | Media | None = None
    signature: str | None = None
    forward_from: "Chat | Person | Message | None" = None
    reply_to: Message | None = None
    html: bool = False
    extra: dict[str, Any] | None = None


def write(
    station: Station, chat: Chat, sender: Person | None, post: Post, album: str | None = None
) -> Message:
    """A new message by a person, or by the channel itself; the bot gets it where it would."""
    media = _media(station, post.media)
    text = post.text
    if media is not None and media.kind in NO_CAPTION:
        text = None
    message = station.world.add_message(
        chat,
        station.now(),
        formatted(text, post.html),
        sender=sender,
        media=media,
        album=album,
        signature=post.signature,
        origin=_origin(station, post.forward_from),
        reply_to=post.reply_to,
        extra=dict(post.extra or {}),
    )
    station.note_message("message", message)
    station.emit_message(message)
    return message


def formatted(text: str | None, is_html: bool) -> Formatted:
    """The text as Telegram would keep it, with the entities that it finds."""
    body = parse_html(text or "") if is_html else Formatted(text or "")
    return with_detected(tidy(body))


def edit(station: Station, message: Message, text: str, *, is_html: bool = False) -> None:
    """Change a person's message or a post; Telegram sends an update even for the same text."""
    message.versions.append(message.html)
    message.body = formatted(text, is_html)
    message.edit_date = station.now()
    station.note_message("edit", message)
    station.emit_message(message, edited=True)


def delete(station: Station, message: Message) -> None:
    """Take a message away. The bot is told nothing: there is no such update."""
    message.deleted = True
    station.note_message("delete", message)


def say(station: Station, person: Person, chat: Chat, post: Post) -> Message:
    """A message in a private chat or group. The first private one opens the chat for the bot."""
    if chat.is_private:
        if chat.bot_status == "kicked":
            raise ValueError(f"{person.first_name} has blocked the bot; unblock it first.")
        chat.bot_status = "member"
        chat.is_known = True
    elif person.id not in chat.members:
        raise ValueError(f"{person.first_name} is not in {chat.title}; call join first.")
    person.is_seen = True
    return write(station, chat, person, post)


def add_bot(station: Station, chat: Chat, by: Person, *, is_admin: bool) -> None:
    """Put the bot into a chat; in a group people also see a line that says so."""
    change_status(station, chat, by, "administrator" if is_admin else "member")
    if chat.kind in ("group", "supergroup"):
        bot = wire.person_object(station.world.bot)
        _service(station, chat, by, {"new_chat_members": [bot]})


def upgrade(station: Station, group: Chat) -> Chat:
    """Turn a group into a supergroup with a new id; the old id only tells the new one."""
    new = station.world.add_chat(
        "supergroup",
        title=group.title,
        owner=group.owner,
        bot_status=group.bot_status,
        is_known=group.is_known,
        members=dict(group.members),
    )
    _service(station, group, group.owner, {"migrate_to_chat_id": new.id})
    group.migrated_to = new.id
    _service(station, new, group.owner, {"migrate_from_chat_id": group.id})
    return new


def press(station: Station, person: Person, message: Message, data: str) -> Query:
    """A press with that callback data, whether such a button is there or not."""
    chat = message.chat
    if chat.is_private and person is not chat.person:
        raise ValueError(f"{person.first_name} cannot see the chat of another person.")
    if chat.kind in ("group", "supergroup") and person.id not in chat.members:
        raise ValueError(f"{person.first_name} is not in {chat.title}.")
    person.is_seen = True
    query = station.world.open_query(person, message, data)
    station.note("press", chat, message_id=message.id, detail={"person": person.id, "data": data})
    station.emit({"callback_query": wire.query_object(station.world, query)})
    return query


def find_button(message: Message, wanted: str) -> str:
    """The callback data of the button whose text is `wanted` or begins with it.

    Raises LookupError that lists the buttons where there is none or more than one.
    """
    buttons = [button for row in message.rows for button in row]
    found = [b for b in buttons if b["text"] == wanted]
    found = found or [b for b in buttons if b["text"].startswith(wanted)]
    if len(found) != 1:
        shown = ", ".join(repr(button["text"]) for button in buttons) or "none"
        raise LookupError(f"{len(found)} buttons match {wanted!r}; there are: {shown}")
    if "callback_data" not in found[0]:
        raise LookupError(f"The button {found[0]['text']!r} calls nothing back.")
    return str(found[0]["callback_data"])


def _service(station: Station, chat: Chat, by: Person | None, details: dict[str, Any]) -> None:
    message = station.world.add_message(chat, station.now(), Formatted(""), sender=by)
    message.service = details
    station.note_message("message", message)
    station.emit_message(message)


def _media(station: Station, media: str | Media | None) -> Media | None:
    return sample_media(station.world, media) if isinstance(media, str) else media


def _origin(station: Station, source: "Chat | Person | Message | None") -> dict[str, Any] | None:
    if source is None:
        return None
    if isinstance(source, Message):
        return origin(source)
    date = int(station.now().timestamp())
    if isinstance(source, Person):
        return {"type": "user", "date": date, "sender_user": wire.person_object(source)}
    number = station.world.next_message_id(source)
    return {
        "type": "channel",
        "date": date,
        "chat": wire.chat_object(source),
        "message_id": number,
    }
