"""The array implementation finds the n-grams that a plain loop finds."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features import inverse_document_frequency, presence_matrix, present, weighted
from classifiers.ngrams import BUCKETS, WORDS, instances
from classifiers.normalise import normalise

TEXTS = st.lists(st.text(max_size=60).map(normalise), max_size=6)


def windows_by_loop(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for word in text.split(" "):
        if word:
            padded = f" {word} "
            found.update(padded[at : at + 4] for at in range(len(padded) - 3))
            found.update(padded[at : at + 2] for at in range(len(padded) - 1))
    return found


@given(TEXTS)
def test_windows_are_those_of_a_plain_loop(texts: list[str]) -> None:
    found = instances(texts)
    spelled: list[Counter[str]] = [Counter() for _ in texts]
    for row, column, first, last in zip(
        found.row, found.column, found.first, found.last, strict=True
    ):
        if column >= WORDS:
            spelled[row]["".join(map(chr, found.signs[first:last]))] += 1

    assert spelled == [windows_by_loop(text) for text in texts]


def test_words_and_pairs_are_found_once_each() -> None:
    found = instances(["satu dua, tiga", "empat 😀😀"])
    words = [
        (int(row), "".join(map(chr, found.signs[first:last])))
        for row, column, first, last in zip(
            found.row, found.column, found.first, found.last, strict=True
        )
        if column < WORDS
    ]

    assert words == [
        *[(0, "satu"), (0, "dua"), (0, "tiga"), (1, "empat"), (1, "😀"), (1, "😀")],
        *[(0, "satu dua"), (0, "dua, tiga"), (1, "empat 😀"), (1, "😀😀")],
    ]


def test_same_n_gram_hashes_alike_in_any_place_of_any_batch() -> None:
    alone = presence_matrix(["dua tiga"])
    among = presence_matrix(["satu satu", "dua tiga", "x"])

    assert set(alone[0].indices) == set(among[1].indices)


def test_hash_of_known_words_never_changes() -> None:
    """A changed hash would turn every stored model into noise without any error."""
    columns = sorted(instances(["saring dulu"]).column.tolist())

    words, windows, short = columns[:3], columns[3:11], columns[11:]
    assert words == [583578, 585593, 941699]
    assert windows == [1128861, 1172938, 1221316, 1242324, 1247212, 1250675, 1261016, 1270728]
    assert short == [
        *(1314412, 1315326, 1315790, 1320025, 1323387, 1342268),
        *(1343422, 1353602, 1359771, 1361149, 1365314, 1367430),
    ]


@given(TEXTS)
def test_rows_have_length_one_in_each_space_that_holds_anything(texts: list[str]) -> None:
    cells = weighted(present(instances(texts), len(texts)), np.ones(BUCKETS, dtype=np.float32))
    for space in (0, 1):
        chosen = (cells.column >= WORDS) == bool(space)
        squares = np.bincount(cells.row[chosen], cells.value[chosen] ** 2, len(texts))
        assert np.all(np.isclose(squares, 1) | (squares == 0))


def test_unseen_buckets_weigh_nothing() -> None:
    idf = inverse_document_frequency(presence_matrix(["satu dua", "dua tiga"]))
    seen = set(presence_matrix(["satu dua tiga", "dua tiga"]).indices)

    assert idf[list(seen)].max() > 1
    assert np.count_nonzero(idf) <= len(seen)
