"""The text and the picture of what the desk got done, at their fullest and at their emptiest."""

import struct
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.stats import Span, Stats, Step
from bot.render.stats import stats_picture, stats_text
from bot.texts import LANGUAGES
from tests.factories import JAKARTA, NOON
from tests.render.letter_rules import units, visible

CAPTION = 1024  # UTF-16 units that Telegram allows under a picture


def stats(span: Span, each: int) -> Stats:
    count = span.length // span.step
    steps = tuple(
        Step(NOON - span.length + n * span.step, each, each, each // 2) for n in range(count)
    )
    return Stats(span, steps)


def full(span: Span) -> Stats:
    return replace(
        stats(span, 1234),
        median=timedelta(minutes=7),
        slowest=timedelta(hours=5),
        open_by_age=(1000, 2000, 3000, 4000),
        compared=800,
        agreed=711,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("span", Span)
def test_text_is_a_caption(span: Span, language: str) -> None:
    for one in (full(span), stats(span, 0)):
        assert 0 < units(visible(str(stats_text(one, language)))) <= CAPTION


def test_text_says_each_figure() -> None:
    said = visible(str(stats_text(full(Span.WEEK), "en")))

    assert "Flagged 8638, decided 8638, of these confirmed 4319" in said
    assert "half within 7 minutes, 95 in 100 within 5 hours" in said
    assert "Waiting now: 10000 (under 2 hours: 1000" in said
    assert "agree in 89% (87%–91% at 95 %, n = 800)" in said


def test_text_without_decisions_claims_nothing() -> None:
    said = visible(str(stats_text(stats(Span.DAY, 0), "en")))

    assert "within" not in said
    assert "agree" not in said
    assert "Nothing waits" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("span", Span)
def test_picture_is_a_png(span: Span, language: str) -> None:
    for one in (full(span), stats(span, 0)):
        picture = stats_picture(one, language, JAKARTA)

        assert struct.unpack(">II", picture[16:24]) == (1100, 770)
