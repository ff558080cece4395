"""How alike texts read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.likeness import likeness, vectors


def test_same_text_is_alike_whatever_its_case_and_disguise() -> None:
    asked = vectors(["Bergabunglah dengan kami"])

    found = likeness(asked, vectors(["bergabunglah  dengan KAMI", "b3rg4bungl4h dengan kami"]))

    assert found == pytest.approx([1, 1], abs=0.02)


def test_shared_words_are_nearer_than_none() -> None:
    asked = vectors(["send the boxes to the harbour tonight"])
    others = ["send the letters to the harbour tonight", "a recipe with rice", ""]

    shared, none, empty = likeness(asked, vectors(others))

    assert shared > 0.3 > none
    assert empty == 0


def test_unlearnt_words_count_too() -> None:
    asked, others = vectors(["zxqvw plomt"]), vectors(["zxqvw plomt grrk", "other words"])

    near, far = likeness(asked, others)

    assert near > 0.5 > far


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(codec=None), max_size=200), min_size=1, max_size=4))
def test_any_texts_are_between_unlike_and_equal(texts: list[str]) -> None:
    rows = vectors(texts)

    found = likeness(rows[0], rows)

    assert ((found >= 0) & (found <= 1)).all()
    assert found[0] == pytest.approx(1 if rows[0].nnz else 0, abs=1e-5)
