"""Follows a JSON parser's events through an export down to its rows.

A row is a message as the file has it, with only the fields that a post may need: everything about
people, and every row of a chat that is no public channel, is passed over without being built.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import ijson

from bot.sources.export_bytes import MAX_ROW_BYTES, Pieces

# Fields whose value is read. `from_id` only proves, after damage, which channel a row is from.
_KEPT: Final = frozenset(
    [
        "id",
        "type",
        "date",
        "date_unixtime",
        "edited",
        "edited_unixtime",
        "from_id",
        "forwarded_from",
        "forwarded_from_id",
        "media_type",
        "text",
        "text_entities",
        "poll",
        "todo_list",
    ]
)
# Fields of which only the presence is read.
_NOTICED: Final = frozenset(
    [
        "photo",
        "file",
        "location_information",
        "contact_information",
        "game_title",
        "invoice_information",
        "giveaway_information",
        "giveaway_results",
    ]
)
# The deepest real row (a poll answer's formatted text in an album) has 6 levels.
_MAX_DEPTH: Final = 32
_OPENING: Final = frozenset({"start_map", "start_array"})
_CLOSING: Final = frozenset({"end_map", "end_array"})
_ROW_KEY: Final = frozenset({b"id"})
_ROW_OR_CHAT_KEY: Final = frozenset({b"id", b"name"})
_CHAT_LISTS: Final = (("", "chats", "list", "item"), ("", "left_chats", "list", "item"))


@dataclass(frozen=True)
class Chat:
    """What the file says of a chat: `kind` is Telegram's word ("public_channel", ...).

    place: how the chat is found in the file, empty when the file is this one chat.
    certain: False when damage may have swallowed the start of another chat.
    """

    place: str = ""
    kind: str | None = None
    id: int | None = None
    name: str = ""
    certain: bool = True

    @property
    def is_public_channel(self) -> bool:
        return self.kind == "public_channel"


@dataclass(frozen=True)
class Row:
    """A message; fields: None in a chat that is not read, and when the row is no object."""

    chat: Chat
    place: str
    fields: dict[str, Any] | None


@dataclass(frozen=True)
class Damage:
    """A stretch of the file that is no JSON; what came before and comes after is kept."""

    place: str
    sentence: str


class DamagedError(Exception):
    """The events make no sense as an export, though each may be JSON."""


class Walk:
    """Follows the parser's events down to the rows.

    rows_at: the path of the list of messages read last, None before the first.
    chats: the chats that were left behind, by place; kept only where nothing is built.
    """

    def __init__(self, *, build: bool, late_header: Callable[[str], Chat | None] | None) -> None:
        self.rows_at: tuple[str, ...] | None = None
        self.chats: dict[str, Chat] = {}
        self._build = build
        self._late_header = late_header
        self._path: list[str] = []
        self._key = "item"
        self._chat = Chat()
        self._chats_seen = 0
        self._in_rows = False
        self._index = 0
        self._depth = 0  # of containers inside the open row; 0 when no row is open
        self._start = 0  # where the last row, or before it their list, began
        self._builder: Any = None
        self._wanted = False
        self._found: list[Row | Damage] = []

    def take_found(self) -> list[Row | Damage]:
        found, self._found = self._found, []
        return found

    def follow(self, events: list[tuple[str, Any]], offset: int) -> None:
        """Takes in the events of the piece at `offset`. Raises DamagedError."""
        for event, value in events:
            if not self._depth:
                self._outside(event, value, offset)
                continue
            if event in _OPENING:
                self._depth += 1
                if self._depth > _MAX_DEPTH:
                    raise DamagedError("is nested too deeply")
            elif event in _CLOSING:
                self._depth -= 1
                if not self._depth:
                    self._end_row(event)
                    continue
            elif event == "map_key" and self._depth == 1 and self._builder is not None:
                self._choose(value)
                continue
            if self._wanted:
                self._builder.event(event, value)
        if self._depth and offset - self._start > MAX_ROW_BYTES:
            raise DamagedError("does not end within 4 MB")

    def damage(self, offset: int, fault: str) -> Damage:
        """What to say of a fault that showed in the piece at `offset`."""
        if not self._depth:
            return Damage(f"near {self._place()}, byte {offset:,}", f"What stands here {fault}.")
        return Damage(f"{self._place()}, byte {self._start:,}", f"This message {fault}.")

    def resume(self, pieces: Pieces) -> bytes:
        """Goes on behind the last row that began; what to tell a new parser first, or nothing."""
        assert self.rows_at is not None
        several = len(self.rows_at) > 2
        start = pieces.resume(self._start, _ROW_OR_CHAT_KEY if several else _ROW_KEY)
        if start is None:
            return b""
        if several or start.behind_header or not self._in_rows:
            self._chat = replace(self._chat, certain=False)
        self._index += self._depth > 0
        self._depth, self._builder, self._wanted = 0, None, False
        self._start = pieces.offset
        self._in_rows = start.key == b"id"
        self._path = list(self.rows_at if self._in_rows else self.rows_at[:-2])
        self._key = "item"
        return _prefix(self._path)

    def _place(self) -> str:
        return f"{self._chat.place}messages[{self._index}]"

    def _outside(self, event: str, value: Any, offset: int) -> None:
        if self._in_rows and event != "end_array":
            self._start_row(event, offset)
        elif event == "map_key":
            self._key = value
        elif event in _OPENING:
            self._enter(event, offset)
        elif event in _CLOSING:
            self._leave()
        elif self._path and self._is_chat(self._path):
            self._header(value)

    def _enter(self, event: str, offset: int) -> None:
        if len(self._path) >= _MAX_DEPTH:
            raise DamagedError("is nested too deeply")
        self._path.append(self._key if self._path else "")
        if event == "start_array":
            if self._key == "messages" and self._is_chat(self._path[:-1]):
                self._open_rows(offset)
            self._key = "item"
        elif self._is_chat(self._path):
            self._chat = Chat()
            if len(self._path) > 1:
                listed = f"{self._path[1]}.list[{self._chats_seen}]."
                self._chat, self._chats_seen = Chat(place=listed), self._chats_seen + 1
                self._index = 0

    def _leave(self) -> None:
        self._in_rows = False
        if self._is_chat(self._path):
            if not self._build:
                name = self._chat.name if self._chat.is_public_channel else ""
                self.chats[self._chat.place] = replace(self._chat, name=name)
            self._chat = Chat()
        self._path.pop()
        # Within a map the next key says its name; within a list everything is an item.
        self._key = "item"

    def _is_chat(self, path: list[str]) -> bool:
        return path == [""] or tuple(path) in _CHAT_LISTS

    def _header(self, value: Any) -> None:
        if self._key == "type" and isinstance(value, str):
            self._chat = replace(self._chat, kind=value)
        elif self._key == "id" and type(value) is int:
            self._chat = replace(self._chat, id=value)
        elif self._key == "name" and isinstance(value, str):
            self._chat = replace(self._chat, name=value)

    def _open_rows(self, offset: int) -> None:
        self._start = offset
        self.rows_at = tuple(self._path)
        self._in_rows = True
        self._index = 0
        chat = self._chat
        if self._late_header and (chat.kind is None or chat.id is None):
            self._chat = self._late_header(chat.place) or chat

    def _start_row(self, event: str, offset: int) -> None:
        self._start = offset
        if event in _OPENING:
            self._depth = 1
            if self._build and event == "start_map" and self._chat.is_public_channel:
                self._builder = ijson.ObjectBuilder()
                self._builder.event(event, None)
        else:
            self._add_row(None)

    def _choose(self, key: str) -> None:
        self._wanted = key in _KEPT
        if self._wanted:
            self._builder.event("map_key", key)
        elif key in _NOTICED:
            self._builder.event("map_key", key)
            self._builder.event("boolean", True)

    def _end_row(self, event: str) -> None:
        fields = None
        if self._builder is not None:
            self._builder.event(event, None)
            fields = self._builder.value
        self._add_row(fields)
        self._builder, self._wanted = None, False

    def _add_row(self, fields: dict[str, Any] | None) -> None:
        place = f"{self._place()}, byte {self._start:,}"
        self._found.append(Row(self._chat, place, fields))
        self._index += 1


def _prefix(path: list[str]) -> bytes:
    """JSON that opens the containers of a path: `{"messages":[` for ["", "messages"]."""
    opened = b"{"
    for name in path[1:]:
        if name == "item":
            opened += b"{"
        else:
            opened += b'"%s":%s' % (name.encode(), b"{" if name.endswith("chats") else b"[")
    return opened
