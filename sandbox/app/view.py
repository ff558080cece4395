"""The world as the page gets it: plain values. Text goes with its entities, never as markup."""

from typing import Any

from sandbox.app.cast import BOT_NAME, CHANNELS, GROUP, PARTS
from sandbox.app.feed import Feed
from sandbox.app.stage import ZONE, Stage
from sandbox.double import Chat, Message, Person
from sandbox.double.entities import as_json

JSON = dict[str, Any]
FIRST = 80  # messages of each chat that come with the page; the rest is asked for
MORE = 400
SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif")


def everything(stage: Stage, feed: Feed) -> JSON:
    """What a page needs to begin, with the number of the last change that is in it."""
    with stage.double.station.lock:
        return {
            "play": stage.number,
            "number": len(stage.double.station.changes),
            "status": status(stage, feed),
            "chats": [chat_view(stage, key) for key in chat_keys(stage)],
            "messages": {
                key: [message_view(stage, message) for message in newest(chat)]
                for key, chat in all_chats(stage).items()
            },
        }


def chat_keys(stage: Stage) -> list[str]:
    return list(all_chats(stage))


def all_chats(stage: Stage) -> dict[str, Chat]:
    """Every chat of the page by its key: people, the group, channels with their @."""
    found = {part.key: stage.cast.chat(stage.double, part.key) for part in PARTS}
    found[GROUP] = stage.cast.chat(stage.double, GROUP)
    return found | {f"@{name}": stage.cast.channel(name) for name, _ in CHANNELS}


def key_of(stage: Stage, chat_id: int) -> str | None:
    """The page's key of a chat; the group keeps its own when it becomes a supergroup."""
    for key, chat in all_chats(stage).items():
        if chat.id == chat_id:
            return key
    return None


def newest(chat: Chat, before: int | None = None, limit: int = FIRST) -> list[Message]:
    """The last `limit` messages, or the last before a number; oldest first."""
    messages = chat.messages
    if before is not None:
        messages = [message for message in messages if message.id < before]
    return messages[-limit:]


def status(stage: Stage, feed: Feed) -> JSON:
    return {
        "bot": stage.life.step.value,
        "failed": stage.life.has_failed,
        "starts": stage.life.starts,
        "now": stage.clock.now().isoformat(),
        "ahead": stage.clock.ahead.total_seconds(),
        "zone": ZONE.key,
        "language": stage.language,
        "bot_name": BOT_NAME,
        "opened": stage.is_opened,
        "problem": stage.problem,
        "feed": feed.as_json(),
    }


def chat_view(stage: Stage, key: str) -> JSON:
    chat = all_chats(stage)[key]
    person = chat.person
    return {
        "key": key,
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title if person is None else person.first_name,
        "username": chat.username,
        "has_bot": chat.has_bot,
        "bot_status": chat.bot_status,
        "pinned": chat.pinned,
        "count": len(chat.messages),
        "people": [
            part.key
            for part in PARTS
            if part.id in chat.members or (person is not None and part.id == person.id)
        ],
        "menu": _menu(stage, person),
    }


def _menu(stage: Stage, person: Person | None) -> list[JSON]:
    found = stage.double.commands_for(person) if person is not None else []
    return [{"command": command, "description": words} for command, words in found]


def message_view(stage: Stage, message: Message) -> JSON:
    found: JSON = {
        "id": message.id,
        "chat": key_of(stage, message.chat.id),
        "date": message.date.isoformat(),
        "edited": message.edit_date is not None,
        "from": _sender(stage, message),
        "text": message.text,
        "entities": [as_json(entity) for entity in message.body.entities],
        "rows": [[_button(button) for button in row] for row in message.rows],
        "media": _media(message),
        "album": message.album,
        "protected": message.is_protected,
        "forward": _forward(message),
        "service": _service(message),
    }
    if message.reply_to is not None:
        reply = message.reply_to
        found["reply"] = {"id": reply.id, "text": reply.text[:120], "gone": reply.deleted}
    return found


def _sender(stage: Stage, message: Message) -> JSON | None:
    """Who wrote it: a part's key, "bot", or "channel"."""
    if message.chat.kind == "channel":
        return {"key": "channel", "name": message.chat.title}
    if message.sender is None:
        return None
    if message.sender is stage.double.bot:
        return {"key": "bot", "name": message.sender.first_name}
    key = next((part.key for part in PARTS if part.id == message.sender.id), "owner")
    return {"key": key, "name": message.sender.first_name}


def _button(button: dict[str, Any]) -> JSON:
    found: JSON = {"text": button["text"], "style": button.get("style")}
    if "copy_text" in button:
        return found | {"does": "copy", "value": button["copy_text"]["text"]}
    if button.get("url"):
        return found | {"does": "url", "value": button["url"]}
    if button.get("callback_data"):
        return found | {"does": "press", "value": button["callback_data"]}
    return found | {"does": "nothing", "value": ""}


def _media(message: Message) -> JSON | None:
    media = message.media
    if media is None:
        return None
    found: JSON = {"kind": media.kind}
    if media.file is not None:
        found |= {
            "file": media.file.id,
            "name": media.file.name or media.kind,
            "size": len(media.file.content),
            "mime": media.file.mime_type,
            "width": media.details.get("width"),
            "height": media.details.get("height"),
        }
    if media.kind == "poll":
        found["name"] = media.details["question"]
        found["options"] = [option["text"] for option in media.details["options"]]
    return found


def _forward(message: Message) -> str | None:
    """The name that "Forwarded from" shows."""
    origin = message.origin
    if origin is None:
        return None
    chat, user = origin.get("chat"), origin.get("sender_user")
    if chat:
        return str(chat.get("title", ""))
    return str(user["first_name"] if user else origin.get("sender_user_name", ""))


def _service(message: Message) -> str | None:
    """The kind of a line such as "somebody joined", None for a real message."""
    return next(iter(message.service), None)
