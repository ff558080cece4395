"""Slices, kinds of benign posts and bins hold the rows they name, all of them."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from classifiers import Row, TableError
from classifiers.model_card.measured import Recall, Scored, measure, reliability_bins
from classifiers.model_card.rows import column_axis, scored_rows
from classifiers.model_card.slices import MOST_SLICES, axis, benign_kinds, length_quarters
from classifiers.table import read_table

SCORES = np.array([0.9, 0.8, 0.4, 0.7, 0.2, 0.1])
POSITIVE = np.array([True, True, True, False, False, False])


def test_slice_counts_recall_and_flags_at_the_threshold_itself() -> None:
    names = [("a",), ("a",), ("a",), ("a",), ("b",), ("b",)]

    found = axis("group", names, SCORES, POSITIVE, 0.7)

    first, second = found.slices
    assert (first.name, first.n, first.positives) == ("a", 4, 3)
    assert first.recall is not None
    assert (first.recall.hits, first.recall.n) == (2, 3)
    assert first.benign_flag_rate is not None
    assert (first.benign_flag_rate.hits, first.benign_flag_rate.n) == (1, 1)
    assert second.recall is None
    assert second.benign_flag_rate is not None
    assert second.benign_flag_rate.hits == 0


def test_row_of_several_codes_stands_in_each_and_row_of_none_is_not_lost() -> None:
    names = [("X", "Y"), ("X",), ("",), (), ("Y", "Y"), ("X",)]

    found = axis("code", names, SCORES, POSITIVE, 0.5)

    assert {part.name: part.n for part in found.slices} == {"X": 3, "Y": 2, "(none)": 2}


def test_names_beyond_the_largest_slices_are_counted_as_left_out() -> None:
    n = MOST_SLICES + 5
    names = [(f"g{number}",) for number in range(n)] + [("big",)] * 3
    scores, positive = np.full(n + 3, 0.5), np.arange(n + 3) % 2 == 0

    found = axis("group", names, scores, positive, 0.5)

    assert len(found.slices) == MOST_SLICES
    assert found.left_out == 6
    assert "big" in {part.name for part in found.slices}


def test_kinds_count_benign_rows_alone_at_every_threshold() -> None:
    names = [("NEWS",), ("NEWS",), ("AID",), ("NEWS",), ("AID",), ("NEWS",)]

    news, aid = benign_kinds("purpose", names, SCORES, POSITIVE, [0.7, 0.1])

    assert (news.name, news.n, [found.hits for found in news.rates]) == ("NEWS", 2, [1, 2])
    assert (aid.name, aid.n, [found.hits for found in aid.rates]) == ("AID", 1, [0, 1])
    assert aid.rates[0].upper == pytest.approx(0.95)


def test_length_quarters_are_even_and_run_from_short_to_long() -> None:
    texts = ["x" * length for length in np.random.default_rng(1).permutation(100)]

    names, order = length_quarters(texts)

    assert order == ["0 to 24 signs", "25 to 49 signs", "50 to 74 signs", "75 to 99 signs"]
    assert [names.count((label,)) for label in order] == [25, 25, 25, 25]
    assert names[texts.index("x" * 50)] == ("50 to 74 signs",)


def test_texts_of_one_length_make_one_quarter() -> None:
    names, order = length_quarters(["abc", "def"])

    assert order == ["3 to 3 signs"]
    assert names == [("3 to 3 signs",)] * 2


def test_bins_hold_equally_many_rows_from_low_to_high() -> None:
    scores = np.random.default_rng(2).random(1000)

    bins = reliability_bins(scores, scores > 0.5)

    assert [one.share.n for one in bins] == [100] * 10
    assert all(one.low <= one.mean_score <= one.high for one in bins)
    assert [one.share.value for one in bins][0::9] == [0.0, 1.0]


def test_equal_scores_share_a_bin_whatever_the_order_of_rows() -> None:
    scores = np.array([0.0] * 45 + [0.5] * 30 + [1.0] * 25)
    positive = np.arange(100) % 3 == 0
    shuffled = np.random.default_rng(3).permutation(100)

    bins = reliability_bins(scores, positive)

    assert [one.share.n for one in bins] == [45, 30, 25]
    assert reliability_bins(scores[shuffled], positive[shuffled]) == bins


def test_fewer_rows_than_bins_lose_none() -> None:
    assert sum(one.share.n for one in reliability_bins(SCORES, POSITIVE)) == 6


def rows() -> list[Row]:
    return [
        Row("call one", 1, lang="id", harm=("INCITE", "THREAT"), group="g"),
        Row("call two", 1, lang="en", harm=("RECRUIT",), group="g"),
        Row("call three", 1, lang="en", harm=("RECRUIT",)),
        Row("a report", 0, lang="en", purpose="NEWS"),
        Row("a lesson", 0, lang="id", purpose="STUDY"),
        Row("a prayer", 0, lang="id", purpose="FAITH"),
    ]


def test_rows_are_sliced_by_every_column_they_fill() -> None:
    measured = measure(scored_rows(rows(), SCORES, 0.5, "m-1", "six rows"))

    axes = {one.name: [part.name for part in one.slices] for one in measured.axes}
    assert axes["language"] == ["en", "id"]
    assert axes["harm"] == ["(none)", "INCITE", "RECRUIT", "THREAT"]
    assert axes["purpose"] == ["(none)", "FAITH", "NEWS", "STUDY"]
    assert set(axes) == {"language", "group", "harm", "purpose", "length"}
    assert {(kind.axis, kind.name) for kind in measured.kinds} == {
        ("purpose", "FAITH"),
        ("purpose", "NEWS"),
        ("purpose", "STUDY"),
        ("group", "(none)"),
    }


def test_points_are_the_threshold_in_use_and_those_that_find_more() -> None:
    measured = measure(scored_rows(rows(), SCORES, 0.75, "m-1", "six rows"))

    assert [point.threshold for point in measured.points] == [0.75, 0.4, 0.4]
    in_use, more, _ = measured.points
    assert in_use.recall is not None
    assert in_use.recall.value == pytest.approx(2 / 3)
    assert in_use.precision is not None
    assert in_use.precision.value == 1
    assert more.recall is not None
    assert more.recall.value == 1
    assert more.benign_flag_rate is not None
    assert more.benign_flag_rate.hits == 1


def test_histogram_counts_every_row_once_the_ends_included() -> None:
    scores = np.array([0.0, 1.0, 0.5, 0.04])
    scored = Scored("m", "d", 0.5, scores, np.array([False, True, True, False]), ["t"] * 4)

    counts = measure(scored).histogram

    assert sum(counts.benign) == sum(counts.positive) == 2
    assert counts.positive[-1] == counts.benign[0] == 1


def test_recall_of_benign_rows_comes_from_where_it_was_measured() -> None:
    benign = [row for row in rows() if not row.label]
    unknown = measure(scored_rows(benign, SCORES[3:], 0.5, "m", "benign"))
    known = measure(
        scored_rows(
            benign, SCORES[3:], 0.5, "m", "benign", recall_elsewhere=Recall("the suite", 8, 10)
        )
    )

    assert unknown.recall_in_use is None
    assert len(unknown.points) == 1
    assert known.recall_in_use is not None
    assert (known.recall_in_use.hits, known.recall_in_use.n) == (8, 10)


def test_measured_is_plain_enough_for_json() -> None:
    measured = measure(scored_rows(rows(), SCORES, 0.5, "m-1", "six rows"))

    read = json.loads(json.dumps(asdict(measured), allow_nan=False))

    assert read["n"] == 6
    assert read["points"][0]["recall"]["hits"] == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"texts": ["a"]}, "texts has 1 entries"),
        ({"axes": {"lang": [("id",)]}}, "axis lang has 1 entries"),
        ({"scores": np.array([0.1, np.nan])}, "not a number from 0 to 1"),
        ({"scores": np.array([0.1, 1.1])}, "not a number from 0 to 1"),
        ({"kinds": ("purpose",)}, "no axis purpose"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(
    change: dict[str, object], message: str
) -> None:
    parts: dict[str, object] = {
        "model_version": "m",
        "data": "d",
        "threshold": 0.5,
        "scores": np.array([0.1, 0.9]),
        "positive": np.array([False, True]),
        "texts": ["a", "b"],
    }

    with pytest.raises(ValueError, match=message):
        Scored(**(parts | change))  # type: ignore[arg-type]


def test_no_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="no rows"):
        Scored("m", "d", 0.5, np.array([]), np.array([], dtype=np.bool_), [])


def test_column_of_the_file_becomes_an_axis_of_the_chosen_rows(
    write_csv: Callable[..., Path],
) -> None:
    path = write_csv(
        "t.csv", ["text", "label", "kind"], [["one", 0, "a|b"], ["two", 1, ""], ["three", 0, " c "]]
    )
    chosen = [row for row in read_table(path) if row.text != "one"]

    assert column_axis(path, "kind", read_table(path)) == [("a", "b"), (), ("c",)]
    assert column_axis(path, "kind", chosen) == [(), ("c",)]
    with pytest.raises(TableError, match=r"t\.csv, row 1: column sort is missing"):
        column_axis(path, "sort", chosen)
