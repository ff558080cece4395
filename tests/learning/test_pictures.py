"""Texts and pictures of quality and comparison, at their fullest and at their emptiest."""

import struct

import pytest

from bot.domain.codes import PurposeCode
from bot.domain.learning import (
    WATCHED_PURPOSES,
    Answer,
    Comparison,
    Difference,
    FlagRate,
    LearningPress,
    Lesson,
    Meeting,
    Problem,
    unpack_learning,
)
from bot.domain.press import unpack
from bot.domain.quality import ModelQuality, Recall
from bot.ports import Attachment
from bot.render.comparison import comparison_letter, comparison_picture, problem_text
from bot.render.quality import quality_picture, quality_text
from bot.texts.catalogue import LANGUAGES
from tests.render.letter_rules import checked, units, visible

CAPTION = 1024  # UTF-16 units that Telegram allows under a picture
VERSION = "linear-0123456789ab"
BANDS = (9000, 700, 210, 90, 60, 40, 30, 35, 60, 90)


def model(**changed: object) -> ModelQuality:
    said = {
        "version": VERSION,
        "confirmed": 14_000,
        "dismissed": 2_300,
        "undecided": 777,
        "false_flags": dict.fromkeys([None, *PurposeCode], 1234),
        "recall": Recall(2120, 13, 4100.0, 0.77, 0.52, 0.93),
        "bands_now": BANDS,
        "bands_before": BANDS[::-1],
    }
    return ModelQuality(**(said | changed))  # type: ignore[arg-type]


EMPTY = model(
    confirmed=0, dismissed=0, undecided=0, false_flags={}, recall=Recall(),
    bands_now=(0,) * 10, bands_before=(0,) * 10,
)  # fmt: skip


def comparison(bad: bool = False) -> Comparison:
    difference = Difference(0.912, 0.934, -0.031, -0.002) if bad else Difference(0.9, 0.9, 0, 0)
    rates = tuple(
        FlagRate(purpose, 40, 40 if bad else 0, 1, 0.001 if bad else 1.0)
        for purpose in WATCHED_PURPOSES
    )
    brier = Difference(0.08, 0.06, 0.01, 0.03) if bad else Difference(0.06, 0.06, 0, 0)
    met = Meeting(12_557, 277, difference, brier, 0.8, 0.85, rates)
    return Comparison(VERSION, f"{VERSION}x", met, met, 0.05)


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("models", [[], [EMPTY], [model()] * 6])
def test_quality_fits_a_caption(models: list[ModelQuality], language: str) -> None:
    assert 0 < units(visible(str(quality_text(models, language)))) <= CAPTION


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("models", [[EMPTY], [model()], [model(), EMPTY] * 3])
def test_quality_is_drawn_whatever_there_is(models: list[ModelQuality], language: str) -> None:
    assert size(quality_picture(models, language)) == (1100, 770)


def test_too_few_is_said_and_no_number_is_given() -> None:
    text = str(quality_text([model(recall=Recall(12, 1, 90.0))], "en"))

    assert "cannot be said yet: too few. 12 posts" in text
    assert "needed are 30" in text
    assert "it found about" not in text


def test_recall_stands_with_its_interval_and_its_number() -> None:
    text = str(quality_text([model()], "en"))

    assert "about 77% (52% to 93%), estimated from 2120 posts" in text
    assert "86% was propaganda (85% to 86%; 16300 decided, 777 waiting)" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bad", [True, False])
def test_comparison_fits_a_caption_and_is_drawn(bad: bool, language: str) -> None:
    compared = comparison(bad)
    picture = comparison_picture(compared, language)
    letter = comparison_letter(
        compared,
        Lesson((), 99_999, 99_999, 99_999, 99_999),
        10**17,
        Attachment("comparison.png", picture),
        language,
    )

    assert units(visible(str(checked(letter).html))) <= CAPTION
    assert size(picture) == (1100, 506)
    assert len(letter.buttons[0]) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_its_sentence(problem: Problem, language: str) -> None:
    text = str(problem_text(problem, Lesson((), contradictory=7), language))

    assert len(text.splitlines()) == 3
    assert "7" in text.splitlines()[1]


def test_learning_press_is_packed_short_and_read_back() -> None:
    press = LearningPress(10**17, Answer.PROMOTE)

    assert len(press.pack()) <= 64
    assert unpack_learning(press.pack()) == press
    assert unpack(press.pack()) is None


@pytest.mark.parametrize("data", ["", "learn:x:keep", "learn:1:steal", "learn:1", "learn:1:keep:"])
def test_forged_learning_press_is_none(data: str) -> None:
    assert unpack_learning(data) is None
