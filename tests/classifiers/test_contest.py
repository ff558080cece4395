"""Candidate and champion meet on the same folds, neither on rows that it remembers."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers import Model, Row, TrainingError, fit, hold_contest, train
from classifiers.contest import Contest
from classifiers.held_out import held_out, prepare
from tests.classifiers.conftest import examples


def decisions(count: int = 40) -> list[Row]:
    """Rows of a kind that the examples do not hold: the words say nothing, one letter all."""
    return [
        Row(f"{'zq' if number % 2 else 'xw'}{number} kalimat nomor {number}", number % 2)
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def contest(model: Model) -> Contest:
    learnt = [row.text for row in examples()]
    return hold_contest(fit([*examples(), *decisions()]), model, learnt)


def test_candidate_scores_are_those_of_its_training_held_out(contest: Contest) -> None:
    trained = fit([*examples(), *decisions()])

    np.testing.assert_array_equal(contest.candidate, trained.held_out.scores)
    np.testing.assert_array_equal(contest.fold, trained.prepared.fold)


def test_champion_answers_itself_only_for_rows_it_never_saw(contest: Contest, model: Model) -> None:
    own = model.scores([row.text for row in contest.rows])

    assert contest.champion_refitted.sum() == len(examples())
    new = ~contest.champion_refitted
    np.testing.assert_array_equal(contest.champion[new], own[new])
    assert not np.allclose(contest.champion[~new], own[~new])


def test_rows_that_are_not_learnt_from_leave_the_scores_as_they_were() -> None:
    ready = prepare([*examples(), *decisions()])
    learnt = np.array([row.lang == "en" for row in ready.rows])
    other = replace(ready, positive=np.where(learnt, ready.positive, ~ready.positive))

    scores, again = (held_out(each, learnt).scores for each in (ready, other))

    np.testing.assert_array_equal(scores, again)


def test_without_a_list_of_its_rows_the_champion_answers_for_all(model: Model) -> None:
    found = hold_contest(fit(examples(60)), model)

    assert not found.champion_refitted.any()
    np.testing.assert_array_equal(found.champion, model.scores([row.text for row in found.rows]))


def test_a_held_out_score_does_not_know_its_own_row() -> None:
    """Among nonsense rows, nothing can be known: held-out scores rank no better than chance."""
    draws = np.random.default_rng(0)
    words = [f"{letter}{number}" for letter in "abcd" for number in range(50)]
    rows = [Row(" ".join(draws.choice(words, 12)), int(draws.random() < 0.5)) for _ in range(200)]

    trained = fit(rows)

    positive = trained.prepared.positive
    own = trained.model.scores([row.text for row in rows])
    assert _auc(own, positive) > 0.95
    assert _auc(trained.held_out.scores, positive) < 0.65


def _auc(scores: np.ndarray, positive: np.ndarray) -> float:
    return float(np.mean(scores[positive][:, None] > scores[~positive][None, :]))


def test_progress_of_a_contest_ends_at_one(model: Model) -> None:
    shares: list[float] = []

    learnt = [row.text for row in examples(60)]

    hold_contest(fit(examples(60)), model, learnt, shares.append)

    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_champion_that_learnt_from_too_little_is_refused_in_words(model: Model) -> None:
    trained = fit(examples(60))

    with pytest.raises(TrainingError, match="of one label once a fold is held out"):
        hold_contest(trained, model, [examples(60)[0].text])


def test_training_is_the_fitted_model(model: Model) -> None:
    assert train(examples()).version == model.version


def test_saved_contest_holds_both_models_scores_and_no_text(
    contest: Contest, tmp_path: Path
) -> None:
    contest.save(tmp_path / "contest.json")

    written = (tmp_path / "contest.json").read_text(encoding="utf-8")
    kept = json.loads(written)
    assert kept["candidate"] == contest.candidate.tolist()
    assert kept["champion_refitted"].count(True) == len(examples())
    assert len(kept["purpose"]) == len(kept["fold"]) == len(contest.rows)
    assert not any(row.text in written for row in contest.rows)
