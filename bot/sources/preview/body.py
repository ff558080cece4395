"""The bytes of an answer made into text, within a limit and without trust in what they claim."""

import re
import zlib
from collections.abc import AsyncIterator
from typing import Final

from bot.domain.preview import Reached

MOST_BYTES: Final = 5 * 1024 * 1024
_START: Final = re.compile(r"<!doctype html|<html", re.I)
_END: Final = re.compile(r"</html\s*>", re.I)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)")
_TAIL: Final = 1_024
# One broken character costs a character; more of them mean that it is no such text.
_CHARACTERS_PER_FAULT: Final = 1_000


class BodyError(Exception):
    """The body cannot be used; `reached` says why."""

    def __init__(self, reached: Reached) -> None:
        super().__init__(reached)
        self.reached = reached


async def read_body(
    raw: AsyncIterator[bytes], *, encoding: str, most_bytes: int = MOST_BYTES
) -> bytes:
    """The whole body, unpacked.

    encoding: of the transfer; empty, `identity` or `gzip`, which is all that we ask for.
    Unpacks no byte beyond the limit, so that a small answer cannot grow without end.
    Raises BodyError: TOO_LARGE, CUT_OFF, or GARBLED for another or a broken packing.
    """
    unpacker = _unpacker(encoding)
    parts, size = list[bytes](), 0
    async for chunk in raw:
        part = unpacker.unpack(chunk, most_bytes + 1 - size)
        size += len(part)
        if size > most_bytes:
            raise BodyError(Reached.TOO_LARGE)
        parts.append(part)
    if not unpacker.is_whole:
        raise BodyError(Reached.CUT_OFF)
    return b"".join(parts)


def text_of(body: bytes, content_type: str) -> str:
    """The page's text.

    Raises BodyError: GARBLED, CUT_OFF for HTML without its end, DRIFT for what is no HTML.

    The preview is UTF-8. A page that names another charset is not read by it: two charsets that
    both decode give words that nobody wrote.
    """
    kind, charset = _named(content_type)
    if kind not in ("", "text/html", "application/xhtml+xml"):
        raise BodyError(Reached.GARBLED)
    if charset not in ("", "utf-8", "utf8"):
        raise BodyError(Reached.GARBLED)
    text = body.decode("utf-8-sig", "replace")
    faults = text.count("\ufffd") - body.count("\ufffd".encode())
    if faults * _CHARACTERS_PER_FAULT > len(text) or "\x00" in text:
        raise BodyError(Reached.GARBLED)
    if not _END.search(text[-_TAIL:]):
        is_html = not text or _START.search(text[:_TAIL])
        raise BodyError(Reached.CUT_OFF if is_html else Reached.DRIFT)
    return text


def _named(content_type: str) -> tuple[str, str]:
    """The type and the charset in a header, in lower case; empty where they are not named."""
    kind, _, parameters = content_type.lower().partition(";")
    charset = _CHARSET.search(parameters)
    return kind.strip(), charset[1] if charset else ""


class _Unpacker:
    """Takes what comes as it is."""

    @property
    def is_whole(self) -> bool:
        return True

    def unpack(self, chunk: bytes, most: int) -> bytes:
        return chunk[:most]


class _Gunzip(_Unpacker):
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def is_whole(self) -> bool:
        return self._inner.eof

    def unpack(self, chunk: bytes, most: int) -> bytes:
        try:
            return self._inner.decompress(chunk, max(most, 1))
        except zlib.error as error:
            raise BodyError(Reached.GARBLED) from error


def _unpacker(encoding: str) -> _Unpacker:
    match encoding.strip().lower():
        case "" | "identity":
            return _Unpacker()
        case "gzip" | "x-gzip":
            return _Gunzip()
    raise BodyError(Reached.GARBLED)
