"""The hint at a post's language: rarely wrong, and silent where it cannot know."""

import csv
from pathlib import Path

import pytest

import classifiers
from bot.domain.language import language_of

SEED = Path(classifiers.__file__).parent / "data" / "seed"


@pytest.mark.parametrize(
    ("file", "code"),
    [("id", "id"), ("ms", "id"), ("en", "en"), ("ar", "ar"), ("ru", "ru"), ("uk", "uk")],
)
def test_a_language_that_is_named_is_the_right_one(file: str, code: str) -> None:
    with (SEED / f"{file}.csv").open(encoding="utf-8", newline="") as stream:
        said = [language_of(row["text"]) for row in csv.DictReader(stream)]

    named = [one for one in said if one is not None and one.islower()]
    assert len(named) > len(said) / 2
    assert sum(one == code for one in named) / len(named) >= 0.98


@pytest.mark.parametrize(
    ("text", "code"),
    [("", None), ("123 !? 😀", None), ("xyzzy plugh", "Latn"), ("שלום לכולם", "Hebr"), ("๛", None)],
)
def test_script_is_said_where_the_language_is_not_known(text: str, code: str | None) -> None:
    assert language_of(text) == code
