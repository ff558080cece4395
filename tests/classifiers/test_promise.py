"""A threshold is chosen from held-out scores, and its bound covers what comes after."""

import numpy as np
import pytest

from classifiers.calibration import Goal, choose_threshold
from classifiers.promise import promise, sentences


def test_bound_on_recall_is_below_it_and_rises_with_the_rows() -> None:
    few, many = (
        promise(np.linspace(0.01, 1, n), np.arange(n) % 2 == 0, 0.2, Goal()) for n in (40, 4000)
    )

    assert few.missed.upper > many.missed.upper > many.missed.value


def test_bound_on_recall_covers_the_truth_in_95_of_100_draws() -> None:
    """The threshold is read off the same scores; the true recall of a uniform score is known."""
    draws = np.random.default_rng(1)
    covered = []
    for _ in range(1000):
        scores = draws.random(200)
        positive = np.arange(200) < 100
        threshold = choose_threshold(scores, positive, Goal(recall=0.8))
        found = promise(scores, positive, threshold, Goal(recall=0.8)).facts()
        covered.append(found["recall_at_least"] <= 1 - threshold)

    assert 0.93 <= np.mean(covered) <= 0.97


def test_bound_on_flags_covers_the_truth_in_95_of_100_draws() -> None:
    draws = np.random.default_rng(2)
    goal = Goal.flags_per_day(50, 1000)
    covered = []
    for _ in range(1000):
        scores = draws.random(400)
        positive = np.arange(400) < 20
        threshold = choose_threshold(scores, positive, goal)
        found = promise(scores, positive, threshold, goal).facts()
        covered.append(found["flags_per_day_at_most"] >= 1000 * (1 - threshold))

    assert 0.93 <= np.mean(covered) <= 0.97


@pytest.mark.parametrize(("flags", "posts"), [(0, 10), (11, 10), (-1, 10)])
def test_flags_that_are_no_share_of_the_posts_are_refused(flags: float, posts: int) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        Goal.flags_per_day(flags, posts)


def test_sentences_name_the_target_and_round_towards_the_truth() -> None:
    scores = np.concatenate([np.full(29, 0.9), [0.1], np.full(30, 0.1)])
    positive = np.arange(60) < 30
    goal = Goal.flags_per_day(2, 100, recall=0.9)

    said = " ".join(sentences(promise(scores, positive, 0.5, goal).facts()))

    assert "a recall of 90.0% and flagging 2.00% of benign posts at most" in said
    assert "at least 85.1 %" in said  # 0.8514
    assert "at most 9.6 %" in said  # 0.0951
    assert "100 posts a day" in said


def test_threshold_chosen_for_macro_f1_is_said_to_have_a_kind_bound() -> None:
    found = promise(np.array([0.1, 0.9]), np.array([False, True]), 0.5, Goal())

    assert "a little too kind" in sentences(found.facts())[-1]
