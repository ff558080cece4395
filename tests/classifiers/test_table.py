"""A bad table is refused with a sentence that names file, row and column."""

from collections.abc import Callable
from pathlib import Path

import pytest

from classifiers import Row, TableError
from classifiers.table import read_table, training_rows, without_repeats

Write = Callable[..., Path]


def silent(sentence: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "column text is missing"),
        ("text,label\n", "holds no rows"),
        ("text;label\nabc;1\n", "separated by semicolons"),
        ("text\tlabel\nabc\t1\n", "separated by tabs"),
        ("text,class\nabc,1\n", "t.csv, row 1: column label is missing (found: text, class)"),
        ("text,label,label\nabc,1,1\n", "column label appears twice"),
        ("text,label\nabc,1\nabd,nan\n", "t.csv, row 3, column label: 'nan' is neither 0 nor 1"),
        ("text,label\nabc,\n", "t.csv, row 2, column label: '' is neither"),
        ("text,label\nabc,2\n", "'2' is neither 0 nor 1"),
        ("text,label\na, b,1\n", "t.csv, row 2: 3 cells where the header has 2"),
        ("text,label\nabc\n", "t.csv, row 2: 1 cells"),
        ("text,label,harm\nabc,1,THREAT|BOO\n", "row 2, column harm: unknown code 'BOO'"),
        ("text,label,purpose\nabc,0,news\n", "column purpose: unknown code 'news'"),
        ("text,label,harm\nabc,0,THREAT\n", "row 2, column harm: a benign row has a harm code"),
        ("text,label,purpose\nabc,1,NEWS\n", "row 2, column purpose: a positive row has a purpose"),
    ],
)
def test_bad_table_is_refused_with_its_place(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(TableError) as refused:
        read_table(path)

    assert sentence in str(refused.value)


def test_other_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("text,label\nпривет,1\n".encode("cp1251"))

    with pytest.raises(TableError, match=r"t\.csv is not UTF-8"):
        read_table(path)


def test_byte_order_mark_line_ends_in_cells_and_codes_are_read(write_csv: Write) -> None:
    path = write_csv(
        "t.csv",
        ["text", "label", "harm", "lang", "group"],
        [["one\ntwo", 1, "THREAT|INCITE", "id", "g"], ["three", "0.0", "", "en", ""]],
    )
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    first, second = read_table(path)

    assert (first.text, first.label, first.harm, first.row) == (
        *("one\ntwo", 1, ("THREAT", "INCITE"), 2),
    )
    assert (second.label, second.lang, second.row) == (0, "en", 3)


def test_only_train_rows_are_learnt_where_there_is_a_split(write_csv: Write) -> None:
    split = write_csv(
        "a.csv", ["text", "label", "split"], [["a", 1, "train"], ["b", 0, "dev"], ["c", 0, "probe"]]
    )
    whole = write_csv("b.csv", ["text", "label"], [["d", 1]])

    assert [row.text for row in training_rows([split, whole])] == ["a", "d"]


def test_split_without_train_rows_is_refused_with_what_was_found(write_csv: Write) -> None:
    path = write_csv("a.csv", ["text", "label", "split"], [["a", 1, "dev"], ["b", 0, ""]])

    with pytest.raises(TableError, match=r"no row says train \(found: \(empty\), dev\)"):
        training_rows([path])


def test_repeated_rows_are_dropped_and_counted() -> None:
    said: list[str] = []
    rows = [Row("Same  text", 1, file="a.csv", row=2), Row("same text", 1, file="a.csv", row=3)]

    assert without_repeats(rows, said.append) == rows[:1]
    assert said == ["1 repeated rows dropped, the first at a.csv, row 3."]


def test_contradictory_rows_are_both_named() -> None:
    rows = [Row("same", 1, file="a.csv", row=2), Row("Same", 0, file="b.csv", row=9)]

    with pytest.raises(TableError) as refused:
        without_repeats(rows, silent)

    assert "b.csv, row 9, column label: the same text as a.csv, row 2" in str(refused.value)
