"""Chats, people and messages: the state of the double. Pure: no HTTP, no JSON of the Bot API.

The bot's view of a chat (`bot_status`) and a person's view (`messages`) are both kept here.
`wire` turns these values into Bot API objects, `acts` changes them as people do, `methods` as the
bot does.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.double import keyboards
from sandbox.double.entities import Formatted
from sandbox.double.html_view import to_html
from sandbox.double.keyboards import Rows

CHANNEL_BASE = -1_000_000_000_000  # Bot API ids of channels and supergroups: -100 + bare id


@dataclass(eq=False)
class Person:
    """Somebody with an account, or a bot.

    is_seen: whether the bot has met this person at all; writing to one it never met is refused
    as "chat not found", to one who never wrote as "can't initiate conversation".
    """

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    is_seen: bool = True
    is_deleted: bool = False


@dataclass(frozen=True)
class StoredFile:
    """Bytes that somebody sent; `unique_id` stays the same when a file is sent again."""

    id: str
    unique_id: str
    name: str | None
    mime_type: str | None
    content: bytes


@dataclass(frozen=True)
class Media:
    """What a message carries besides text: the field it comes in and its Bot API details."""

    kind: str
    details: dict[str, Any]
    file: StoredFile | None = None


@dataclass(eq=False)
class Message:
    """A message as it stands now; `versions` holds what it showed before each edit."""

    chat: "Chat"
    id: int
    date: datetime
    body: Formatted
    sender: Person | None = None
    media: Media | None = None
    rows: Rows = ()
    other_markup: dict[str, Any] | None = None
    reply_to: "Message | None" = None
    album: str | None = None
    signature: str | None = None
    origin: dict[str, Any] | None = None
    preview: dict[str, Any] | None = None
    is_protected: bool = False
    edit_date: datetime | None = None
    deleted: bool = False
    service: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Text or caption, empty for neither."""
        return self.body.text

    @property
    def html(self) -> str:
        return to_html(self.body)

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """Rows of (visible text, callback data or URL or text to copy)."""
        return [keyboards.seen_buttons((row,)) for row in self.rows]

    @property
    def edited(self) -> bool:
        return self.edit_date is not None

    @property
    def document(self) -> bytes | None:
        """The bytes of the attached file of any kind, None without one."""
        return self.media.file.content if self.media and self.media.file else None

    @property
    def file_name(self) -> str | None:
        return self.media.file.name if self.media and self.media.file else None

    def __repr__(self) -> str:
        return f"<Message {self.id} in {self.chat.title or self.chat.id}: {self.text[:60]!r}>"


@dataclass(eq=False)
class Chat:
    """A private chat with the bot, a group, a supergroup or a channel.

    bot_status: what the bot is there: "left", "kicked", "member" or "administrator"; in a private
    chat "member" once the person has written, "kicked" while blocked.
    is_known: whether the bot may use the numeric id (it was there, or resolved the @name).
    is_protected: nothing of it can be forwarded or saved.
    """

    id: int
    kind: str
    title: str | None = None
    username: str | None = None
    person: Person | None = None
    owner: Person | None = None
    bot_status: str = "left"
    is_known: bool = False
    is_protected: bool = False
    members: dict[int, Person] = field(default_factory=dict)
    migrated_to: int | None = None
    all_messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    keyboard: dict[str, Any] | None = None
    pinned: int | None = None

    @property
    def messages(self) -> list[Message]:
        """What the chat shows now, oldest first."""
        return [message for message in list(self.all_messages.values()) if not message.deleted]

    @property
    def last(self) -> Message:
        """The newest message; raises IndexError in an empty chat."""
        return self.messages[-1]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    @property
    def has_bot(self) -> bool:
        return self.bot_status in ("member", "administrator")

    def __repr__(self) -> str:
        return f"<Chat {self.id} {self.kind} {self.username or self.title or ''}>"


@dataclass(eq=False)
class Query:
    """A press on a button that waits for its one answer."""

    id: str
    person: Person
    message: Message
    data: str
    is_open: bool = True
    answer: dict[str, Any] | None = None


@dataclass
class World:
    """Everything there is. Ids are given here, so no two things share one."""

    bot: Person
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    _shared_message_id: int = 0
    _chat_number: int = 0
    _file_number: int = 0
    _query_number: int = 0
    _album_number: int = 0

    def add_chat(self, kind: str, **details: Any) -> Chat:
        """A new group, supergroup or channel with an id of its kind's range."""
        self._chat_number += 1
        number = 2_000_000_000 + self._chat_number
        chat_id = -number if kind == "group" else CHANNEL_BASE - number
        chat = Chat(id=chat_id, kind=kind, **details)
        self.chats[chat_id] = chat
        return chat

    def next_message_id(self, chat: Chat) -> int:
        """Channels and supergroups count for themselves, the other chats share one count."""
        if chat.kind in ("channel", "supergroup"):
            chat.last_id += 1
            return chat.last_id
        self._shared_message_id += 1
        return self._shared_message_id

    def add_message(self, chat: Chat, date: datetime, body: Formatted, **details: Any) -> Message:
        message = Message(chat, self.next_message_id(chat), date, body, **details)
        chat.all_messages[message.id] = message
        return message

    def store(self, content: bytes, name: str | None, mime_type: str | None) -> StoredFile:
        self._file_number += 1
        number = self._file_number
        file = StoredFile(f"DoubleFile{number:08d}", f"U{number:08d}", name, mime_type, content)
        self.files[file.id] = file
        return file

    def next_album_id(self) -> str:
        self._album_number += 1
        return str(13_000_000_000_000_000 + self._album_number)

    def open_query(self, person: Person, message: Message, data: str) -> Query:
        self._query_number += 1
        query = Query(str(70_000_000_000 + self._query_number), person, message, data)
        self.queries[query.id] = query
        return query

    def find_username(self, name: str) -> Chat | None:
        """The public chat of an @name, in any case; people are not found this way."""
        wanted = name.removeprefix("@").lower()
        for chat in self.chats.values():
            if chat.username and chat.username.lower() == wanted:
                return chat
        return None


def is_older_than(message: Message, now: datetime, age: timedelta) -> bool:
    return now - message.date > age
