"""The shipped examples, their rules, and the model that is trained from them where it runs."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers import Model, Row, TableError, evaluate, load, seed_model
from classifiers.cli import main
from classifiers.seed import seed_rows
from classifiers.seed_check import FUNCTIONAL_SUITE, check_seed
from classifiers.table import evaluation_rows
from tests.classifiers.conftest import examples


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return seed_rows()


def test_seed_model_is_trained_once_and_then_loaded(seeded: Model, seed_directory: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in seed_directory.iterdir()}
    said: list[str] = []

    again = seed_model(seed_directory, said.append)

    assert again.version == seeded.version
    assert said == []
    assert {path.name: path.stat().st_mtime_ns for path in seed_directory.iterdir()} == before


@pytest.mark.parametrize("damage", ["manifest", "schema", "arrays"])
def test_damaged_seed_model_is_trained_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr("classifiers.seed.seed_rows", examples)
    whole = seed_model(tmp_path)
    manifest = tmp_path / "model.json"
    if damage == "arrays":
        next(tmp_path.glob("*.npz")).write_bytes(b"junk")
    else:
        manifest.write_text('{"schema": 99}' if damage == "schema" else "{")
    said: list[str] = []

    model = seed_model(tmp_path, said.append)

    assert model.version == whole.version == load(tmp_path).version
    assert len(said) == 2


def test_model_of_other_examples_is_replaced_by_the_seed_model(
    seeded: Model, seed_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(seed_directory).save(tmp_path)
    monkeypatch.setattr("classifiers.seed.seed_rows", examples)

    model = seed_model(tmp_path)

    assert model.version != seeded.version
    assert load(tmp_path).version == model.version


def test_artefact_of_the_seed_model_is_small(seeded: Model, seed_directory: Path) -> None:
    assert sum(path.stat().st_size for path in seed_directory.iterdir()) < 20_000_000


def test_seed_model_tells_the_functional_cases_apart(seeded: Model) -> None:
    cases = evaluation_rows(FUNCTIONAL_SUITE, None, "functionality")

    report = evaluate(seeded, cases)

    assert report["roc_auc"] > 0.9
    assert report["recall"] > 0.6
    benign = evaluate(seeded, [case for case in cases if not case.label])
    assert benign["flag_rate"] < 0.06
    assert len(report["by_group"]) > 20


def test_every_harm_and_purpose_code_is_learnt(seeded: Model) -> None:
    assert len(seeded.heads.codes) == 17


@pytest.mark.parametrize(
    ("text", "readable"), [("", False), ("🎉🎉", False), ("selamat pagi", True)]
)
def test_seed_model_reads_what_can_be_read(seeded: Model, text: str, readable: bool) -> None:
    assert seeded.predict([text])[0].readable is readable


def test_shipped_examples_keep_every_rule(rows: list[Row]) -> None:
    assert check_seed(rows).findings == ()


def test_each_broken_rule_is_found_and_named(rows: list[Row]) -> None:
    paired = next(row for row in rows if row.pair)
    other = next(row for row in rows if row.text != paired.text and not row.pair)
    case = evaluation_rows(FUNCTIONAL_SUITE, None)[0]
    broken = [
        *(row for row in rows if row.lang != "ms" and row is not paired),
        replace(other, name="id-new-1", lang="id"),
        replace(case, name="id-new-2", lang="id", harm=(), purpose=None, style="odd"),
        replace(rows[5], name=rows[6].name, text="an unlike line", lang=rows[6].lang),
    ]

    findings = " ".join(check_seed(broken).findings)

    assert "ms: 0 lines; at least 150 are needed" in findings
    assert f"pair {paired.pair}: 1 lines with labels" in findings
    assert "nearly the same text as" in findings
    assert "which is a test" in findings
    assert "a code is missing" in findings
    assert "'odd' is none of informal" in findings
    assert "is taken by" in findings


def test_one_sided_language_is_found(rows: list[Row]) -> None:
    findings = check_seed([row for row in rows if row.label], None).findings

    assert "en: 0% of the lines are benign; 60% needed." in findings
    assert "id: no line has the code NEWS." in findings
    assert "ar: no line of label 0 is formal." in findings


def test_check_seed_command_prints_counts_and_succeeds() -> None:
    table = CliRunner().invoke(main, ["check-seed"])
    plain = CliRunner().invoke(main, ["check-seed", "--json"])

    assert table.exit_code == plain.exit_code == 0
    assert "Every rule is kept." in table.output
    assert json.loads(plain.stdout)["lines"]["id"]["lines"] >= 600


def test_missing_seed_corpus_is_said(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="installation is incomplete"):
        seed_rows(tmp_path)


def test_train_seed_command_makes_the_seed_model(seeded: Model, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["train", "--seed", "--out", str(tmp_path / "m")])

    assert result.exit_code == 0, result.output
    assert load(tmp_path / "m").version == seeded.version
