"""The figures are counted on the changed rows, clean and perturbed alike."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from rich.console import Console

from classifiers import Model, Row
from classifiers.evasion import Kind, measure
from classifiers.evasion.commands import evasion
from classifiers.evasion.measuring import perturbed_texts
from classifiers.evasion.showing import as_json, show

POSITIVE = [Row("enlist with our brigade tonight", 1), Row("enlist with the fighters", 1)]
BENIGN = [Row("the harvest went well", 0), Row("a match report from the village", 0)]
ROWS = POSITIVE + BENIGN


class Plain:
    """Flags what holds the word "enlist", letter for letter."""

    version = "plain"
    threshold = 0.5
    sign = "enlist"

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        return np.array([float(self.sign in text) for text in texts])


class Suspicious(Plain):
    """Flags everything that is not plain ASCII."""

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        return np.array([float(not text.isascii()) for text in texts])


def test_a_model_that_reads_letter_for_letter_loses_all_recall() -> None:
    (outcome,) = measure(Plain(), ROWS, [Kind.STYLED], pairs=False).outcomes

    assert outcome.recall_clean is not None and outcome.recall_clean.value == 1
    assert outcome.recall is not None and outcome.recall.value == 0
    assert outcome.recall_kept is not None and outcome.recall_kept.value == 0
    assert not outcome.keeps_recall
    assert outcome.flags_no_more


def test_a_model_that_flags_strange_signs_is_found_out() -> None:
    (outcome,) = measure(Suspicious(), ROWS * 5, [Kind.STYLED], pairs=False).outcomes

    assert outcome.flag_rate is not None and outcome.flag_rate.value == 1
    assert outcome.newly_flagged == 10
    assert outcome.rise_p == pytest.approx(2**-10)
    assert not outcome.flags_no_more
    assert not outcome.rise_is_chance


def test_rows_that_a_kind_cannot_change_are_not_counted() -> None:
    rows = [*POSITIVE, Row("123", 1), Row("مرحبا بكم", 0)]

    (outcome,) = measure(Plain(), rows, [Kind.STYLED], pairs=False).outcomes

    assert outcome.recall is not None and outcome.recall.n == 2
    assert outcome.flag_rate is None


def test_every_pair_is_measured_once() -> None:
    kinds = [Kind.LEET, Kind.STYLED, Kind.SPACED]

    report = measure(Plain(), ROWS, kinds)

    assert [outcome.name for outcome in report.outcomes] == [
        *("leet", "styled", "spaced"),
        *("leet + styled", "leet + spaced", "styled + spaced"),
    ]


def test_the_same_seed_gives_the_same_report_whatever_else_is_measured() -> None:
    alone = measure(Plain(), ROWS, [Kind.LEET], pairs=False)
    among = measure(Plain(), ROWS, [Kind.LEET, Kind.DOTTED], pairs=False)

    assert among.outcomes[0] == alone.outcomes[0]
    assert (
        perturbed_texts(["enlist now"], [Kind.LEET], seed=1)[1]
        == (perturbed_texts(["enlist now"], [Kind.LEET], seed=1)[1])
    )


def test_no_rows_give_a_report_without_figures() -> None:
    (outcome,) = measure(Plain(), [], [Kind.LEET], pairs=False).outcomes

    assert outcome.recall is None
    assert outcome.recall_kept is None
    assert outcome.rise_is_chance


def test_table_names_what_missed_its_aim() -> None:
    console = Console(record=True, width=150)

    show(measure(Plain(), ROWS, [Kind.STYLED, Kind.EMOJI], pairs=False), console)

    assert "Recall below 90 % of the clean one: 2 of 2: styled, emoji." in console.export_text()


def test_json_holds_every_verdict() -> None:
    report = as_json(measure(Suspicious(), ROWS * 5, [Kind.STYLED], pairs=False))

    (outcome,) = json.loads(json.dumps(report, allow_nan=False))["outcomes"]
    assert outcome["rise_is_chance"] is False
    assert outcome["kinds"] == ["styled"]


def test_command_measures_a_saved_model(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    table = tmp_path / "rows.csv"
    lines = "".join(f"{row.text},{row.label}\n" for row in ROWS)
    table.write_text("text,label\n" + lines, encoding="utf-8")
    words = ["--model", str(tmp_path / "model"), "--data", str(table), "--kind", "zero_width"]

    done = CliRunner().invoke(evasion, [*words, "--json"])
    shown = CliRunner().invoke(evasion, words)

    assert done.exit_code == 0
    (outcome,) = json.loads(done.stdout)["outcomes"]
    assert outcome["recall"]["n"] == 2
    assert outcome["keeps_recall"] is True
    assert "zero_width" in shown.stdout


def test_command_refuses_a_folder_without_a_model(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    table.write_text("text,label\nsomething,1\n", encoding="utf-8")

    done = CliRunner().invoke(evasion, ["--model", str(tmp_path), "--data", str(table)])

    assert done.exit_code == 2
