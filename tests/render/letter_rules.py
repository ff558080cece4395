"""What Telegram refuses in a message, for whatever we draw: a strict reading of its limits."""

import re
from html.parser import HTMLParser

from bot.ports import Letter

TAGS = {"b", "i", "s", "a", "code", "blockquote", "tg-spoiler"}
_TAG = re.compile(r'</?(?:b|i|s|code|blockquote|tg-spoiler)>|<a href="[^"<>]*">|</a>')
_BARE_AMPERSAND = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+);)")
LONGEST = 4096  # UTF-16 units after parsing
LONGEST_DATA = 64  # bytes of callback data


class _Strict(HTMLParser):
    """Collects the visible text; anything but our tags, closed in order, is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.visible: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, f"a tag that we never write: {tag}"
        names = [name for name, _ in attrs]
        assert names == (["href"] if tag == "a" else []), f"odd attributes of {tag}: {names}"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"{tag} is closed without being open"
        assert self.open.pop() == tag, f"{tag} is closed out of order"

    def handle_data(self, data: str) -> None:
        self.visible.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


def visible(html: str) -> str:
    """The text that a reader sees. Raises AssertionError for HTML that Telegram would refuse."""
    assert "<" not in _TAG.sub("", html), "a bare angle bracket"
    assert not _BARE_AMPERSAND.search(html), "a bare ampersand"
    parser = _Strict()
    parser.feed(html)
    parser.close()
    assert not parser.open, f"left open: {parser.open}"
    return "".join(parser.visible)


def units(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def checked(letter: Letter) -> Letter:
    """The letter, if Telegram would take it."""
    seen = visible(str(letter.html))
    assert seen.strip(), "an empty message"
    assert units(seen) <= LONGEST, f"{units(seen)} units are too long"
    for button in (button for row in letter.buttons for button in row):
        assert button.label.strip(), "a button without words"
        does = [button.data, button.url, button.copy]
        assert sum(one is not None for one in does) == 1, "a button does one thing"
        assert len(button.copy or "") <= 256, "too long to copy"
        assert len((button.data or "").encode()) <= LONGEST_DATA, f"too long: {button.data}"
    return letter
