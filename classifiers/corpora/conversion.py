"""The files of a corpus as the table that training and evaluation read.

Only text, label and group are taken over: what else a file says of people stays behind.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from classifiers.corpora.checking import State, check
from classifiers.corpora.corpus import Columns, Corpus
from classifiers.corpora.errors import CorpusError
from classifiers.corpora.fetching import unfinished
from classifiers.table import LONGEST_CELL

# The corpus goes with each row, so that its licence is known wherever the rows are taken.
HEADER = ("text", "label", "split", "lang", "group", "corpus")


@dataclass(frozen=True)
class Example:
    """label: 1 positive, 0 not; group: "" where the corpus has none."""

    text: str
    label: int
    group: str = ""


@dataclass(frozen=True)
class Converted:
    rows: int
    positives: int
    empty: int


def convert(corpus: Corpus, folder: Path, out: Path) -> Converted:
    """Write all rows of a fetched corpus to a CSV file in UTF-8 with the columns of HEADER.

    Rows without text are counted and left out. Raises CorpusError where a file is missing, has
    the wrong checksum or does not have the columns of the catalogue; then nothing is written.
    """
    columns = _usable(corpus, folder)
    lang = corpus.languages[0] if len(corpus.languages) == 1 else ""
    rows = positives = empty = 0
    with unfinished(out) as part:
        with part.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)
            for file in corpus.files:
                for example in examples(corpus.local(folder, file), columns):
                    if not example.text.strip():
                        empty += 1
                        continue
                    rows, positives = rows + 1, positives + example.label
                    of_file = (file.split, lang, example.group, corpus.name)
                    writer.writerow((example.text, example.label, *of_file))
        part.replace(out)
    return Converted(rows, positives, empty)


def _usable(corpus: Corpus, folder: Path) -> Columns:
    if corpus.columns is None or not corpus.files:
        raise CorpusError(f"{corpus.name}: its files or their columns are not known.")
    for finding in check([corpus], folder):
        if finding.state not in {State.FINE, State.NOT_PINNED}:
            raise CorpusError(f"{finding.path} is {finding.state}: fetch {corpus.name} first.")
    return corpus.columns


def examples(path: Path, columns: Columns) -> Iterator[Example]:
    """The rows of one file, empty texts included. Raises CorpusError, which names the file."""
    try:
        with path.open(encoding=columns.encoding, newline="") as stream:
            if columns.format == "json":
                for text in _at(json.load(stream), columns.text.split(".")):
                    yield Example(text, 0)
            elif columns.format == "tokens":
                yield from _sentences(stream, int(columns.text))
            else:
                yield from _cells(stream, columns)
    except (ValueError, LookupError, TypeError, csv.Error) as error:
        raise CorpusError(f"{path} is not as the catalogue describes it: {error!r}.") from error


def _at(value: object, steps: list[str]) -> Iterator[str]:
    """The texts at a path; * stands for each entry of an object or list."""
    if not steps:
        if not isinstance(value, str):
            raise TypeError(f"{value!r:.40} where a text was expected")
        yield value
        return
    entries = value if isinstance(value, dict) else dict(enumerate(_as_list(value)))
    for entry in entries.values() if steps[0] == "*" else (entries[steps[0]],):
        yield from _at(entry, steps[1:])


def _as_list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    raise TypeError(f"{value!r:.40} where a list was expected")


def _sentences(lines: Iterable[str], column: int) -> Iterator[Example]:
    """Words up to a blank line, joined with blanks. column: of the word, from 1."""
    words: list[str] = []
    for line in lines:
        if cells := line.strip("\r\n"):
            words.append(cells.split("\t")[column - 1])
        elif words:
            yield Example(" ".join(words), 0)
            words = []
    if words:
        yield Example(" ".join(words), 0)


def _cells(lines: Iterable[str], columns: Columns) -> Iterator[Example]:
    csv.field_size_limit(LONGEST_CELL)
    tabs = columns.format == "tsv"
    reader = csv.reader(
        lines,
        delimiter="\t" if tabs else ",",
        quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
    )
    header = next(reader, []) if columns.header else None
    text = _index(columns.text, header)
    label = _index(columns.label, header) if columns.label else None
    group = _index(columns.group, header) if columns.group else None
    for cells in reader:
        if cells:
            yield Example(
                text=cells[text],
                label=int(label is not None and cells[label].strip() in columns.positive),
                group="" if group is None else cells[group].strip(),
            )


def _index(column: str, header: list[str] | None) -> int:
    """Raises ValueError where the header has no such column."""
    return int(column) - 1 if header is None else header.index(column)
