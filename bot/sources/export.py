"""Posts of a public channel out of a Telegram Desktop export (`result.json`), read as a stream.

A file of any size needs the memory of its largest message. Nothing about people is kept, and
nothing at all of a chat that is no public channel: its messages are counted, by reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.domain.channel import ChannelRef, bot_api_id
from bot.domain.errors import ExportError
from bot.domain.post import Post, join_album
from bot.domain.scan import BrokenRow, FileRow, Skipped, SkipReason
from bot.sources.export_bytes import HOW_TO, refuse_foreign
from bot.sources.export_post import UNDATED, RowError, clean, post_from
from bot.sources.export_rows import read_rows
from bot.sources.export_walk import Chat, Damage, Row

# Telegram's largest bare channel id (core.telegram.org/api/bots/ids).
_LAST_CHANNEL_ID: Final = 997_852_516_352
_ALBUM_SIZE: Final = 10
# What may share an album: pictures with films, else one kind alone.
_ALBUM_FAMILY: Final = {
    "photo": "seen",
    "video": "seen",
    "audio": "audio",
    "document": "document",
}


_REASONS: Final = {
    "private_channel": SkipReason.PRIVATE_CHANNEL,
    "private_group": SkipReason.GROUP,
    "private_supergroup": SkipReason.GROUP,
    "public_supergroup": SkipReason.GROUP,
    "personal_chat": SkipReason.PRIVATE_CHAT,
    "bot_chat": SkipReason.PRIVATE_CHAT,
    "saved_messages": SkipReason.PRIVATE_CHAT,
    "replies": SkipReason.PRIVATE_CHAT,
    "verification_codes": SkipReason.PRIVATE_CHAT,
}


def read_export(
    path: Path,
    *,
    username: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[FileRow]:
    """Everything in the file in its order: posts, and what is no post with its place.

    username: the channel's public name, which exports do not carry; for all channels of the file.
    progress: called now and then with the number of bytes read so far.
    Dates without zone are taken as UTC (only exports of before 2022 have no `date_unixtime`).
    An album is guessed: same second, consecutive numbers, media that may share one, at most ten.
    A message number that stands twice is handed out twice.
    Raises ExportError: at once for what is plainly no export; while reading, when no list of
    messages or no sound header is found. Otherwise damage costs the messages that it touches.
    """
    refuse_foreign(path)
    return _read(path, username, progress)


def _read(
    path: Path, username: str | None, progress: Callable[[int], None] | None
) -> Iterator[FileRow]:
    album = _Album()
    reader = _RowReader(path, username)
    for row in read_rows(path, progress):
        read = reader.read(row)
        if isinstance(read, Post) and album.takes(read, reader.forward):
            album.add(read, reader.forward)
            continue
        yield from album.close()
        if isinstance(read, Post) and read.media and read.media[0] in _ALBUM_FAMILY:
            album.add(read, reader.forward)
        else:
            yield read
    yield from album.close()


class _RowReader:
    """Makes posts of rows; remembers the last channel and date, which rows do not repeat.

    forward: where the last post came from, enough to tell two origins apart; never handed out.
    """

    def __init__(self, path: Path, username: str | None) -> None:
        self.forward: object = None
        self._path = path
        self._username = username
        self._chat: Chat | None = None
        self._channel = ChannelRef()
        self._last_date: datetime = UNDATED

    def read(self, row: Row | Damage) -> FileRow:
        if isinstance(row, Damage):
            return BrokenRow(row.place, row.sentence)
        if row.chat is not self._chat:
            self._enter(row.chat)
        if reason := _skip_reason(row.chat, row.fields):
            return Skipped(reason, row.place)
        if row.fields is None:
            return BrokenRow(row.place, "This message is no JSON object.")
        return self._post(row.fields, row.place)

    def _enter(self, chat: Chat) -> None:
        self._chat = chat
        self._last_date = UNDATED
        if chat.is_public_channel and is_channel_id(chat.id):
            assert chat.id is not None
            self._channel = ChannelRef(bot_api_id(chat.id), self._username, clean(chat.name))
        elif not chat.place and chat.certain and (chat.kind is None or chat.is_public_channel):
            missing = "type" if chat.kind is None else "id"
            raise ExportError(f"{self._path}: its header has no usable `{missing}`. {HOW_TO}")

    def _post(self, fields: dict[str, Any], place: str) -> FileRow:
        if fields.get("type") == "service":
            return Skipped(SkipReason.SERVICE, place)
        if fields.get("type") not in ("message", "unsupported"):
            return BrokenRow(place, "This message has no known type.")
        try:
            post = post_from(fields, self._channel, self._last_date)
        except RowError as error:
            return BrokenRow(place, f"This message {error}.")
        self._last_date = post.posted_at
        self.forward = fields.get("forwarded_from_id", "forwarded_from" in fields)
        return post


def _skip_reason(chat: Chat, fields: dict[str, Any] | None) -> SkipReason | None:
    """Why a chat's row is not read.

    Where a file holds several chats a lost stretch can join two of them and leave sound JSON, so a
    row there must not name another sender than its channel; behind damage it must name the channel.
    (In such a file this also passes over posts that show their author's profile as the sender.)
    """
    if not chat.is_public_channel:
        return _REASONS.get(chat.kind or "", SkipReason.UNKNOWN_CHAT)
    sender = (fields or {}).get("from_id")
    is_trusted = chat.certain and (sender is None or not chat.place)
    if not is_channel_id(chat.id) or not (is_trusted or sender == f"channel{chat.id}"):
        return SkipReason.UNKNOWN_CHAT
    return None


def is_channel_id(number: object) -> bool:
    """Whether it can be the bare, positive id of a channel."""
    return type(number) is int and 0 < number <= _LAST_CHANNEL_ID


class _Album:
    """The one group of posts that may still grow."""

    def __init__(self) -> None:
        self._members: list[Post] = []
        self._forward: object = None

    def takes(self, post: Post, forward: object) -> bool:
        if not self._members or not post.media or len(self._members) == _ALBUM_SIZE:
            return False
        last = self._members[-1]
        return (
            post.message_id == last.message_id + 1
            and post.posted_at == last.posted_at
            and post.channel is last.channel
            and forward == self._forward
            and _ALBUM_FAMILY.get(post.media[0]) == _ALBUM_FAMILY[last.media[0]]
        )

    def add(self, post: Post, forward: object) -> None:
        self._members.append(post)
        self._forward = forward

    def close(self) -> list[Post]:
        """What was gathered, as one post; empty when there is nothing."""
        members, self._members = self._members, []
        if len(members) < 2:
            return members
        album_id = f"export:{members[0].message_id}"
        return [join_album([replace(member, album_id=album_id) for member in members])]
