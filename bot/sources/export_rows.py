"""The rows of an export file, one by one, with their chat and place, whatever damage lies between.

After damage the parser starts anew at the next object that begins like a message, told by a few
made-up bytes which containers are open there. `export_walk` says what a row is.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ijson
from ijson.backends import yajl2_c

from bot.domain.errors import ExportError
from bot.sources.export_bytes import HOW_TO, Piece, Pieces, repair
from bot.sources.export_walk import Chat, Damage, DamagedError, Row, Walk


def read_rows(
    path: Path, progress: Callable[[int], None] | None = None, *, build: bool = True
) -> Iterator[Row | Damage]:
    """The rows in the order of the file.

    build: False passes over every row's fields.
    Raises ExportError when no list of messages can be reached.
    """
    walk = Walk(build=build, late_header=_LateHeaders(path) if build else None)
    yield from _read(path, walk, progress)


def _read(path: Path, walk: Walk, progress: Callable[[int], None] | None) -> Iterator[Row | Damage]:
    with path.open("rb") as file:
        pieces = Pieces(file, progress)
        parser = _Parser(b"")
        while True:
            piece = pieces.next()
            fault = _step(parser, walk, piece)
            yield from walk.take_found()
            if fault is None and piece is None:
                break
            if fault is not None:
                damage = walk.damage(piece.offset if piece else pieces.offset, fault)
                if walk.rows_at is None:
                    raise ExportError(f"{path}: damaged before its first message ({damage.place}).")
                yield damage
                if not (prefix := walk.resume(pieces)):
                    break
                parser = _Parser(prefix)
    if walk.rows_at is None:
        raise ExportError(f"{path}: this JSON has no list of messages. {HOW_TO}")


def _step(parser: "_Parser", walk: Walk, piece: Piece | None) -> str | None:
    """Feeds a piece (None: the end of the file) to both; what is wrong, or None."""
    fault = parser.feed(piece)
    try:
        walk.follow(parser.events, piece.offset if piece else 0)
    except DamagedError as error:
        return str(error)
    parser.events.clear()
    return fault


class _Parser:
    """ijson's fastest parser, fed by hand; `events` holds what it saw in the last piece."""

    def __init__(self, prefix: bytes) -> None:
        self.events: list[tuple[str, Any]] = ijson.sendable_list()
        # Without use_float a number that Python cannot convert leaves a null pointer among the
        # events (ijson 3.6); with it such a number is a plain parse error.
        self._target = yajl2_c.basic_parse_coro(self.events, use_float=True)
        if prefix:
            self._target.send(prefix)
            self.events.clear()

    def feed(self, piece: Piece | None) -> str | None:
        try:
            if piece is None:
                self._target.close()
            else:
                self._target.send(repair(piece.data))
        except (ijson.JSONError, UnicodeDecodeError):
            # The parser's own words quote the text around the fault: they are not passed on.
            return "is cut off, for the file ends" if piece is None else "is no valid JSON"
        return None


class _LateHeaders:
    """Finds what a chat says of itself after its messages, by reading the file once more."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._chats: dict[str, Chat] | None = None

    def __call__(self, place: str) -> Chat | None:
        if self._chats is None:
            walk = Walk(build=False, late_header=None)
            for _ in _read(self._path, walk, None):
                pass
            self._chats = walk.chats
        return self._chats.get(place)
