"""The words of a message's HTML with their formatting, as the Bot API would give them.

Line breaks are kept, emoji pictures become their characters, and nothing is nested in the stack:
a page decides how deep it is, so the walk keeps its own list.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from bot.domain.post import Entity

# Kinds by the Bot API's names, so that one post reads alike from every source.
_KINDS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
    "strike": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
}
# What stands on lines of its own. Whether a page also breaks the line there is not known for each
# of them, so a break is put where there is none: words must not fuse.
_BLOCKS: Final = frozenset(
    {"blockquote", "pre", "div", "p", "hr", "ul", "ol", "li", "table", "tr", "td", "th"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "details", "summary", "figure"}
)
_UNSEEN: Final = frozenset({"script", "style", "svg", "video", "audio", "template"})
_LINE_OF_SOURCE: Final = re.compile(r"[ \t\f]*[\r\n][ \t\r\n\f]*")
_MENTION: Final = re.compile(r"@[A-Za-z0-9_]{3,32}")
_SCHEMES: Final = frozenset({"http", "https", "tg", "ton"})


@dataclass
class _Mark:
    """Formatting that was opened. start, first_part: where its first words stand, once it has any.

    kind: None for what is a block alone.
    """

    kind: str | None
    is_block: bool
    href: str
    start: int | None = None
    first_part: int = 0
    stop: int = 0
    url: str | None = None


def words_of(
    node: LexborNode, without: frozenset[str] = frozenset()
) -> tuple[str, tuple[Entity, ...]]:
    """The text below a node, trimmed, and its entities, outer before inner.

    without: classes of elements whose words are not the author's.
    Offsets count code points. Links to people by their id leave only their words.
    """
    writer = _Writer()
    pending: list[LexborNode | _Mark] = [*_children(node)]
    in_pre = 0
    while pending:
        one = pending.pop()
        if isinstance(one, _Mark):
            writer.close(one)
            in_pre -= one.kind == "pre"
        elif one.is_text_node:
            writer.write(_unwrapped(one.text_content or "", in_pre=in_pre > 0))
        elif one.tag == "br":
            writer.write("\n")
        elif one.is_element_node and one.tag not in _UNSEEN:
            attributes = one.attributes
            classes = (attributes.get("class") or "").split()
            if "emoji" in classes and (emoji := _emoji(one)):
                writer.write(emoji)
            elif without.isdisjoint(classes):
                mark = writer.open(one.tag or "", attributes, in_pre=in_pre > 0)
                in_pre += mark.kind == "pre"
                pending += [mark, *_children(one)]
    return writer.finished()


def _unwrapped(text: str, *, in_pre: bool) -> str:
    """A line of the page's source is no line of the text: those are elements."""
    return text if in_pre or "\n" not in text else _LINE_OF_SOURCE.sub(" ", text)


def _emoji(picture: LexborNode) -> str | None:
    """The character of <i class="emoji"><b>character</b></i>; None for what is built otherwise.

    It is neither bold nor italic.
    """
    bold = picture.first_child
    if bold is None or bold.next is not None or bold.tag != "b":
        return None
    character = bold.first_child
    if character is None or character.next is not None or not character.is_text_node:
        return None
    return (character.text_content or "").strip()


class _Writer:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._owes_break = False
        self._marks: list[_Mark] = []
        self._wordless: list[_Mark] = []  # opened, and nothing written since

    def write(self, text: str) -> None:
        if not text:
            return
        if self._owes_break and not text.startswith("\n"):
            self._add("\n")
        self._owes_break = False
        for mark in self._wordless:
            mark.start, mark.first_part = self._length, len(self._parts)
        self._wordless.clear()
        self._add(text)

    def open(self, tag: str, attributes: Mapping[str, str | None], *, in_pre: bool) -> _Mark:
        kind, href = _kind(tag, attributes, in_pre=in_pre), _href(tag, attributes)
        mark = _Mark(kind, tag in _BLOCKS, href)
        self._break_around(mark)
        self._marks.append(mark)
        self._wordless.append(mark)
        return mark

    def close(self, mark: _Mark) -> None:
        mark.stop = self._length
        if mark.kind == "a" and mark.start is not None:
            text = "".join(self._parts[mark.first_part :])
            mark.kind, mark.url = _link(text.strip(), mark.href)
        self._break_around(mark)

    def finished(self) -> tuple[str, tuple[Entity, ...]]:
        whole = "".join(self._parts)
        text = whole.strip()
        lead = len(whole) - len(whole.lstrip())
        entities = []
        for mark in self._marks:
            start = max((mark.start or 0) - lead, 0)
            stop = min(mark.stop - lead, len(text))
            if mark.kind and mark.start is not None and start < stop:
                entities.append(Entity(mark.kind, start, stop - start, mark.url))
        return text, tuple(entities)

    def _add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _break_around(self, mark: _Mark) -> None:
        if mark.is_block and self._parts and not self._parts[-1].endswith("\n"):
            self._owes_break = True


def _children(node: LexborNode) -> list[LexborNode]:
    """Elements and text, last first: for a list that is taken from its end."""
    return list(node.iter(include_text=True))[::-1]


def _kind(tag: str, attributes: Mapping[str, str | None], *, in_pre: bool) -> str | None:
    if tag == "a":
        return "a"
    if tag == "code" and in_pre:
        return None
    if tag == "blockquote" and "expandable" in attributes:
        return "expandable_blockquote"
    return _KINDS.get(tag)


def _href(tag: str, attributes: Mapping[str, str | None]) -> str:
    if tag != "a":
        return ""
    href = attributes.get("href") or ""
    # Links that ask before they open come with their ampersands escaped twice.
    return href.replace("&amp;", "&") if "onclick" in attributes else href


def _link(text: str, href: str) -> tuple[str | None, str | None]:
    """The kind of a link and where it leads; (None, None) for what is no link of the author's."""
    if href.startswith("?q="):
        if text.startswith("#"):
            return "hashtag", None
        return ("cashtag", None) if text.startswith("$") else (None, None)
    if href.startswith("mailto:"):
        return "email", None
    if href.startswith("tel:"):
        return "phone_number", None
    if href.startswith("tg://bot_command"):
        return "bot_command", None
    if _MENTION.fullmatch(text) and _bare(href) == f"t.me/{text[1:]}":
        return "mention", None
    if not _is_web(href) or href.startswith("tg://user"):
        return None, None
    if _bare(text) == _bare(href):
        return "url", text
    return "text_link", href


def _is_web(href: str) -> bool:
    try:
        return urlsplit(href).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _bare(address: str) -> str:
    """An address without scheme and final slash: how it is shown, and how it is linked."""
    return re.sub(r"^https?://", "", address, flags=re.I).rstrip("/")
