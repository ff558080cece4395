"""Files as publishers lay them out become rows of text and label; anything else is refused."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from classifiers.corpora.conversion import Example, convert, examples
from classifiers.corpora.corpus import Columns, CorpusFile
from classifiers.corpora.errors import CorpusError

CSV = Columns("csv", "line", label="kind", positive=("bad", "worse"), group="source")


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "rows"
    path.write_bytes(text.encode(encoding))
    return path


def test_cells_named_as_positive_are_1_and_all_others_0(tmp_path):
    path = written(tmp_path, 'kind,line,source\nbad,"a, b",web\nworse,c,web\nfine,d,tv\n,e,tv\n')

    assert list(examples(path, CSV)) == [
        Example("a, b", 1, "web"),
        Example("c", 1, "web"),
        Example("d", 0, "tv"),
        Example("e", 0, "tv"),
    ]


def test_a_corpus_without_a_label_column_is_all_0(tmp_path):
    path = written(tmp_path, "kind,line\nbad,a\n")

    assert list(examples(path, Columns("csv", "line"))) == [Example("a", 0)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path, encoding):
    path = written(tmp_path, "line\nà\n", encoding)

    assert list(examples(path, Columns("csv", "line"))) == [Example("à", 0)]


def test_another_encoding_is_read_as_the_catalogue_says(tmp_path):
    path = written(tmp_path, "line\ncafé\n", "latin-1")

    assert list(examples(path, Columns("csv", "line", encoding="latin-1"))) == [Example("café", 0)]


def test_tabs_without_a_header_are_numbered_and_quotes_are_letters(tmp_path):
    path = written(tmp_path, 'he said "no\tneutral\n"yes\tpositive\n')
    columns = Columns("tsv", "1", group="2", header=False)

    assert list(examples(path, columns)) == [
        Example('he said "no', 0, "neutral"),
        Example('"yes', 0, "positive"),
    ]


def test_words_up_to_a_blank_line_are_one_sentence(tmp_path):
    path = written(tmp_path, "The\tDT\r\nharvest\tNN\r\n\r\n\r\nRain\tNN\n")
    columns = Columns("tokens", "1", header=False)

    assert list(examples(path, columns)) == [Example("The harvest", 0), Example("Rain", 0)]


def test_a_star_stands_for_each_entry_of_objects_and_lists(tmp_path):
    chapters = {"7": {"text": {"1": "x"}, "translations": {"id": {"text": {"1": "a", "2": "b"}}}}}
    path = written(tmp_path, json.dumps(chapters))
    books = written_list(tmp_path, [{"id": "c", "arab": "y"}, {"id": "d", "arab": "z"}])

    assert [e.text for e in examples(path, Columns("json", "*.translations.id.text.*"))] == [
        "a",
        "b",
    ]
    assert [e.text for e in examples(path, Columns("json", "*.text.*"))] == ["x"]
    assert [e.text for e in examples(books, Columns("json", "*.arab"))] == ["y", "z"]


def written_list(folder: Path, books: list[dict[str, str]]) -> Path:
    path = folder / "books"
    path.write_text(json.dumps(books), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("kind,words\nbad,a\n", CSV),
        ("", CSV),
        ("kind,line,source\nbad\n", CSV),
        ("kind,line,source\nbad,\udcff,web\n", CSV),
        ("{", Columns("json", "*.id")),
        ('[{"arab": "x"}]', Columns("json", "*.id")),
        ('[{"id": 5}]', Columns("json", "*.id")),
        ('"text"', Columns("json", "*.id")),
        ("word\n", Columns("tokens", "2", header=False)),
    ],
)
def test_a_file_that_is_not_as_described_is_refused_by_name(tmp_path, text, columns):
    path = tmp_path / "rows"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(CorpusError, match="rows is not as the catalogue describes it"):
        list(examples(path, columns))


@pytest.fixture
def fetched(corpus, tmp_path):
    """A corpus of two files that lie in tmp_path, the second for testing."""
    files = []
    for split, text in (
        ("train", "kind,line,who\nbad,a,Ann\nfine, ,Ben\n"),
        ("test", "line,kind\nb,x\n"),
    ):
        path = tmp_path / corpus.name / f"{split}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        files.append(CorpusFile(path.name, path.name, None, sha256, split))
    columns = Columns("csv", "line", label="kind", positive=("bad",))
    return replace(corpus, files=tuple(files), columns=columns)


def test_only_text_and_label_leave_the_file_under_the_name_of_the_corpus(fetched, tmp_path):
    out = tmp_path / "out.csv"

    done = convert(fetched, tmp_path, out)

    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows == [
        ["text", "label", "split", "lang", "group", "corpus"],
        ["a", "1", "train", "en", "", "harvest"],
        ["b", "0", "test", "en", "", "harvest"],
    ]
    assert (done.rows, done.positives, done.empty) == (2, 1, 1)


def test_a_file_with_a_wrong_checksum_is_not_converted(fetched, tmp_path):
    (tmp_path / fetched.name / "test.csv").write_text("line,kind\nc,x\n")

    with pytest.raises(CorpusError, match="is wrong"):
        convert(fetched, tmp_path, tmp_path / "out.csv")


def test_a_file_that_breaks_half_way_leaves_an_older_table_as_it_was(fetched, tmp_path):
    out = tmp_path / "tables" / "out.csv"
    out.parent.mkdir()
    out.write_text("older")
    columns = replace(fetched.columns, text="who")  # only the first file has it

    with pytest.raises(CorpusError, match=r"test\.csv"):
        convert(replace(fetched, columns=columns), tmp_path, out)

    assert [(path.name, path.read_text()) for path in out.parent.iterdir()] == [
        ("out.csv", "older")
    ]


def test_a_failure_does_not_delete_an_empty_folder_it_did_not_make(fetched, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()

    with pytest.raises(CorpusError):
        convert(
            replace(fetched, columns=replace(fetched.columns, text="x")), tmp_path, folder / "o"
        )

    assert folder.is_dir()
    assert list(folder.iterdir()) == []


def test_a_corpus_of_unknown_columns_is_not_converted(corpus, tmp_path):
    with pytest.raises(CorpusError, match="not known"):
        convert(corpus, tmp_path, tmp_path / "out.csv")
