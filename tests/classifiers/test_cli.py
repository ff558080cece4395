"""The command line, as other programs meet it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from classifiers import Model
from classifiers.cli import main
from tests.classifiers.conftest import examples

Write = Callable[..., Path]
MEASURES = {
    *("n", "positives", "roc_auc", "average_precision", "brier", "ece", "macro_f1_at_half"),
    *("macro_f1", "precision", "recall", "flag_rate"),
}


def run(*arguments: object, stdin: str | bytes = "") -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def table(write_csv: Write) -> Path:
    rows = [
        [row.text, row.label, "dev" if number % 4 == 3 else "train", "en", f"g{row.label}"]
        for number, row in enumerate(examples())
    ]
    return write_csv("rows.csv", ["text", "label", "split", "lang", "group"], rows)


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> Path:
    model.save(tmp_path / "saved")
    return tmp_path / "saved"


def test_train_then_evaluate_gives_every_measure(table: Path, tmp_path: Path) -> None:
    trained = run("train", "--data", table, "--out", tmp_path / "m")
    measured = run(
        *("evaluate", "--model", tmp_path / "m", "--data", table, "--split", "dev", "--json")
    )

    assert trained.exit_code == 0, trained.output
    assert "90 rows, 30 positive" in trained.output
    report = json.loads(measured.stdout)
    assert report.keys() >= MEASURES | {"posts_per_second", "by_group", "by_lang"}
    assert report["n"] == 30
    assert report["promised"].keys() >= {"recall_at_least", "benign_rate_at_most"}
    assert report["by_group"]["g0"].keys() == MEASURES
    assert report["by_group"]["g0"]["roc_auc"] is None
    assert report["by_lang"]["en"]["roc_auc"] > 0.95


def test_train_writes_a_card_of_held_out_figures(table: Path, tmp_path: Path) -> None:
    result = run("train", "--data", table, "--out", tmp_path / "m", "--recall", "0.9", "--json")

    report = json.loads(result.stdout)
    text, page = (Path(name).read_text() for name in report["cards"])
    assert report["about"]["threshold"]["recall"] >= 0.9 > 0
    assert report["about"]["threshold"]["recall_at_least"] < 0.9
    for shown in (text, page):
        assert report["model_version"] in shown
        assert "a recall of 90.0%" in shown
        assert "folds" in shown
    assert "<svg" in page
    assert report["about"]["data_sha256"] in page


def test_train_without_a_card_writes_the_model_alone(table: Path, tmp_path: Path) -> None:
    run("train", "--data", table, "--out", tmp_path / "m", "--no-card")

    assert {path.suffix for path in (tmp_path / "m").iterdir()} == {".json", ".npz"}


def test_flags_a_day_become_a_threshold(table: Path, tmp_path: Path) -> None:
    result = run(
        *("train", "--data", table, "--out", tmp_path / "m"),
        *("--flags-per-day", "5", "--posts-per-day", "100", "--json"),
    )

    found = json.loads(result.stdout)["about"]["threshold"]
    assert found["goal"]["benign_rate"] == 0.05
    assert found["flags_per_day"] <= 5 < found["flags_per_day_at_most"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--flags-per-day", "5"], "go together"),
        (["--flags-per-day", "50", "--posts-per-day", "10"], "no rate from 0 to 1"),
        (
            ["--flags-per-day", "5", "--posts-per-day", "10", "--max-benign-rate", "0.1"],
            "say the same",
        ),
    ],
)
def test_targets_that_do_not_fit_together_are_refused(
    table: Path, tmp_path: Path, options: list[str], sentence: str
) -> None:
    result = run("train", "--data", table, "--out", tmp_path / "m", *options)

    assert result.exit_code == 2
    assert sentence in result.output


def test_several_tables_are_learnt_together(table: Path, write_csv: Write, tmp_path: Path) -> None:
    more = write_csv("more.csv", ["text", "label"], [["the ferry was late again", 0]])

    result = run("train", "--data", table, "--data", more, "--out", tmp_path / "m")

    assert "91 rows" in result.output


def test_target_recall_is_met_on_held_out_scores(table: Path, tmp_path: Path) -> None:
    run("train", "--data", table, "--out", tmp_path / "m", "--target-recall", "1")

    manifest = json.loads((tmp_path / "m" / "model.json").read_text())
    assert manifest["about"]["held_out"]["recall"] == 1


def test_evaluate_without_json_prints_a_table(table: Path, saved: Path) -> None:
    result = run("evaluate", "--model", saved, "--data", table)

    assert result.exit_code == 0
    assert "posts/s" in result.output
    assert "rows" in result.output
    assert "held-out positives: of further ones like them at least" in result.output


def test_any_column_can_be_sliced_by(saved: Path, write_csv: Write) -> None:
    path = write_csv("f.csv", ["text", "label", "kind"], [["abc", 0, "x"], ["abd", 1, "y"]])

    result = run("evaluate", "--model", saved, "--data", path, "--group-by", "kind", "--json")

    assert set(json.loads(result.stdout)["by_group"]) == {"x", "y"}


def test_predict_answers_line_by_line_and_goes_on_after_bad_ones(saved: Path) -> None:
    lines = (
        '{"text": "enlist in our brigade without delay"}\nnonsense\n\n{"text": 5}\n{"text": ""}\n'
    )

    result = run("predict", "--model", saved, stdin=lines)

    call, nonsense, number, empty = map(json.loads, result.stdout.splitlines())
    assert call["flagged"] is True
    assert call["reasons"][0].keys() == {"words", "weight"}
    assert call["harm"][0]["code"] == "RECRUIT"
    assert nonsense["error"].startswith("line 2 is not JSON")
    assert number["error"].startswith("line 4 is not an object")
    assert empty["readable"] is False
    assert empty["score"] == 0


def test_predict_survives_bytes_that_are_no_text(saved: Path) -> None:
    result = run("predict", "--model", saved, stdin=b'{"text": "\xff\xfe abc"}\n{"text": "a"}\n')

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["abc", "nan"]], "bad.csv, row 2, column label: 'nan'"),
        ([["abc", 1], ["ABC", 0]], "bad.csv, row 3, column label: the same text as bad.csv, row 2"),
        ([[f"text {number}", 1] for number in range(40)], "examples of both 0 and 1 are needed"),
        ([[f"text {number}", number % 2] for number in range(10)], "Too few examples"),
    ],
)
def test_bad_examples_end_with_code_2_and_a_sentence(
    write_csv: Write, tmp_path: Path, rows: list[list[object]], sentence: str
) -> None:
    path = write_csv("bad.csv", ["text", "label"], rows)

    result = run("train", "--data", path, "--out", tmp_path / "m")

    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())
    assert not (tmp_path / "m" / "model.json").exists()


def test_repeated_rows_are_reported_while_training_goes_on(
    table: Path, write_csv: Write, tmp_path: Path
) -> None:
    with table.open(newline="") as stream:
        rows = [row for row in csv.reader(stream) if row[2] == "train"]
    again = write_csv("again.csv", ["text", "label"], [rows[0][:2]])

    result = run("train", "--data", table, "--data", again, "--out", tmp_path / "m")

    assert result.exit_code == 0
    assert "1 repeated rows dropped, the first at again.csv, row 2." in result.output


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_missing_model_ends_with_code_2_and_what_to_do(
    command: str, table: Path, tmp_path: Path
) -> None:
    arguments = ["--data", table] if command == "evaluate" else []

    result = run(command, "--model", tmp_path / "none", *arguments)

    assert result.exit_code == 2
    assert "Train it again" in result.output


def test_train_without_anything_to_learn_from_says_so(tmp_path: Path) -> None:
    result = run("train", "--out", tmp_path / "m")

    assert result.exit_code == 2
    assert "give --data FILE or --seed" in result.output


def test_unknown_split_is_refused_with_those_found(table: Path, saved: Path) -> None:
    result = run("evaluate", "--model", saved, "--data", table, "--split", "probe")

    assert result.exit_code == 2
    assert "no row says probe (found: dev, train)" in " ".join(result.output.split())
