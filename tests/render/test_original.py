"""Why originals stayed away, in an admin's language."""

import pytest

from bot.domain.original import Stays
from bot.render.original import reasons_text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "gone (2); edited, and could not be taken back: No <b>right</b> (1); Forbidden: x (1)",
        ),
        (
            "id",
            "sudah tidak ada (2); disunting, dan tidak dapat diambil kembali: No <b>right</b> (1);"
            " Forbidden: x (1)",
        ),
    ],
)
def test_reasons_of_ours_are_translated_and_telegrams_are_quoted(language: str, said: str) -> None:
    problems = [(Stays.GONE, 2), (f"{Stays.LEFT}: No <b>right</b>", 1), ("Forbidden: x", 1)]

    found = reasons_text([(str(problem), count) for problem, count in problems], language)

    assert "<b>" not in found
    assert found.unescape() == said
