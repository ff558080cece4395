"""Telegram's HTML, read as strictly as Telegram does. Writing it back stands in `html_view`.

The rules and the error texts are those of tdlib's parse_html: offsets in errors count bytes of
UTF-8, offsets of entities count UTF-16 units. An error is a `MarkupError` with the words that
follow "can't parse entities: ".
"""

import re
from dataclasses import dataclass

from sandbox.double.entities import Entity, Formatted, utf16_length
from sandbox.double.links import checked_link

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = {*STYLES, "a", "pre", "code", "blockquote", "tg-emoji"}
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
SPACE = frozenset(b" \t\r\n\x00\v")
REFERENCE = re.compile(rb"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z]+));?")


class MarkupError(ValueError):
    """The text is no valid Telegram HTML; the message says why, in Telegram's words."""


@dataclass(frozen=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


def parse_html(source: str) -> Formatted:
    """The plain text and the entities of `source`, before trimming and detection.

    Raises MarkupError for an unsupported, unclosed, unmatched or unexpected tag.
    """
    return _Parser(source).parse()


class _Parser:
    """One pass over the bytes; a byte past the end reads as 0, which counts as white space."""

    def __init__(self, source: str) -> None:
        self.data = source.encode("utf-8", "surrogatepass")
        self.at = 0
        self.text: list[str] = []
        self.offset = 0
        self.stack: list[_Open] = []
        self.entities: list[Entity] = []
        self.language = ""  # of a <code class="language-..."> that was just closed

    def parse(self) -> Formatted:
        while self.at < len(self.data):
            if self.data[self.at] != ord("<"):
                self._plain()
            elif self._peek(1) == ord("/"):
                self._end_tag()
            else:
                self._start_tag()
        if self.stack:
            tag = self.stack[-1].tag
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return Formatted("".join(self.text), tuple(self.entities))

    def _peek(self, ahead: int = 0) -> int:
        place = self.at + ahead
        return self.data[place] if place < len(self.data) else 0

    def _plain(self) -> None:
        if self.data[self.at] == ord("&") and (character := self._reference()):
            self._put(character)
            return
        end = next(
            (i for i in range(self.at + 1, len(self.data)) if self.data[i] in b"<&"),
            len(self.data),
        )
        self._put(self.data[self.at : end].decode("utf-8", "surrogatepass"))
        self.at = end

    def _put(self, text: str) -> None:
        self.text.append(text)
        self.offset += utf16_length(text)

    def _reference(self) -> str:
        """The character of the reference here, moving past it; empty where there is none."""
        match = REFERENCE.match(self.data, self.at)
        if match is None:
            return ""
        hexadecimal, decimal, name = match.groups()
        if name is not None:
            character = NAMED.get(name, "")
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            valid = 0 < code < 0x10FFFF and match.end() - match.start() <= 11
            character = chr(code) if valid else ""
        if "\ud800" <= character <= "\udfff":
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        if character:
            self.at = match.end()
        return character

    def _skip_space(self) -> None:
        while self._peek() != 0 and self._peek() in SPACE:
            self.at += 1

    def _word(self, stops: bytes) -> str:
        start = self.at
        while self._peek() not in SPACE and self._peek() not in stops:
            self.at += 1
        return self.data[start : self.at].decode("utf-8", "replace")

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._word(b">").lower()
        if self.at >= len(self.data):
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        if tag not in TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.at += 1
        self.stack.append(_Open(tag, argument, self.offset, len(self.text)))

    def _attributes(self, tag: str, begin: int) -> str:
        """The one argument that matters to `tag`; stops at the closing bracket."""
        argument = ""
        while self._peek() != ord(">"):
            self._skip_space()
            if self._peek() == ord(">"):
                break
            name = self._word(b"=>/\"'")
            if not name:
                raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            argument = _argument(tag, name, self._value(tag, begin)) or argument
        return argument

    def _value(self, tag: str, begin: int) -> str | None:
        """The value of the attribute just named; None when it has none."""
        self._skip_space()
        if self._peek() != ord("="):
            self._end_forbidden(f'Unclosed start tag "{tag}" at byte offset {begin}')
            return None
        self.at += 1
        self._skip_space()
        self._end_forbidden(f'Unclosed start tag "{tag}" at byte offset {begin}')
        value = self._quoted() if self._peek() in b"'\"" else self._token()
        self._end_forbidden(f"Unclosed start tag at byte offset {begin}")
        return value

    def _end_forbidden(self, message: str) -> None:
        if self.at >= len(self.data):
            raise MarkupError(message)

    def _token(self) -> str:
        start = self.at
        while chr(self._peek()).isascii() and (
            chr(self._peek()).isalnum() or self._peek() in b".-"
        ):
            self.at += 1
        if self._peek() not in SPACE and self._peek() != ord(">"):
            raise MarkupError(f"Unexpected end of name token at byte offset {start}")
        return self.data[start : self.at].decode().lower()

    def _quoted(self) -> str:
        quote = self._peek()
        self.at += 1
        found = bytearray()
        while self.at < len(self.data) and self._peek() != quote:
            if self._peek() == ord("&") and (character := self._reference()):
                found += character.encode()
                continue
            found.append(self._peek())
            self.at += 1
        self.at += 1
        return found.decode("utf-8", "replace")

    def _end_tag(self) -> None:
        begin = self.at
        if not self.stack:
            raise MarkupError(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        found = self._word(b">").lower()
        self._skip_space()
        if self._peek() != ord(">"):
            raise MarkupError(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.stack[-1]
        if found and found != opened.tag:
            raise MarkupError(
                f"Unmatched end tag at byte offset {begin}, "
                f'expected "</{opened.tag}>", found "</{found}>"'
            )
        self.stack.pop()
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self.offset - opened.offset
        if opened.tag in STYLES:
            self.entities.append(Entity(STYLES[opened.tag], opened.offset, length))
        elif opened.tag == "a":
            self._close_link(opened, length)
        elif opened.tag == "blockquote":
            kind = "expandable_blockquote" if opened.argument else "blockquote"
            self.entities.append(Entity(kind, opened.offset, length))
        elif opened.tag == "tg-emoji":
            self._close_emoji(opened, length)
        else:
            self._close_code(opened, length)

    def _close_link(self, opened: _Open, length: int) -> None:
        url = opened.argument or "".join(self.text[opened.start :])
        if match := re.fullmatch(r"tg://user\?id=([1-9]\d{0,15})", url.strip(), re.IGNORECASE):
            user = int(match.group(1))
            self.entities.append(Entity("text_mention", opened.offset, length, user_id=user))
        elif checked := checked_link(url):
            self.entities.append(Entity("text_link", opened.offset, length, url=checked))

    def _close_emoji(self, opened: _Open, length: int) -> None:
        if not re.fullmatch(r"-?[1-9]\d{0,18}", opened.argument):
            raise MarkupError("Invalid custom emoji identifier specified")
        self.entities.append(
            Entity("custom_emoji", opened.offset, length, custom_emoji_id=opened.argument)
        )

    def _close_code(self, opened: _Open, length: int) -> None:
        """A `pre` around exactly one `code` with a language is one block in that language."""
        last = self.entities[-1] if self.entities else None
        twin = last is not None and (last.offset, last.length) == (opened.offset, length)
        if opened.tag == "pre" and twin and last and last.type == "code" and self.language:
            self.entities[-1] = Entity("pre", opened.offset, length, language=self.language)
        elif opened.tag == "code" and twin and last and last.type == "pre" and opened.argument:
            self.entities[-1] = Entity("pre", opened.offset, length, language=opened.argument)
        else:
            self.entities.append(Entity(opened.tag, opened.offset, length))
        self.language = opened.argument if opened.tag == "code" else ""


def _argument(tag: str, name: str, value: str | None) -> str:
    if tag == "blockquote" and name == "expandable":
        return "1"
    if value is None:
        return ""
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return value
    if (tag, name) == ("code", "class") and value.startswith("language-"):
        return value.removeprefix("language-")
    if (tag, name) == ("span", "class") and value.startswith("tg-"):
        return value.removeprefix("tg-")
    return ""
