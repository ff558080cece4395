"""Names and links of channels in what somebody pastes, or in a text or CSV file.

Nothing is guessed: what could be words around the names is answered as no name.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from bot.domain.adding import LONGEST_LINE, MOST_LINES
from bot.domain.errors import NameListError

_MARKED = re.compile(
    r"(?:<|\()?(?:@|\+|(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/).*", re.I
)
# The likeliest to hold a public name first: beside a link, a name is a title.
_HEADINGS = (
    *("username", "handle", "link", "url", "tautan"),
    *("channel", "channels", "kanal", "name", "nama"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_ROW = 100_000  # characters; no list of names has such a line
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def names_pasted(text: str) -> list[str]:
    """One entry for each name or link, and one for each stretch of words that holds none.

    A bare name counts where it stands alone between commas or line breaks.
    """
    cells = (cell.strip() for line in text.splitlines() for cell in re.split(r"[,;\t]", line))
    return [name[:LONGEST_LINE] for cell in cells if cell for name in _in_cell(cell)]


def names_in_command(words: Sequence[str]) -> list[str]:
    """One entry a word; beside names with @ and links, the other words are one that is no name."""
    marked = [word for word in words if _MARKED.fullmatch(word)]
    others = [word for word in words if not _MARKED.fullmatch(word)]
    named = [*marked, f"“{' '.join(others)}”"] if marked and others else list(words)
    return [name[:LONGEST_LINE] for name in named]


def _in_cell(cell: str) -> list[str]:
    return [word for word in cell.split() if _MARKED.fullmatch(word)] or [cell]


def names_in_file(content: bytes) -> list[str]:
    """One entry a line of a text file, or a row of a CSV file; several where a line holds several.

    In a table the column is found by its heading (channel, username, link ...). Without one, cells
    that begin with @ or are links count, and a row without any is one entry that is no name.
    Raises NameListError for what is no text, holds nothing, or more than 10,000 entries.
    """
    text = _decoded(content)
    found = list(_rows(text))
    if not found:
        raise NameListError("empty")
    if len(found) > MOST_LINES:
        raise NameListError("too_many")
    return [name[:LONGEST_LINE] for name in found]


def _decoded(content: bytes) -> str:
    encoding = next((name for bom, name in _BOMS.items() if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # names are ASCII; notes beside them need not be right
    if _CONTROL.search(text) or any(len(line) > _LONGEST_ROW for line in text.splitlines()):
        raise NameListError("no_text")
    return text


def _rows(text: str) -> Iterator[str]:
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    if not first.count(delimiter):
        yield from _single(text)
        return
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise NameListError("no_text") from error
    rows = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if rows:
        yield from _table(rows)


def _single(text: str) -> Iterator[str]:
    """Lines; a heading over them is left out."""
    for place, line in enumerate(line.strip() for line in text.splitlines() if line.strip()):
        if place or line.lower() not in _HEADINGS:
            yield from _in_cell(line)


def _table(rows: list[list[str]]) -> Iterator[str]:
    headings = [cell.lower() for cell in rows[0]]
    column = next((headings.index(name) for name in _HEADINGS if name in headings), None)
    if column is not None:
        for row in rows[1:]:
            yield (row[column] if column < len(row) else "") or ", ".join(row)
        return
    for row in rows:
        yield from [cell for cell in row if _MARKED.fullmatch(cell)] or [", ".join(row)]
