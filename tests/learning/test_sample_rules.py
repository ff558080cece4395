"""Who is drawn, and what the drawn ones say of the others: pure rules."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quality import SampleOutcome, expected_draws, whole_draws, wilson
from bot.services.learn_recall import estimate_recall

COUNTS = st.lists(st.integers(0, 5000), min_size=1, max_size=10)


@given(COUNTS, st.integers(0, 60))
def test_draws_sum_up_and_every_post_can_be_drawn(posts: list[int], size: int) -> None:
    draws = expected_draws(posts, size)

    assert sum(draws) == pytest.approx(min(size, sum(posts)))
    for count, expected in zip(posts, draws, strict=True):
        assert 0 <= expected <= count
        assert (expected > 0) == (count > 0 and size > 0)


@given(COUNTS, st.integers(0, 60), st.floats(0, 1, exclude_max=True))
def test_whole_draws_keep_the_sum_and_never_exceed_the_posts(
    posts: list[int], size: int, start: float
) -> None:
    expected = expected_draws(posts, size)

    draws = whole_draws(expected, start)

    assert sum(draws) == min(size, sum(posts))
    for count, number, mean in zip(posts, draws, expected, strict=True):
        assert 0 <= number <= count
        assert abs(number - mean) < 1 + 1e-6


def test_upper_strata_are_drawn_at_a_higher_rate() -> None:
    posts = [9000, 400, 100, 50, 30, 20, 20, 10, 10, 10]

    rates = [e / n for e, n in zip(expected_draws(posts, 10), posts, strict=True)]

    assert rates == sorted(rates)
    assert rates[-1] > 100 * rates[0]


def test_mean_of_whole_draws_is_the_expectation() -> None:
    expected = expected_draws([9000, 400, 100, 50, 30, 20, 20, 10, 10, 10], 10)
    random = Random(7)

    rounds = [whole_draws(expected, random.random()) for _ in range(20_000)]

    for stratum, mean in enumerate(expected):
        found = sum(draws[stratum] for draws in rounds) / len(rounds)
        assert found == pytest.approx(mean, abs=0.02)


def test_recall_of_a_full_census_is_exact() -> None:
    outcomes = [SampleOutcome(9, 1.0, number < 10) for number in range(100)]

    recall = estimate_recall(outcomes, confirmed=30, undecided=0)

    assert recall.missed == pytest.approx(10)
    assert recall.share == pytest.approx(0.75)
    assert recall.low is not None and recall.high is not None
    assert recall.low < 0.75 < recall.high


def test_no_hit_still_leaves_doubt() -> None:
    outcomes = [SampleOutcome(0, 0.01, False) for _ in range(40)]

    recall = estimate_recall(outcomes, confirmed=50, undecided=0)

    assert recall.share == 1.0
    assert recall.high == 1.0
    assert recall.low is not None
    # -ln(0.025) = 3.69 posts at most at 95 %, each standing for 100.
    assert recall.low == pytest.approx(50 / (50 + 3.689 * 100), rel=1e-3)


@pytest.mark.parametrize(("decided", "confirmed"), [(29, 100), (100, 4), (0, 0)])
def test_too_few_decisions_give_no_number(decided: int, confirmed: int) -> None:
    outcomes = [SampleOutcome(5, 0.5, False) for _ in range(decided)]

    recall = estimate_recall(outcomes, confirmed, undecided=3)

    assert recall.decided == decided
    assert recall.share is recall.low is recall.high is None


def test_undecided_samples_count_as_the_decided_ones_of_their_stratum() -> None:
    decided = [SampleOutcome(9, 0.5, number < 10) for number in range(40)]
    waiting = [SampleOutcome(9, 0.5, None) for _ in range(40)]

    recall = estimate_recall([*decided, *waiting], confirmed=20, undecided=0)

    assert recall.missed == pytest.approx(2 * 10 / 0.5)


def test_undecided_flags_widen_the_interval() -> None:
    outcomes = [SampleOutcome(9, 0.5, number < 5) for number in range(40)]

    sure = estimate_recall(outcomes, confirmed=20, undecided=0)
    unsure = estimate_recall(outcomes, confirmed=20, undecided=20)

    assert unsure.low == sure.low
    assert unsure.high is not None and sure.high is not None
    assert unsure.high > sure.high


def test_interval_holds_the_true_recall_in_nearly_every_simulated_audit() -> None:
    posts = [3000, 300, 120, 60, 40, 30, 20, 20, 15, 10]
    bad = [6, 2, 2, 2, 2, 2, 3, 4, 4, 4]  # propaganda that was not flagged, by stratum
    flagged, days, random = 60, 20, Random(3)
    truth = flagged * days / (flagged * days + sum(bad) * days)
    expected = expected_draws(posts, 10)

    covered = [
        truth_is_inside(expected, posts, bad, flagged, days, truth, random) for _ in range(300)
    ]

    assert sum(covered) / len(covered) >= 0.94


def truth_is_inside(
    expected: list[float],
    posts: list[int],
    bad: list[int],
    flagged: int,
    days: int,
    truth: float,
    random: Random,
) -> bool:
    outcomes = []
    for _ in range(days):
        for stratum, number in enumerate(whole_draws(expected, random.random())):
            chance = expected[stratum] / posts[stratum]
            for place in random.sample(range(posts[stratum]), number):
                outcomes.append(SampleOutcome(stratum, chance, place < bad[stratum]))
    recall = estimate_recall(outcomes, flagged * days, 0)
    assert recall.low is not None and recall.high is not None
    return recall.low <= truth <= recall.high


def test_wilson_interval_of_nothing_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(10, 10)[1] == 1.0
    for end in wilson(80, 100):  # the ends lie 1.96 standard errors of their own from the share
        assert abs(0.8 - end) == pytest.approx(1.959964 * (end * (1 - end) / 100) ** 0.5)
