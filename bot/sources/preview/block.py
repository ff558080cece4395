"""One message of a page, made into a Post or into the number of what is none.

Who wrote it, whom it answers and what that said, which person it was forwarded from, a contact's
name and number, reactions and votes are not read.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from selectolax.lexbor import LexborNode

from bot.domain.channel import USERNAME, ChannelRef
from bot.domain.post import Entity, Post, SourceKind, join_album
from bot.sources.preview.figures import View, count, message_id, moment, view
from bot.sources.preview.words import words_of

_MESSAGE: Final = "tgme_widget_message"
# The first that is there names the medium, by the Bot API's word for it.
_MEDIA: Final = (
    ("roundvideo_player", "video_message"),
    ("roundvideo", "video_message"),
    ("voice_player", "voice_message"),
    ("sticker_wrap", "sticker"),
    ("sticker", "sticker"),
    ("tgsticker", "sticker"),
    ("videosticker", "sticker"),
    ("photo_wrap", "photo"),
    ("video_player", "video"),
    ("document_wrap", "document"),
    ("poll", "poll"),
    ("location_wrap", "location"),
    ("venue_wrap", "location"),
    ("contact_wrap", "contact"),
    ("contact", "contact"),
    ("game", "game"),
    ("invoice", "invoice"),
    ("giveaway", "giveaway"),
)
_KIND_OF: Final = {f"{_MESSAGE}_{name}": kind for name, kind in _MEDIA}
_ANY_MEDIUM: Final = ", ".join(f".{name}" for name in _KIND_OF)
_TEXT: Final = "js-message_text"
_POLL_LINES: Final = f".{_MESSAGE}_poll_question, .{_MESSAGE}_poll_option_text"
# What stands in a message and is not its own: the quoted message, the page that a link leads to.
_FOREIGN: Final = frozenset(
    {f"{_MESSAGE}_reply", "js-message_reply_text", f"{_MESSAGE}_link_preview"}
)
_MEMBER: Final = re.compile(r"https?://[^/]+/([A-Za-z0-9_]+)/([0-9]{1,10})\?single")
_ORIGIN: Final = re.compile(
    r"https?://(?:t|telegram)\.me/(?:(?P<name>[A-Za-z]\w{3,31})|c/[0-9]+)/[0-9]+(?:[?#].*)?", re.A
)
_LONGEST_NAME: Final = 255
_FARTHEST_MEMBER: Final = 100
_LARGEST_ALBUM: Final = 10


class BlockError(Exception):
    """A block of a known number lacks what a post cannot do without."""


@dataclass(frozen=True)
class Block:
    """A message's place on the page; its content is not read yet."""

    node: LexborNode
    name: str
    number: int
    view: View

    @property
    def is_service(self) -> bool:
        return "service_message" in _classes(self.node)

    @property
    def is_edited(self) -> bool:
        """As the page marks it. The author's signature stands in an element of its own."""
        meta = self.node.css_first(f".{_MESSAGE}_meta")
        if meta is None:
            return False
        own = (part.text_content for part in meta.iter(include_text=True) if part.is_text_node)
        return "edited" in "".join(text or "" for text in own)


def block_of(node: LexborNode) -> Block | None:
    """The block in a message's element; None when it does not say whose and which it is."""
    name, _, number = (node.attributes.get("data-post") or "").partition("/")
    known = message_id(number)
    if known is None or not USERNAME.fullmatch(name):
        return None
    return Block(node, name, known, view(node.attributes.get("data-view"), known))


def post_in(block: Block, channel: ChannelRef) -> Post:
    """The post in a block that is no service message. Raises BlockError."""
    posted_at = moment(_attribute(block.node, f"a.{_MESSAGE}_date time[datetime]", "datetime"))
    if posted_at is None:
        raise BlockError
    text, entities = _words(block.node)
    members = _members(block)
    media = tuple(kind for _, kind in members) if members else _medium(block.node)
    views, views_approx = _views(block.node)
    post = Post(
        channel=channel,
        message_id=block.number,
        posted_at=posted_at,
        source=SourceKind.PREVIEW,
        text=text,
        entities=entities,
        media=media or (() if text else ("unsupported",)),
        forwarded_from=_origin(block.node),
        views=views,
        views_approx=views_approx,
    )
    return _album(post, members) if members else post


