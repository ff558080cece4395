"""Tables of examples: CSV files read into rows, with errors that name file, row and column."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifiers.codes import HARM_CODES, PURPOSE_CODES
from classifiers.errors import TableError

LABELS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1}
LONGEST_CELL = 10_000_000  # signs; the csv module refuses cells above 131,072 by default


@dataclass(frozen=True)
class Row:
    """One example. label: 1 propaganda, 0 benign; row: its number in the file, header = 1.

    split, lang, group, pair, name (column id), style and corpus (its name in the catalogue of
    corpora) are "" and harm () and purpose None where the file has none.
    """

    text: str
    label: int
    split: str = ""
    lang: str = ""
    group: str = ""
    harm: tuple[str, ...] = ()
    purpose: str | None = None
    pair: str = ""
    name: str = ""
    style: str = ""
    corpus: str = ""
    file: str = ""
    row: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of both axes."""
        return (*self.harm, self.purpose) if self.purpose else self.harm

    @property
    def place(self) -> str:
        return f"{self.file}, row {self.row}"


def read_table(
    path: Path, extra_columns: Sequence[str] = (), group_column: str = "group"
) -> list[Row]:
    """All rows of a CSV file with at least the columns text, label and the extra ones.

    group_column: where a row's `group` is read from.
    Raises TableError, which names the place, for anything that is not such a file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(_rows(path, stream, extra_columns, group_column))
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path.name} is not UTF-8 (byte {error.start}): save it as CSV in UTF-8."
        ) from error
    except (OSError, csv.Error) as error:
        raise TableError(f"{path.name} cannot be read: {error}.") from error
    if not rows:
        raise TableError(f"{path.name} holds no rows below its header.")
    return rows


def columns_of(path: Path) -> list[str]:
    """The header of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [name.strip() for name in next(csv.reader(stream), [])]


def _rows(
    path: Path, stream: Iterable[str], extra_columns: Sequence[str], group_column: str
) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(stream)
    header = [name.strip() for name in next(reader, [])]
    _check_header(path.name, header, ["text", "label", *extra_columns])
    for number, cells in enumerate(reader, start=2):
        if cells:
            yield _row(path.name, number, header, cells, group_column)


def _check_header(file: str, header: list[str], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in header]
    if missing:
        for sign, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if len(header) == 1 and sign in header[0]:
                raise TableError(
                    f"{file}, row 1: the columns are separated by {name}; commas are needed."
                )
        found = ", ".join(header) if header else "nothing"
        raise TableError(f"{file}, row 1: column {missing[0]} is missing (found: {found}).")
    doubled = {name for name in header if name and header.count(name) > 1}
    if doubled:
        raise TableError(f"{file}, row 1: column {min(doubled)} appears twice.")


def _row(file: str, number: int, header: list[str], cells: list[str], group_column: str) -> Row:
    place = f"{file}, row {number}"
    if len(cells) != len(header):
        raise TableError(
            f"{place}: {len(cells)} cells where the header has {len(header)}; "
            "a text with a comma or a line end needs quotes."
        )
    values = dict(zip(header, cells, strict=True))
    row = Row(
        text=values["text"],
        label=_label(place, values["label"]),
        split=values.get("split", "").strip(),
        lang=values.get("lang", "").strip(),
        group=values.get(group_column, "").strip(),
        harm=_codes(place, "harm", values.get("harm", ""), HARM_CODES),
        purpose=next(
            iter(_codes(place, "purpose", values.get("purpose", ""), PURPOSE_CODES)), None
        ),
        pair=values.get("pair", "").strip(),
        name=values.get("id", "").strip(),
        style=values.get("style", "").strip(),
        corpus=values.get("corpus", "").strip(),
        file=file,
        row=number,
    )
    _check_axis(row)
    return row


def _check_axis(row: Row) -> None:
    """A harm code says why a row is positive, a purpose code why it is not: never both."""
    if row.harm and not row.label:
        raise TableError(f"{row.place}, column harm: a benign row has a harm code.")
    if row.purpose and row.label:
        raise TableError(f"{row.place}, column purpose: a positive row has a purpose code.")


def _label(place: str, cell: str) -> int:
    label = LABELS.get(cell.strip())
    if label is None:
        raise TableError(f"{place}, column label: {cell.strip()[:40]!r} is neither 0 nor 1.")
    return label


def _codes(place: str, column: str, cell: str, allowed: Sequence[str]) -> tuple[str, ...]:
    codes = tuple(code.strip() for code in cell.split("|") if code.strip())
    for code in codes:
        if code not in allowed:
            raise TableError(
                f"{place}, column {column}: unknown code {code[:40]!r}; "
                f"known are {', '.join(allowed)}."
            )
    return codes


def training_rows(paths: Sequence[Path]) -> list[Row]:
    """The rows to fit on: those of split `train`, or all rows of a file without such a column."""
    chosen: list[Row] = []
    for path in paths:
        rows = read_table(path)
        if "split" in columns_of(path):
            rows = _of_split(path, rows, "train")
        chosen.extend(rows)
    return chosen


def evaluation_rows(path: Path, split: str | None, group_column: str = "group") -> list[Row]:
    """The rows to measure on: all, or those of one split."""
    needed = [] if split is None else ["split"]
    if group_column != "group":
        needed.append(group_column)
    rows = read_table(path, needed, group_column)
    if split is None:
        return rows
    return _of_split(path, rows, split)


def _of_split(path: Path, rows: list[Row], split: str) -> list[Row]:
    chosen = [row for row in rows if row.split == split]
    if not chosen:
        found = ", ".join(sorted({row.split or "(empty)" for row in rows}))
        raise TableError(f"{path.name}, column split: no row says {split} (found: {found}).")
    return chosen


def without_repeats(rows: Sequence[Row], say: Callable[[str], None]) -> list[Row]:
    """Rows with each text once; says how many were dropped.

    Two texts are the same when they differ in blanks and case only. Raises TableError where the
    same text carries both labels: only a person can tell which is right.
    """
    first: dict[str, Row] = {}
    repeats: list[Row] = []
    for row in rows:
        known = first.setdefault(" ".join(row.text.casefold().split()), row)
        if known is row:
            continue
        if known.label != row.label:
            raise TableError(
                f"{row.place}, column label: the same text as {known.place}, but labelled "
                f"{row.label} instead of {known.label}. Correct or remove one of them."
            )
        repeats.append(row)
    if repeats:
        say(f"{len(repeats)} repeated rows dropped, the first at {repeats[0].place}.")
    return list(first.values())


def data_hash(rows: Sequence[Row]) -> str:
    """SHA-256 over what training looks at, whatever the order of the rows."""
    lines = sorted(
        "\x1f".join([row.text, str(row.label), "|".join(row.harm), row.purpose or "", row.pair])
        for row in rows
    )
    return hashlib.sha256("\x1e".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
