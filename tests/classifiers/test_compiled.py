"""The compiled path gives what the reference gives, whatever the text."""

import csv
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import Model, compiled_tables, familiarity, features, ngrams, normalise
from classifiers import compiled as fast
from classifiers import model as reference
from classifiers.compiled import Compiled, normalised_signs

pytestmark = pytest.mark.skipif(not fast.available(), reason="the extra `fast` is not installed")

# What the rules of the normaliser look for, and signs that only their neighbours explain.
PIECES = st.sampled_from(
    [
        *"aAbcdetw 0134579@$€!.-_*~|'+·•/\\,^`#:()?\"\n\t\x00\x1c\x7f\x85\xa0\ufeff\u200b\u200d\u2028",
        *"аАеоврйїΣσςαօאאּ֑ابتآأئىةهۀہےیک\u0640\u064b\u0651\u0653\u0654\u0655\u06d5\u06c1\u06d2",
        *"\u0300\u0301\u0306\u0308\u0323\u0338\u20e3\ufe0f\u115f\u1161\u11a8한가ㅏㅋ\uff76\uff9eがか\u3099",
        *"éÉßİıﷺ…½①❶ⓐ🄰🇦😀→☘𝐚𝓰𝚺ſﬁǅ१٣\ud83d\ude00\udfff\ufffd\ufacf𠀀\U000e0067\u2800👩",
        *("https://", "http", "tg://", "www.", "t.me/", "telegram.me/", "[username]", "\\n"),
        *("@contoh", " @contoh ", "a.b@example.org", " j i h a d ", "j.i.h.a.d", "g3r4k4n"),
        *("url", " user ", "geraaaakan", "!!!!", "maju!serang", "ger*akan", "$atu", "😀 e 😀"),
        *("привет", "прив", "kata", " satu dua ", "совсем", " он "),
    ]
)
ANY_SIGN = st.characters(codec=None)
TRICKY = st.lists(st.one_of(PIECES, ANY_SIGN), max_size=40).map("".join)
TEXTS = st.one_of(st.text(ANY_SIGN, max_size=80), TRICKY)


def as_texts(texts: list[str]) -> list[str]:
    """The compiled normalisation of each text."""
    signs, ends = normalised_signs(texts)
    starts = [0, *ends.tolist()]
    return [
        signs[start:end].tobytes().decode("utf-32-le", "surrogatepass")
        for start, end in zip(starts, starts[1:], strict=False)
    ]


@pytest.fixture(scope="module")
def compiled(model: Model) -> Compiled:
    ready = Compiled(model)
    ready.warm_up()
    return ready


@settings(max_examples=600, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_normalisation_is_that_of_the_reference(texts: list[str]) -> None:
    assert as_texts(texts) == [normalise(text) for text in texts]


def test_every_sign_in_a_word_and_alone_is_folded_as_the_reference_folds_it() -> None:
    signs = [chr(point) for point in (*range(0x2_0100), *range(0xE_0000, 0xE_0200))]
    texts = [f"b{sign}a {sign} {sign}{sign}{sign}" for sign in signs]

    differing = [
        ascii(text)
        for text, plain in zip(texts, as_texts(texts), strict=True)
        if plain != normalise(text)
    ]

    assert differing == []


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(TEXTS, max_size=6))
def test_scores_and_claims_are_those_of_the_reference(
    model: Model, compiled: Compiled, texts: list[str]
) -> None:
    expected = model.predict(texts)

    screening = compiled.screen(texts)

    assert np.allclose(screening.scores, [one.score for one in expected], rtol=0, atol=1e-6)
    assert screening.readable.tolist() == [one.readable for one in expected]
    assert screening.known.tolist() == [one.known for one in expected]


@pytest.mark.parametrize(
    "unit",
    ["a.", "a ", "@", "http://", "a!", "4a", "😀a", "a*", "аa", "aaa", "!", "_@.", "ﷺ", "😀", "س", "\ud800",
     "satu dua tiga ", "кто что где ", "t.me/a "],
)  # fmt: skip
def test_a_hundred_thousand_signs_score_as_in_the_reference(
    model: Model, compiled: Compiled, unit: str
) -> None:
    text = (unit * 100_001)[:100_001]

    assert compiled.scores([text, "satu"]) == pytest.approx(
        model.scores([text, "satu"]), rel=0, abs=1e-6
    )


def test_examples_score_alike_alone_and_in_a_batch(model: Model, compiled: Compiled) -> None:
    texts = ["join our unit today", "the market drew a crowd", "", "https://x.org", "j.o.i.n us"]

    together = compiled.scores(texts)

    assert together == pytest.approx(model.scores(texts), rel=0, abs=1e-6)
    assert together == pytest.approx([float(compiled.scores([text])[0]) for text in texts], rel=0)
    assert together[0] > 0.5 > together[1]


def test_no_texts_give_no_scores(compiled: Compiled) -> None:
    assert compiled.scores([]).tolist() == []


def test_public_corpora_normalise_as_in_the_reference(corpora: Path) -> None:
    for path in sorted(corpora.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            texts = [row["text"] for row in csv.DictReader(stream)][::20]
        assert as_texts(texts) == [normalise(text) for text in texts], path.name


def test_few_ordinary_texts_need_the_reference(corpora: Path) -> None:
    """Where most texts did, the result would be right and the speed gone."""
    found = compiled_tables.tables()
    kernels = fast._kernels("compiled_normalise")
    with (corpora / "ru_telegram_news_negatives.csv").open(encoding="utf-8", newline="") as stream:
        texts = [row["text"] for row in csv.DictReader(stream)]

    _, ends = kernels.normalise_batch(
        *fast._signs(texts), found.fold, found.expansion, found.starts, found.classes
    )

    assert np.mean(ends < 0) < 0.05


def test_an_event_loop_keeps_answering_during_a_batch(compiled: Compiled) -> None:
    texts = ["satu dua tiga empat lima enam tujuh delapan " * 8] * 20_000
    worker = threading.Thread(target=compiled.scores, args=(texts,))
    ticks = 0

    worker.start()
    while worker.is_alive():
        time.sleep(0.005)
        ticks += 1

    assert ticks >= 10


def test_importing_the_package_does_not_import_numba() -> None:
    program = "import sys, classifiers, classifiers.compiled; print('numba' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"


def test_numbers_of_the_kernels_are_those_of_the_reference() -> None:
    folding = fast._kernels("compiled_normalise")
    scoring = fast._kernels("compiled_scoring")
    for name in (
        *("WORD", "LETTER", "SPACE", "SYMBOL", "MARK", "LEET", "ALNUM", "TWINNED", "LATIN"),
        *("CENSOR", "BANG", "REMOVED", "NEEDS_REFERENCE", "FIRST_EXPANSION", "TABLED"),
    ):
        assert getattr(folding, name) == getattr(compiled_tables, name), name
    assert scoring.FEWEST_WINDOWS == familiarity.FEWEST_WINDOWS
    assert scoring.FOREIGN_SHARE == familiarity._FOREIGN_SHARE
    assert scoring.PLACEHOLDERS_BELOW == reference._ALL_PLACEHOLDERS_BELOW
    assert scoring.MIX == ngrams._MIX
    assert (scoring.LETTER, scoring.SYMBOL) == (ngrams._LETTER, ngrams._SYMBOL)
    assert ngrams.WINDOW == 4
    assert features.BUCKETS == ngrams.WORDS + ngrams.WINDOWS
    expansions = np.diff(compiled_tables.tables().starts)
    assert expansions.max() <= folding.LONGEST_EXPANSION
