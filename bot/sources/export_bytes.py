"""The bytes of an export file: refused when it is none, cut into pieces, repaired for the parser.

Nothing here knows what a message is; `export_rows` does.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from bot.domain.errors import ExportError

HOW_TO = (
    "In Telegram Desktop open the channel, choose Export chat history, "
    "format: Machine-readable JSON, and give the result.json it makes."
)
CHUNK_BYTES: Final = 256 * 1024
# A message has at most 4,096 characters of text (32,768 in a rich one), so a real row with all its
# formatting stays under 1 MB. The bound is what keeps memory flat when a closing mark is lost.
MAX_ROW_BYTES: Final = 4 * 1024 * 1024
# Where Telegram Desktop begins a message ("id") or a chat ("name"). An unescaped quote cannot
# stand inside a JSON string, so in a sound file no text can be mistaken for such a start.
_START = re.compile(rb'\{\s{0,40}"(?P<key>id|name)"')
_HEADER_END = re.compile(rb'"messages"\s{0,40}:')
_START_SPAN = 100
_HEAD_BYTES: Final = 64 * 1024
_FOREIGN = (
    (b"PK\x03\x04", "a ZIP archive: unpack it first"),
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"\xff\xfe", "UTF-16 text, while an export is UTF-8"),
    (b"\xfe\xff", "UTF-16 text, while an export is UTF-8"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "an SQLite database"),
)
# An escape that JSON does not know or Python cannot hold, after an even run of backslashes:
# \xNN (Telegram Desktop writes control characters so) or half of a surrogate pair.
_BAD_ESCAPE = re.compile(
    rb"(?<!\\)(?P<run>(?:\\\\)*)\\(?:x(?P<byte>[0-9A-Fa-f]{2})"
    rb"|u(?P<pair>[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2})"
    rb"|u[dD][89a-fA-F][0-9A-Fa-f]{2})"
)


class Piece(NamedTuple):
    """Some bytes of the file, not yet repaired, and where they begin."""

    offset: int
    data: bytes


def refuse_foreign(path: Path) -> None:
    """Raises ExportError, saying what the file is, when it cannot be an export."""
    if not path.exists():
        raise ExportError(f"{path}: there is no such file. {HOW_TO}")
    if path.is_dir():
        raise ExportError(f"{path}: this is a folder; give the result.json in it. {HOW_TO}")
    if not path.is_file():
        raise ExportError(f"{path}: this is no regular file. {HOW_TO}")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise ExportError(f"{path}: cannot be opened ({error.strerror}).") from error
    if found := _what_else(head):
        raise ExportError(f"{path}: this is {found}. {HOW_TO}")


def _what_else(head: bytes) -> str | None:
    """What a file that begins so is, or None when it may be an export."""
    if not head:
        return "an empty file"
    for magic, name in _FOREIGN:
        if head.startswith(magic):
            return name
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return "a file without content"
    if b"\x00" in start[:4]:
        return "UTF-16 or binary data, while an export is UTF-8"
    if start.startswith(b"<"):
        return "an HTML page (the other format of Export chat history)"
    if start.startswith(b"["):
        return "a JSON list, while an export is one JSON object"
    if not start.startswith(b"{"):
        return "no JSON, which an export is"
    if _is_other_encoding(head):
        return "text in an encoding other than UTF-8"
    return None


def _is_other_encoding(head: bytes) -> bool:
    """A few bad bytes are damage; mostly bad ones, where not ASCII, are an older code page."""
    invalid = head.decode(errors="replace").count("\ufffd")
    return invalid > 16 and invalid * 2 > sum(byte > 0x7F for byte in head)


def repair(data: bytes) -> bytes:
    r"""The same JSON as the parser wants it: valid UTF-8, `\xNN` as `\u00NN`, whole surrogates."""
    if b"\\x" in data or b"\\ud" in data or b"\\uD" in data:
        data = _BAD_ESCAPE.sub(_sound_escape, data)
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode(errors="replace").encode()
    return data


def _sound_escape(match: re.Match[bytes]) -> bytes:
    if match["byte"]:
        return match["run"] + rb"\u00" + match["byte"]
    return match[0] if match["pair"] else match["run"] + rb"\ufffd"


class Start(NamedTuple):
    """The start of an object; behind_header: a list of messages was passed on the way to it."""

    key: bytes
    behind_header: bool


class Pieces:
    """A file cut so that a message begins a piece wherever that can be seen.

    No character, number or escape is cut in two, so each piece can be repaired by itself.
    At most about MAX_ROW_BYTES are held.
    """

    def __init__(self, file: BinaryIO, progress: Callable[[int], None] | None) -> None:
        self._file = file
        self._progress = progress
        self._buffer = b""
        self._base = 0  # where the buffer begins in the file
        self._at = 0  # the next unread byte, counted in the buffer
        self._ended = False
        self._read_up_to = 0
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        else:
            self._base = 3

    @property
    def offset(self) -> int:
        return self._base + self._at

    def next(self) -> Piece | None:
        """The next piece, or None at the end of the file."""
        while True:
            start = _START.search(self._buffer, self._at + 1)
            if start:
                return self._take(start.start())
            if self._ended:
                return self._take(len(self._buffer))
            if len(self._buffer) - self._at > CHUNK_BYTES:
                cut = self._safe_cut()
                if cut > self._at:
                    return self._take(cut)
            self._fill()

    def resume(self, after: int, keys: frozenset[bytes]) -> Start | None:
        """Goes to the first start of an object behind byte `after` whose first key is in `keys`.

        None when there is none up to the end of the file.
        """
        self._go(after + 1)
        behind_header = False
        while True:
            begin = self._at
            start = next(
                (s for s in _START.finditer(self._buffer, begin) if s["key"] in keys), None
            )
            self._at = start.start() if start else len(self._buffer)
            behind_header |= _HEADER_END.search(self._buffer, begin, self._at) is not None
            if start:
                return Start(start["key"], behind_header)
            if self._ended:
                return None
            self._at = max(begin, self._at - _START_SPAN)
            self._fill()

    def _take(self, end: int) -> Piece | None:
        if end == self._at:
            return None
        piece = Piece(self.offset, self._buffer[self._at : end])
        self._at = end
        return piece

    def _safe_cut(self) -> int:
        """Where a long stretch without a start may be cut; no progress means: read on."""
        # The start of an object that the buffer's end may have cut in two stays behind the cut.
        brace = self._buffer.rfind(b"{", self._at + 1)
        if brace > self._at:
            return brace
        end = 1 + max(self._buffer.rfind(mark, self._at) for mark in (b",", b'"'))
        if end > self._at:
            return end
        return len(self._buffer) if len(self._buffer) - self._at > MAX_ROW_BYTES else self._at

    def _go(self, offset: int) -> None:
        if self._base <= offset <= self._base + len(self._buffer):
            self._at = offset - self._base
            return
        self._file.seek(offset)
        self._buffer, self._base, self._at, self._ended = b"", offset, 0, False

    def _fill(self) -> None:
        try:
            chunk = self._file.read(CHUNK_BYTES)
        except OSError as error:
            at = self._base + len(self._buffer)
            raise ExportError(f"reading stopped at byte {at:,} ({error.strerror}).") from error
        self._buffer = self._buffer[self._at :] + chunk
        self._base, self._at = self.offset, 0
        self._ended = not chunk
        self._read_up_to = max(self._read_up_to, self._base + len(self._buffer))
        if self._progress:
            self._progress(self._read_up_to)
