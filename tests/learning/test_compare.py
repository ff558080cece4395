"""Candidate against champion on the frozen set."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from bot.domain.codes import PurposeCode
from bot.domain.learning import (
    WATCHED_PURPOSES,
    Comparison,
    Difference,
    FlagRate,
    Meeting,
)
from bot.services import learn_compare
from bot.services.learn_compare import (
    FrozenRow,
    Scores,
    compare,
    contest_scores,
    frozen_rows,
    frozen_scores,
)

NEWS, FAITH = PurposeCode.NEWS, PurposeCode.FAITH


class FixedModel:
    """Scores texts by a list; everything else of a model is not asked for."""

    def __init__(self, scores: "list[float] | np.ndarray", threshold: float = 0.5) -> None:
        self.version = f"fixed-{id(self)}"
        self.threshold = threshold
        self._scores = np.array(scores, dtype=float)

    def scores(self, texts: list[str]) -> np.ndarray:
        assert len(texts) == len(self._scores)
        return self._scores


def rows(propaganda: int, **benign: int) -> list[FrozenRow]:
    found = [FrozenRow("p", True, None) for _ in range(propaganda)]
    for name, count in benign.items():
        found += [FrozenRow("b", False, PurposeCode(name)) for _ in range(count)]
    return found


EQUAL = Scores(np.array([True, False]), [None, None], np.array([0.9, 0.1]), np.array([0.9, 0.1]))
SAME = Difference(0.9, 0.9, 0.0, 0.0)


def meeting(*rates: FlagRate, precision: Difference = SAME, brier: Difference = SAME) -> Meeting:
    return Meeting(1000, 500, precision, brier, 0.8, 0.8, rates)


def comparison(frozen: Meeting | None = None, folds: Meeting | None = None) -> Comparison:
    """Of two models that are alike where nothing else is said."""
    return Comparison("a", "b", frozen or meeting(), folds or meeting(), 0.05)


def of_models(
    candidate: FixedModel, champion: FixedModel, on: list[FrozenRow], folds: Scores = EQUAL
) -> Comparison:
    said = frozen_scores(candidate, champion, on)  # type: ignore[arg-type]
    return compare(candidate, champion, said, folds, 0.05)  # type: ignore[arg-type]


def compared(candidate: list[float], champion: list[float], on: list[FrozenRow]) -> Comparison:
    return of_models(FixedModel(candidate), FixedModel(champion), on)


def test_frozen_set_is_the_functional_suite_with_each_watched_purpose() -> None:
    found = frozen_rows()

    assert len(found) >= 400
    assert 0.4 < sum(row.is_propaganda for row in found) / len(found) < 0.6
    for purpose in WATCHED_PURPOSES:
        assert sum(row.purpose is purpose for row in found) >= 10
    assert not any(row.is_propaganda and row.purpose for row in found)


def test_frozen_set_is_read_from_the_package_and_nowhere_else() -> None:
    assert learn_compare.FROZEN_SET.parts[-3:] == ("classifiers", "data", "functional.csv")


def test_equal_models_differ_in_nothing_and_nothing_speaks_against() -> None:
    on = rows(30, NEWS=30)
    scores = [0.9] * 30 + [0.1] * 30

    found = compared(scores, scores, on)

    assert (found.frozen.average_precision.low, found.frozen.average_precision.high) == (0, 0)
    assert (found.frozen.brier.low, found.frozen.brier.high) == (0, 0)
    assert found.objections == ()


def test_average_precision_is_scikit_learns_also_with_ties() -> None:
    draws = np.random.default_rng(5)
    on = rows(40, NEWS=60)
    scores = np.round(draws.random(100), 1)  # one digit: many ties

    found = compared(list(scores), list(scores), on)

    expected = average_precision_score([row.is_propaganda for row in on], scores)
    assert found.frozen.average_precision.candidate == pytest.approx(expected)
    truth = np.array([row.is_propaganda for row in on])
    assert found.frozen.brier.candidate == pytest.approx(np.mean((scores - truth) ** 2))


def test_clearly_worse_candidate_is_refused_for_both_measures() -> None:
    draws = np.random.default_rng(5)
    on = rows(100, NEWS=100)
    champion = [0.9] * 100 + [0.1] * 100
    candidate = list(np.clip(np.array(champion) + draws.normal(0, 0.3, 200), 0, 1) * 0.45)

    found = compared(candidate, champion, on)

    assert found.frozen.average_precision.high < 0
    assert found.objections[:2] == ("average_precision", "brier")


def test_interval_is_the_same_each_time() -> None:
    draws = np.random.default_rng(9)
    on = rows(50, NEWS=50)
    one, two = list(draws.random(100)), list(draws.random(100))

    assert compared(one, two, on).frozen == compared(one, two, on).frozen


def test_flag_rate_above_its_limit_is_refused_even_if_nothing_else_is_worse() -> None:
    on = rows(50, NEWS=40, FAITH=10)
    champion = [0.9] * 50 + [0.1] * 50
    candidate = [0.99] * 50 + [0.51] * 3 + [0.01] * 47

    found = compared(candidate, champion, on)

    assert found.objections == (NEWS,)
    rate = next(rate for rate in found.frozen.flag_rates if rate.purpose is NEWS)
    assert (rate.posts, rate.candidate, rate.champion) == (40, 3, 0)


def test_limit_counts_whole_posts() -> None:
    on = rows(50, NEWS=40, FAITH=10)
    champion = [0.9] * 50 + [0.1] * 50
    two_of_forty = [0.99] * 50 + [0.51] * 2 + [0.01] * 38 + [0.51] + [0.01] * 9

    assert compared(two_of_forty, champion, on).objections == ()


def test_significant_rise_is_refused_below_the_limit_too() -> None:
    rates = (FlagRate(NEWS, 1000, 20, 5, 0.001), FlagRate(FAITH, 1000, 20, 19, 0.5))

    assert comparison(meeting(*rates)).objections == (NEWS,)


def test_folds_have_no_limit_but_a_significant_rise_is_refused_there_too() -> None:
    high = FlagRate(NEWS, 200, 30, 29, 0.4)
    by_chance = FlagRate(FAITH, 200, 12, 6, 0.03)
    risen = FlagRate(PurposeCode.STUDY, 200, 14, 3, 0.001)

    assert comparison(folds=meeting(high, by_chance)).objections == ()
    assert comparison(folds=meeting(high, risen)).objections == (PurposeCode.STUDY,)


@pytest.mark.parametrize(
    ("low", "high", "refused"),
    [(-0.001, 0.02, False), (-0.02, 0.02, True), (-0.009, -0.001, True), (0.0, 0.0, False)],
)
def test_not_worse_has_to_be_shown(low: float, high: float, refused: bool) -> None:
    precision = meeting(precision=Difference(0.9, 0.9, low, high))
    brier = meeting(brier=Difference(0.1, 0.1, -high, -low))

    assert comparison(frozen=precision).objections == ("average_precision",) * refused
    assert comparison(frozen=brier).objections == ("brier",) * refused
    assert comparison(folds=precision).objections == ("average_precision_on_folds",) * refused
    assert comparison(folds=brier).objections == ("brier_on_folds",) * refused


def test_sign_test_is_exact() -> None:
    assert learn_compare._sign_test(0, 0) == 1.0
    assert learn_compare._sign_test(5, 0) == pytest.approx(1 / 32)
    assert learn_compare._sign_test(4, 1) == pytest.approx(6 / 32)
    assert learn_compare._sign_test(0, 5) == 1.0


def test_each_model_flags_at_its_own_threshold() -> None:
    on = rows(10, NEWS=20)
    scores = [0.6] * 10 + [0.3] * 20
    low, high = FixedModel(scores, 0.2), FixedModel(scores, 0.5)

    found = of_models(low, high, on)

    assert (found.frozen.flag_rates[0].candidate, found.frozen.flag_rates[0].champion) == (20, 0)
    assert (found.frozen.candidate_recall, found.frozen.champion_recall) == (1.0, 1.0)


def test_candidate_that_learnt_nothing_from_the_folds_is_refused_there() -> None:
    draws = np.random.default_rng(3)
    positive = np.arange(400) % 2 == 0
    champion = np.where(positive, 0.9, 0.1)
    candidate = np.clip(champion + draws.normal(0, 0.4, 400), 0, 1)
    folds = Scores(positive, [None if yes else NEWS for yes in positive], candidate, champion)
    on = rows(30, NEWS=30)
    alike = [0.9] * 30 + [0.1] * 30

    found = of_models(FixedModel(alike), FixedModel(alike), on, folds)

    assert found.frozen.worse == ()
    assert found.objections == ("average_precision_on_folds", "brier_on_folds", NEWS)
    assert found.folds.posts == 400


def test_contest_is_read_as_the_training_wrote_it(tmp_path: Path) -> None:
    kept = tmp_path / "contest.json"
    kept.write_text(
        '{"positive": [true, false], "purpose": [null, "NEWS"], "candidate": [0.7, 0.2],'
        ' "champion": [0.6, 0.3], "fold": [0, 1]}'
    )

    found = contest_scores(kept)

    assert found.positive.tolist() == [True, False]
    assert found.purpose == [None, NEWS]
    assert (found.candidate.tolist(), found.champion.tolist()) == ([0.7, 0.2], [0.6, 0.3])


@pytest.mark.parametrize("written", [None, "", "[]", "{}", '{"positive": 1}', '{"purpose": ["X"]}'])
def test_file_that_is_no_contest_is_refused_in_words(tmp_path: Path, written: str | None) -> None:
    if written is not None:
        (tmp_path / "contest.json").write_text(written)

    with pytest.raises(ValueError, match=r"contest.json|Expecting"):
        contest_scores(tmp_path / "contest.json")
