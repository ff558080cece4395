"""A licence keeps a corpus out of a model that may be shipped, unless the operator says so."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers import load
from classifiers.cli import main
from classifiers.corpora import load_catalogue
from classifiers.corpora.errors import LicenceError
from classifiers.corpora.licence import Shipping
from classifiers.corpora.provenance import facts, origins
from classifiers.table import Row, read_table
from tests.classifiers.conftest import examples

CATALOGUE = load_catalogue()


def rows_of(*corpora: str) -> list[Row]:
    return [Row("a", 0, corpus=name, file="r.csv", row=n) for n, name in enumerate(corpora, 2)]


def test_rows_that_name_no_corpus_are_nobody_elses() -> None:
    assert origins(rows_of("", ""), CATALOGUE) == []
    assert facts([]) == {}


def test_corpus_that_allows_it_is_recorded() -> None:
    (found,) = origins(rows_of("id-quran", "id-quran", ""), CATALOGUE)

    assert (found.corpus, found.rows, found.shipping) == ("id-quran", 2, Shipping.ALLOWED)
    assert facts([found])["may_ship"] is True


@pytest.mark.parametrize("name", ["id-hate-speech", "id-protest-tweets"])
def test_corpus_that_forbids_it_or_says_nothing_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(LicenceError, match=f"r.csv, row 3, column corpus: .*--allow-corpus {name}"):
        origins(rows_of("id-quran", name), CATALOGUE)


def test_operator_may_take_a_corpus_and_the_artefact_says_so() -> None:
    found = origins(rows_of("id-hate-speech", "id-quran"), CATALOGUE, ["id-hate-speech"])

    remembered = facts(found)
    assert remembered["may_ship"] is False
    assert remembered["corpora"][0]["licence"] == "CC-BY-NC-SA-4.0"


def test_corpus_to_measure_with_is_never_learnt_from() -> None:
    with pytest.raises(LicenceError, match="there to measure with"):
        origins(rows_of("en-hatecheck"), CATALOGUE, ["en-hatecheck"])


def test_corpus_that_is_not_in_the_catalogue_is_unknown() -> None:
    (found,) = origins(rows_of("our-channel"), CATALOGUE)

    assert (found.licence, found.shipping) == ("", Shipping.UNKNOWN)


def test_train_refuses_then_learns_and_remembers(
    write_csv: Callable[..., Path], tmp_path: Path
) -> None:
    cells = [[row.text, row.label, "id-hate-speech"] for row in examples(60)]
    table = write_csv("rows.csv", ["text", "label", "corpus"], cells)
    assert {row.corpus for row in read_table(table)} == {"id-hate-speech"}
    arguments = ["train", "--data", str(table), "--out", str(tmp_path / "m")]

    refused = CliRunner().invoke(main, arguments)
    taken = CliRunner().invoke(main, [*arguments, "--allow-corpus", "id-hate-speech"])

    assert refused.exit_code == 2
    assert "CC-BY-NC-SA-4.0" in refused.output
    assert taken.exit_code == 0, taken.output
    assert "may not be given away" in taken.output
    assert load(tmp_path / "m").about["may_ship"] is False
    assert "id-hate-speech (60 rows, CC-BY-NC-SA-4.0)" in (tmp_path / "m/card.html").read_text()