def _album(post: Post, members: list[tuple[int, str]]) -> Post:
    """The page shows an album's captions as one, without saying whose: the first gets it."""
    album_id = f"preview:{post.message_id}"
    singles = [
        replace(post, message_id=number, member_ids=(number,), media=(kind,), album_id=album_id)
        for number, kind in members
    ]
    captionless = [replace(single, text="", entities=()) for single in singles[1:]]
    return join_album([singles[0], *captionless])


def _words(node: LexborNode) -> tuple[str, tuple[Entity, ...]]:
    """The message's own text, then a poll's lines. Raises BlockError where it is out of place."""
    found = node.css(f".{_TEXT}")
    # Captions of albums stand in two such elements, one within the other.
    own = [one for one in found if not _has_above(one, node, _FOREIGN | {_TEXT})]
    if found and not own:
        raise BlockError
    text, entities = "", list[Entity]()
    for part, marks in dict.fromkeys(words_of(one, _FOREIGN) for one in own):
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{part}" if text else part
        entities += [replace(mark, offset=mark.offset + start) for mark in marks]
    lines = [words_of(line)[0] for line in node.css(_POLL_LINES)]
    if lines:
        text = "\n\n".join(part for part in (text, "\n".join(lines)) if part)
    return text, tuple(entities)


def _medium(node: LexborNode) -> tuple[str, ...]:
    """The one medium of a message that is no album, or nothing."""
    shown = [one for one in node.css(_ANY_MEDIUM) if not _has_above(one, node, _FOREIGN)]
    return tuple(_kind(one) for one in shown[:1])


def _kind(node: LexborNode) -> str:
    kind = next((_KIND_OF[name] for name in _classes(node) if name in _KIND_OF), "other")
    if kind == "video" and node.css_first(".message_video_play") is None:
        return "animation"
    if kind == "document" and node.css_first(f".{_MESSAGE}_document_icon.audio") is not None:
        return "audio"
    return kind


def _members(block: Block) -> list[tuple[int, str]]:
    """An album's messages with their media, ascending; empty for a single message.

    The page links each of them; there is no other sign of their numbers.
    """
    found: dict[int, str] = {}
    for link in block.node.css('[href*="?single"]'):
        named = _MEMBER.fullmatch(link.attributes.get("href") or "")
        number = message_id(named[2]) if named else None
        if named is None or number is None or named[1].lower() != block.name.lower():
            continue
        if abs(number - block.number) <= _FARTHEST_MEMBER and not _has_above(
            link, block.node, _FOREIGN | {_TEXT}
        ):
            found.setdefault(number, _kind(link))
    if found:
        found.setdefault(block.number, "other")
    return sorted(found.items())[:_LARGEST_ALBUM]


def _origin(node: LexborNode) -> str | None:
    """The channel that it was forwarded from. A link to a post is a channel's; others may be
    people's, and those are not kept, nor is a name without a link."""
    named = node.css_first(f".{_MESSAGE}_forwarded_from_name")
    if named is None:
        return None
    link = _ORIGIN.fullmatch(named.attributes.get("href") or "")
    if link is None:
        return None
    return f"@{link['name']}" if link["name"] else words_of(named)[0][:_LONGEST_NAME] or None


def _views(node: LexborNode) -> tuple[int | None, bool]:
    shown = node.css_first(f".{_MESSAGE}_views")
    number = count(shown.text()) if shown is not None else None
    return number or (None, False)


def _attribute(node: LexborNode, selector: str, name: str) -> str | None:
    found = node.css_first(selector)
    return found.attributes.get(name) if found is not None else None


def _has_above(node: LexborNode, top: LexborNode, classes: frozenset[str]) -> bool:
    """Whether what the node stands in, up to `top`, carries one of the classes.

    Or the node itself, unless that is the text's class, which it is asked about.
    """
    if not (classes - {_TEXT}).isdisjoint(_classes(node)):
        return True
    above = node.parent
    while above is not None and above.mem_id != top.mem_id:
        if not classes.isdisjoint(_classes(above)):
            return True
        above = above.parent
    return False


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()
