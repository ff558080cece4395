"""Training: what it refuses, what it promises."""

import random
from dataclasses import replace

import numpy as np
import pytest

from classifiers import Goal, Row, TrainingError, train
from classifiers.features import presence_matrix
from classifiers.folds import fold_of_each, related_texts
from classifiers.table import data_hash
from tests.classifiers.conftest import examples


def test_one_class_only_is_refused() -> None:
    rows = [row for row in examples() if row.label == 1]

    with pytest.raises(TrainingError, match="have label 1, column label"):
        train(rows)


def test_ten_rows_are_refused_with_what_is_needed() -> None:
    with pytest.raises(TrainingError, match="at least 20 rows and 5 of each label"):
        train(examples(10))


def test_no_rows_at_all_are_refused() -> None:
    with pytest.raises(TrainingError, match="Too few examples"):
        train([])


def test_rows_without_text_are_dropped_and_counted() -> None:
    said: list[str] = []

    train([*examples(60), Row(" \n", 0, file="a.csv", row=5)], say=said.append)

    assert any(sentence.startswith("1 rows without text dropped") for sentence in said)


def test_nearly_identical_positives_can_still_be_learnt() -> None:
    """All positives fall into one near-duplicate group: folds then ignore the groups."""
    calls = [Row(f"join the armed band now, number {number}", 1) for number in range(20)]
    talks = [row for row in examples() if row.label == 0][:20]

    model = train(calls + talks)

    assert model.predict(["join the armed band now"])[0].flagged


def test_model_without_codes_names_none() -> None:
    model = train([replace(row, harm=(), purpose=None) for row in examples(60)])

    (prediction,) = model.predict([examples()[0].text])

    assert prediction.harm == ()
    assert prediction.purpose is None


def test_codes_with_few_examples_are_said_and_left_out() -> None:
    said: list[str] = []
    rows = examples()
    rows[0] = replace(rows[0], harm=("THREAT",))

    model = train(rows, say=said.append)

    assert model.heads.codes == ("RECRUIT", "NEWS", "OTHER")
    assert any("THREAT (1)" in sentence for sentence in said)


def test_order_of_rows_changes_neither_hash_nor_class(model: object) -> None:
    rows = examples()
    shuffled = random.Random(3).sample(rows, len(rows))

    assert data_hash(rows) == data_hash(shuffled)
    assert data_hash(rows) != data_hash(rows[1:])


def test_recall_goal_holds_on_held_out_scores() -> None:
    model = train(examples(), Goal(recall=0.95))

    assert model.about["held_out"]["recall"] >= 0.95


def test_near_copies_and_contrast_pairs_share_a_fold() -> None:
    words = [f"kata{number}" for number in range(400)]
    draws = random.Random(5)
    base = [" ".join(draws.sample(words, 30)) for _ in range(40)]
    texts = [*base, *(f"{text} tambahan" for text in base)]
    pairs = ["", *["p1"] * 2, *[""] * 77]

    group = related_texts(presence_matrix(texts), pairs)
    fold = fold_of_each(np.arange(80) % 2 == 0, group)

    assert np.mean(group[:40] == group[40:]) > 0.9
    assert group[1] == group[2]
    assert len(set(group[:40])) > 30
    assert all(len(set(fold[group == number])) == 1 for number in set(group))
    assert set(fold) == {0, 1, 2, 3, 4}


def test_progress_only_rises_and_ends_at_one() -> None:
    shares: list[float] = []

    train(examples(60), advance=shares.append)

    assert shares == sorted(shares)
    assert shares[-1] == 1
