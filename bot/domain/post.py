"""A publication in a channel as a source hands it over, and what makes two of its texts differ.

Author signatures, users who were forwarded from, commenters and reactions never get this far:
there is no field for them.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.channel import ChannelRef


class SourceKind(StrEnum):
    """The way a post reached us."""

    BOT = "bot"
    PREVIEW = "preview"
    EXPORT = "export"


@dataclass(frozen=True)
class Entity:
    """Formatting of a part of the text; offset and length count characters (code points)."""

    kind: str
    offset: int
    length: int
    url: str | None = None


@dataclass(frozen=True)
class Post:
    """One publication. An album is one post: its `message_id` is the smallest of `member_ids`.

    text: the words, caption of an album's members joined; empty when there is nothing to read.
    media: what is attached, by kind ("photo", "video", ...), one entry a member.
    album_id: shared by the members of an album, None for a single message.
    members: an album's messages as they came, each with its own caption; empty for a single one.
    forwarded_from: a channel's public name or title; None for people, whose names are not kept.
    edited_at: None for the first version. The preview tells no time: when the change was noticed.
    views: how often it was seen by then; None where the source does not say. `views_approx` when
    the source rounds (1.2K).
    """

    channel: ChannelRef
    message_id: int
    posted_at: datetime
    source: SourceKind
    text: str = ""
    entities: tuple[Entity, ...] = ()
    media: tuple[str, ...] = ()
    album_id: str | None = None
    member_ids: tuple[int, ...] = ()
    forwarded_from: str | None = None
    edited_at: datetime | None = None
    views: int | None = None
    views_approx: bool = False
    members: tuple["Post", ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.member_ids:
            object.__setattr__(self, "member_ids", (self.message_id,))

    @property
    def is_readable(self) -> bool:
        return bool(self.text.strip())

    @property
    def content_hash(self) -> str:
        """SHA-256 over what a reader sees: text, links and kinds of media; never counters."""
        seen = [self.text, [(e.kind, e.offset, e.length, e.url) for e in self.entities], self.media]
        return hashlib.sha256(
            json.dumps(seen, ensure_ascii=False).encode(errors="surrogatepass")
        ).hexdigest()


@dataclass(frozen=True)
class Version:
    """How a post reads so far, and which source told so.

    has_words: it was readable, whether or not its words have been forgotten since.
    """

    text: str
    edited_at: datetime | None
    source: SourceKind
    has_words: bool = True

    @property
    def is_forgotten(self) -> bool:
        return self.has_words and not self.text.strip()

    def crosses(self, post: Post) -> bool:
        """Whether exactly one of the two comes from the preview, which words things its own way."""
        return (self.source is SourceKind.PREVIEW) != (post.source is SourceKind.PREVIEW)


def is_later(
    post: Post, before: Version, *, is_noticed: bool = False, is_marked: bool = False
) -> bool:
    """Whether what arrived is a later version than the newest we have.

    is_noticed: it reads differently than the same source showed it before. is_marked: the source
    says that it was edited, at an unknown time. Where two sources show one
    post, the bot's words count more than the preview's, and these more than an export's; what a
    source merely formats in its own way is no edit.
    """
    if before.is_forgotten and not is_noticed and post.edited_at is None:
        return False  # shown once more, it must not come back
    if before.crosses(post) and post.text.split() == before.text.split():
        return False
    if post.source is SourceKind.PREVIEW:
        # It shows a post as it reads now; of the bot's, only what we were not told is news.
        if before.source is not SourceKind.BOT or not before.has_words:
            return True
        return is_noticed or (is_marked and before.edited_at is None)
    if post.edited_at is None:
        # The original: the bot's words count, unless the preview has noticed an edit since.
        is_better = post.source is SourceKind.BOT and before.source is SourceKind.PREVIEW
        return is_better and before.edited_at is None
    if before.edited_at is None or post.edited_at > before.edited_at:
        return True
    # Two edits within Telegram's second: the text tells; another source's entities do not.
    return post.edited_at == before.edited_at and post.text != before.text


@dataclass(frozen=True)
class Revision:
    """A post's text as it read from some moment on, with where it stands.

    channel_threshold: the channel's own, 0..1; None for the model's.
    """

    id: int
    post_id: int
    number: int
    text: str
    media: tuple[str, ...]
    edited_at: datetime | None
    posted_at: datetime
    message_id: int
    chat_id: int | None
    username: str | None
    channel_title: str
    forwarded_from: str | None
    channel_threshold: float | None = None


def join_album(members: list[Post]) -> Post:
    """One post out of an album's messages, in the order of their numbers.

    members: at least one, of one channel. Captions are joined by a blank line; entities move along.
    """
    members = sorted(members, key=lambda member: member.message_id)
    text, entities = "", list[Entity]()
    for member in members:
        if member.text:
            start = len(text) + 2 if text else 0
            text = f"{text}\n\n{member.text}" if text else member.text
            entities += [replace(e, offset=e.offset + start) for e in member.entities]
    edits = [member.edited_at for member in members if member.edited_at]
    return replace(
        members[0],
        text=text,
        entities=tuple(entities),
        media=tuple(kind for member in members for kind in member.media),
        member_ids=tuple(sorted({n for member in members for n in member.member_ids})),
        edited_at=max(edits, default=None),
        members=tuple(one for member in members for one in member.members or (member,)),
    )
