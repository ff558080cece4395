"""Posts of channels out of newline JSON: a message a line, as Telethon and Pushshift write them.

A file of any size needs the memory of its longest line, which is bounded. A line does not say
whether its channel is public, nor its name: whoever hands the file over answers for the first and
may give the second. Every other kind of chat is counted, by reason, and nothing of it is kept.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from bot.domain.errors import ExportError
from bot.domain.post import Post, join_album
from bot.domain.scan import BrokenRow, FileRow, Skipped
from bot.sources.export_bytes import MAX_ROW_BYTES
from bot.sources.export_post import RowError
from bot.sources.ndjson_post import is_message, post_from_line, skip_reason

_BOM: Final = b"\xef\xbb\xbf"
# How far into a file it is told what it is. Only whole lines count, and one is always looked at.
_HEAD_BYTES: Final = 64 * 1024
_LINES_A_STEP: Final = 256  # between two reports of progress
_ALBUM_SIZE: Final = 10


def is_ndjson(path: Path) -> bool:
    """Whether one of the first lines is a whole message, which no line of another file is."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return any(is_message(_parsed(line.data)) for line in _head(file))
    except OSError:
        return False


def read_ndjson(
    path: Path,
    *,
    username: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[FileRow]:
    """Everything in the file in its order: posts, and what is no post with the line it is on.

    username: the public name, which lines do not carry; for all channels of the file.
    progress: called now and then with the number of bytes read so far.
    Members of an album that follow each other are one post. Empty lines are passed over; one that
    is no JSON, no message, or longer than 4 MB costs itself.
    Raises ExportError when the file cannot be read (any more).
    """
    try:
        with path.open("rb") as file:
            rows = (_row(line, username) for line in _lines(file, progress))
            yield from _with_albums(rows)
    except OSError as error:
        raise ExportError(f"{path}: cannot be read ({error.strerror}).") from error


class _Line(NamedTuple):
    """A line and its number, counted from 1. data: None where it is too long to be read."""

    number: int
    data: bytes | None


def _lines(file: BinaryIO, progress: Callable[[int], None] | None) -> Iterator[_Line]:
    number = 0
    while data := file.readline(MAX_ROW_BYTES + 1):
        number += 1
        if number == 1:
            data = data.removeprefix(_BOM)
        if len(data) > MAX_ROW_BYTES:
            yield _Line(number, None)
            _pass_over(file, data)
        elif data.strip():
            yield _Line(number, data)
        if progress and not number % _LINES_A_STEP:
            progress(file.tell())
    if progress:
        progress(file.tell())


def _pass_over(file: BinaryIO, data: bytes) -> None:
    """Goes on to the start of the next line, holding no more of this one than before."""
    while data and not data.endswith(b"\n"):
        data = file.readline(MAX_ROW_BYTES)


def _head(file: BinaryIO) -> Iterator[_Line]:
    for line in _lines(file, None):
        yield line
        if file.tell() >= _HEAD_BYTES:
            return


def _row(line: _Line, username: str | None) -> FileRow:
    place = f"line {line.number:,}"
    fields = _parsed(line.data)
    if isinstance(fields, str):
        return BrokenRow(place, f"This line {fields}.")
    if not is_message(fields):
        return BrokenRow(place, "This line is no message.")
    if reason := skip_reason(fields):
        return Skipped(reason, place)
    try:
        return post_from_line(fields, username)
    except RowError as error:
        return BrokenRow(place, f"This message {error}.")


def _parsed(data: bytes | None) -> dict[str, Any] | str:
    """The object on a line, or what is wrong with it, in words that quote nothing of it."""
    if data is None:
        return f"is longer than {MAX_ROW_BYTES // 1024**2} MB"
    try:
        value = json.loads(data.decode(errors="replace"))
    except RecursionError:
        return "is nested too deeply"
    except ValueError:
        return "is no valid JSON" if data.endswith(b"\n") else "is cut off, for the file ends"
    return value if isinstance(value, dict) else "is no JSON object"


def _with_albums(rows: Iterator[FileRow]) -> Iterator[FileRow]:
    """The rows, with neighbours of one album joined. Other members find it where posts are kept."""
    album: list[Post] = []
    for row in rows:
        if album and not _continues(album, row):
            yield join_album(album)
            album = []
        if isinstance(row, Post) and row.album_id:
            album.append(row)
        else:
            yield row
    if album:
        yield join_album(album)


def _continues(album: list[Post], row: FileRow) -> bool:
    return (
        isinstance(row, Post)
        and len(album) < _ALBUM_SIZE
        and (row.album_id, row.channel) == (album[0].album_id, album[0].channel)
        and row.message_id not in {member.message_id for member in album}
    )
