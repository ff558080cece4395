"""A public channel under watch, and how people name one."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.adding import ChannelKind, WantedBy

# Telegram's own rule for public names; it also keeps a name from ever leaving the host in a URL.
USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)/(?P<path>[^\s?#]+)\S*", re.I
)
# Pages of Telegram's own that look like a channel's address.
_PAGE = re.compile(
    r"add(?:emoji|list|stickers|theme)|bg|boost|confirmphone|contact|giftcode|invoice|iv|login|nft"
    r"|proxy|setlanguage|share|socks",
    re.I,
)
# The Bot API writes a channel's bare id N as -100N, twelve digits of room for N.
_BOT_API_OFFSET = 10**12


class WatchState(StrEnum):
    """Waiting: the bot is not in the channel yet. Removed: its posts stay, nothing new is read.

    Paused: as removed, until an admin resumes it. Lapsed: the watch ran out without being renewed.
    Scanned: known from an export alone.
    """

    WAITING = "waiting"
    WATCHING = "watching"
    PAUSED = "paused"
    LAPSED = "lapsed"
    REMOVED = "removed"
    SCANNED = "scanned"


@dataclass(frozen=True)
class ChannelRef:
    """What identifies a channel from outside: its Bot API id, its public name, or both."""

    chat_id: int | None = None
    username: str | None = None
    title: str = ""

    @property
    def name(self) -> str:
        return f"@{self.username}" if self.username else self.title


@dataclass(frozen=True)
class Channel:
    """A channel as it is kept. `username` is as Telegram writes it; compare it without case.

    removed_at: when an admin took it off watch last. threshold: its own, 0 to 1, None for the
    model's. reason, kind, wanted_by: on record since it was put under watch. renewed_at: when its
    watch was begun or renewed. renewal_asked_at: when admins were asked whether it goes on.
    flagged: how many of its posts were, in any of their revisions.
    """

    id: int
    chat_id: int | None
    username: str | None
    title: str
    state: WatchState
    added_at: datetime
    posts: int = 0
    unreadable: int = 0
    last_post_at: datetime | None = None
    removed_at: datetime | None = None
    threshold: float | None = None
    reason: str = ""
    kind: ChannelKind = ChannelKind.ORDINARY
    wanted_by: WantedBy = WantedBy.OWN
    renewed_at: datetime | None = None
    renewal_asked_at: datetime | None = None
    flagged: int = 0

    @property
    def ref(self) -> ChannelRef:
        return ChannelRef(self.chat_id, self.username, self.title)

    @property
    def name(self) -> str:
        return f"@{self.username}" if self.username else self.title or f"channel {self.id}"


class BadRef(StrEnum):
    """Why a name or link cannot be put under watch."""

    PRIVATE = "private"
    NOT_A_CHANNEL = "not_a_channel"
    BAD_NAME = "bad_name"


def parse_ref(written: str) -> str | BadRef:
    """The public name in what an admin wrote, without `@`; or why there is none.

    Takes `@name`, `name`, and `t.me/name`, also with a message number or the preview's `/s/`.
    Invite links and `t.me/c/...` are private. Nothing is looked up.
    """
    text = written.strip().strip("<>,;")
    link = _LINK.fullmatch(text)
    if link:
        parts = [part for part in link["path"].split("/") if part]
        if parts and (parts[0].startswith("+") or parts[0].lower() in {"c", "joinchat"}):
            return BadRef.PRIVATE
        if parts and parts[0].lower() == "s":
            parts = parts[1:]
        text = parts[0] if parts and not _PAGE.fullmatch(parts[0]) else ""
    elif text.startswith("+"):
        return BadRef.PRIVATE
    name = text.removeprefix("@")
    return name if USERNAME.fullmatch(name) else BadRef.BAD_NAME


def bot_api_id(bare_id: int) -> int:
    """The Bot API's id of the channel that exports call by its bare, positive id."""
    return -(_BOT_API_OFFSET + bare_id)


def post_link(chat_id: int | None, username: str | None, message_id: int) -> str:
    """Where a post can be opened; a channel without a public name opens for its members only."""
    if username:
        return f"https://t.me/{username}/{message_id}"
    bare_id = -(chat_id or 0) - _BOT_API_OFFSET
    return f"https://t.me/c/{bare_id}/{message_id}"
