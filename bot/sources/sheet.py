"""A digest's spreadsheet that came back with its outcome column filled in.

It comes from outside: its size, its unpacked size and its rows are bounded before anything is read,
and no formula, link or macro in it is followed.
"""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from bot.domain.errors import SheetError
from bot.domain.receipt import NUMBER_HEADS, OUTCOME_HEADS, SheetRow, named_code

MOST_BYTES: Final = 5 * 1024 * 1024
_MOST_UNPACKED: Final = 40 * 1024 * 1024  # a digest of 100 items unpacks to less than one
_MOST_PARTS: Final = 200  # files in the archive
_MOST_ROWS: Final = 2_000
_MOST_COLUMNS: Final = 100
_HEAD_WITHIN: Final = 20  # rows from the top in which the headings stand

# What damaged or encrypted archives, and odd ways to pack them, raise.
_NO_ARCHIVE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    struct.error,
)
# What openpyxl lets through when an archive is no workbook, or a damaged one.
_DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RecursionError,
)

Cells = tuple[object, ...]


def read_sheet(content: bytes) -> list[SheetRow]:
    """The rows whose outcome is filled in, in their order.

    Raises SheetError: too large, no workbook, no such columns, an unknown outcome, nothing filled.
    """
    _check_size(content)
    try:
        rows = list(_rows(content))
    except SheetError:
        raise
    except _DAMAGED as problem:
        raise SheetError("sheet-no-workbook") from problem
    return _filled(rows)


def _check_size(content: bytes) -> None:
    """By what the archive says of itself and by what comes out of it: the first can lie."""
    if len(content) > MOST_BYTES:
        raise SheetError("sheet-too-large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS:
                raise SheetError("sheet-too-large")
            left = _MOST_UNPACKED
            for part in parts:
                with archive.open(part) as stream:
                    while chunk := stream.read(1 << 16):
                        left -= len(chunk)
                        if left < 0:
                            raise SheetError("sheet-too-large")
    except _NO_ARCHIVE as problem:
        raise SheetError("sheet-no-workbook") from problem


def _rows(content: bytes) -> Iterator[Cells]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may claim a million rows, or one
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS)):
            if number >= _MOST_ROWS:
                raise SheetError("sheet-too-large")
            yield row
    finally:
        book.close()


def _filled(rows: list[Cells]) -> list[SheetRow]:
    head, number_at, outcome_at = _columns(rows)
    found: dict[int, SheetRow] = {}
    for place, row in enumerate(rows[head + 1 :], head + 2):
        outcome = _text(row, outcome_at)
        if not outcome:
            continue
        number = _text(row, number_at).lstrip("#")
        if not (number.isascii() and number.isdecimal() and len(number) <= 15):
            raise SheetError("sheet-bad-number", place)
        code = named_code(outcome)
        if code is None:
            raise SheetError("sheet-bad-outcome", place)
        found[int(number)] = SheetRow(int(number), code)
    if not found:
        raise SheetError("sheet-empty")
    return list(found.values())


def _columns(rows: list[Cells]) -> tuple[int, int, int]:
    """The row of the headings, and the columns of the item's number and of its outcome."""
    for place, row in enumerate(rows[:_HEAD_WITHIN]):
        heads = [_text(row, column).casefold() for column in range(len(row))]
        numbers = [i for i, head in enumerate(heads) if head in NUMBER_HEADS]
        outcomes = [i for i, head in enumerate(heads) if head in OUTCOME_HEADS]
        if len(numbers) == 1 and len(outcomes) == 1:
            return place, numbers[0], outcomes[0]
    raise SheetError("sheet-no-columns")


def _text(row: Cells, column: int) -> str:
    """A cell's words; a whole number that Excel made a float reads as the number."""
    value = row[column] if column < len(row) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())[:200] if value is not None else ""
