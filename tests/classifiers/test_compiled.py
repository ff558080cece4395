"""The compiled path gives what the reference gives, whatever the text."""

import csv
import subprocess
import sys
import threading
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import (
    ClassifierError,
    CodeScore,
    Model,
    Prediction,
    compiled_tables,
    familiarity,
    ngrams,
    normalise,
)
from classifiers import compiled as fast
from classifiers import model as plain_model
from classifiers.compiled import CompiledModel, fastest, reference
from classifiers.compiled_gate import WORTH_COMPILING, Gate, available, kernels
from classifiers.compiled_signs import code_points, normalised_signs
from tests.classifiers.conftest import examples

pytestmark = pytest.mark.skipif(not available(), reason="the extra `fast` is not installed")

# What the rules of the normaliser look for, and signs that only their neighbours explain.
PIECES = st.sampled_from(
    [
        *"aAbcdetw 0134579@$€!.-_*~|'+·•/\\,^`#:()?\"\n\t\x00\x1c\x7f",
        *"\x85\xa0\ufeff\u200b\u200d\u2028",
        *"аАеоврйїΣσςαօאאּ֑ابتآأئىةهۀہےیک\u0640\u064b\u0651\u0653\u0654\u0655\u06d5\u06c1\u06d2",
        *"\u0300\u0301\u0306\u0308\u0323\u0338\u20e3\ufe0f\u115f\u1161\u11a8",
        *"한가ㅏㅋ\uff76\uff9eがか\u3099",
        *"éÉßİıﷺ…½①❶ⓐ🄰🇦😀→☘𝐚𝓰𝚺ſﬁǅ१٣\ud83d\ude00\udfff\ufffd\ufacf𠀀\U000e0067\u2800👩",
        *("https://", "http", "tg://", "www.", "t.me/", "telegram.me/", "[username]", "\\n"),
        *("@contoh", " @contoh ", "a.b@example.org", " j i h a d ", "j.i.h.a.d", "g3r4k4n"),
        *("url", " user ", "geraaaakan", "!!!!", "maju!serang", "ger*akan", "$atu", "😀 e 😀"),
        *("привет", "прив", "kata", " satu dua ", "совсем", " он "),
        *("ΗΜΝΩήϲϹⳑꓖꓮꭰᏔᎪἀ⍺⍴∂℮ە", " \u200b ", " . ", "a - ", " aaaa ", "m4ti", "5aya", "!+", "€"),
    ]
)
ANY_SIGN = st.characters(codec=None)
TRICKY = st.lists(st.one_of(PIECES, ANY_SIGN), max_size=40).map("".join)
TEXTS = st.one_of(st.text(ANY_SIGN, max_size=80), TRICKY)


UNCOMPARED: dict[str, Any] = {"score": 0.0, "harm": (), "purpose": None, "reasons": ()}


def codes_of(prediction: Prediction) -> list[CodeScore]:
    return [*prediction.harm, *([prediction.purpose] if prediction.purpose else [])]


def as_texts(texts: list[str]) -> list[str]:
    """The compiled normalisation of each text."""
    signs, ends = normalised_signs(texts)
    starts = [0, *ends.tolist()]
    return [
        signs[start:end].tobytes().decode("utf-32-le", "surrogatepass")
        for start, end in pairwise(starts)
    ]


@pytest.fixture(scope="module")
def compiled(model: Model) -> CompiledModel:
    ready = fastest(model)
    assert isinstance(ready, CompiledModel)
    ready.warm_up()
    return ready


@settings(max_examples=600, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_normalisation_is_that_of_the_reference(texts: list[str]) -> None:
    assert as_texts(texts) == [normalise(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "tulis a+@b.co ya",
            "a-@b.co",
            "a.@b.co",
            "_@b.co.id!",
            "x@y",
            "a@-b.co",
            ".@abcd",
            "a@.b",
        ),
        *(
            "@abc",
            "@abcd",
            "@" + "a" * 32,
            "@" + "a" * 33,
            "@Абвгд",
            "@aбвг",
            "@@abcd",
            "@abcd@efgh",
        ),
        *("x@abcd", "[username]@abcd", "[USERNAME]", "[username", "xwww.a b", "@www.a b", ".www.a"),
        *("www. a", "www.", "t.me/ a", "xt.me/a", "telegram.me/a", "xtelegram.me/a", "at.me/b c"),
        *(
            "http:/ a",
            "https:// a",
            "xhttps://a b",
            "tg:/ a",
            "tg:// a",
            "httpss://a",
            "HTTP://A.B",
        ),
        *(
            "😀a",
            "a😀b",
            "a😀😀😀b",
            "a😀😀😀😀b",
            "a❶b",
            "a ❶b ❶c d",
            "a😀❶ b",
            "😀 a 😀",
            "😀 ab 😀",
        ),
        *(
            "a b c",
            "a b c d",
            "a b c  d",
            "xa b c d",
            "1 2 3 4 5",
            "a b 1 2",
            "a\nb c d e",
            "a b c d!",
        ),
        *("a.b.c", "ab.c.d", "a.b-c", "a.b.", "a..b.c", "_a.b.c", "1.a.b.c", "a*b*", "x a*b*c y"),
        *("g3r4k", "4nak", "anak2", "a44b", "a444b", "a€b", "a1", "x$abc", "$ab", "$abc", "$$abc"),
        *(
            "a!b",
            "a!bc",
            "ab!c",
            "ab!cd",
            " a!bc",
            "a!1",
            "!a",
            "ger*akan",
            "a**b",
            "a_b",
            "1_b",
            "a~|b",
        ),
        *(
            "aaa",
            "aa a",
            "111",
            "___",
            "!!!",
            "!!!!a",
            "a*a*a*a",
            "aa*a",
            "\u200ba\u200baa",
            "...",
            "…",
        ),
        *("`a", "`é", "\\nabc", "\\\\n", "\\", "n\\n", "\x00a", "a\x1cb", "\x7f"),
        *("аb", "кот abc", "оса abcdefg", "abcdefghijkl а", "и" * 40 + " abc", "αβγ abc", "abc а"),
        *(
            "أ",
            "ا\u0654",
            "ا\u064e\u0654",
            "ە\u0654",
            "ہ\u0654",
            "ے\u0654",
            "ﷺ",
            "لا\u0653",
            "ﻻ\u0653",
        ),
        *(
            "e\u0301",
            "и\u0306",
            "e\u200d\u0301",
            "ΟΔΟΣ",
            "İ",
            "한",
            "\u1112\u1161\u11ab",
            "ｶﾞ",
            "\u0f77",
        ),
        *("a .b. c. d", "a. b", "a, b, c, d", "a,b, c, d", "a🔥.b.c", "a . b . c . d", "+.a.b"),
        *("a_aaa_b", "aaa.b.c", "a b ccc d", "a a*a a", "a*aaa", "aa*b", "b***a", "a...b...c"),
        *("a@@@b", "a44444444b", "a4!b", "a4+b", "a4!+b", "m4ti 5aya 40rb", "a$$$$$$$$$$$b"),
        *(
            "a🔥🔥🔥🔥🔥b",
            "1 🔥🔥🔥🔥 2 🔥 3",
            "! a b c",
            "a b c €",
            "a b c d€",
            "a b c de",
            "a 🔥b c d",
        ),
        *("а*b", "а4b", "а44b", "ааааа abc abc", "ааа abcd", "dddddd ааа", "ΔΗ abc", "ΔΗ αβ a"),
        *("a \u200b b", "a \u200bb", "a\u200b b", "a \u200b\u200d b c d", "a\u00a0\u200b b c d e"),
        *("ꓖꓮ garak", "ꭰb", "Ꭺb", "ἀb", "ϲ", "cϲ", "⍺b", "a ❶", "🔥" * 40, "a" + "🔥" * 40 + "b"),
    ],
)
def test_texts_at_the_edge_of_a_rule_are_normalised_as_in_the_reference(text: str) -> None:
    assert as_texts([text, f"{text} kata", f"kata {text}", f"({text})"]) == [
        normalise(each) for each in (text, f"{text} kata", f"kata {text}", f"({text})")
    ]


def test_every_sign_in_a_word_and_alone_is_folded_as_the_reference_folds_it() -> None:
    signs = [chr(point) for point in (*range(0x2_0100), *range(0xE_0000, 0xE_0200))]
    texts = [f"b{sign}a {sign} {sign}{sign}{sign}" for sign in signs]

    differing = [
        ascii(text)
        for text, plain in zip(texts, as_texts(texts), strict=True)
        if plain != normalise(text)
    ]

    assert differing == []


@settings(max_examples=400, deadline=None)
@given(texts=st.lists(TEXTS, max_size=6))
def test_predictions_are_those_of_the_reference(
    model: Model, compiled: CompiledModel, texts: list[str]
) -> None:
    for found, expected in zip(compiled.predict(texts), model.predict(texts), strict=True):
        assert_alike(found, expected)


def test_predictions_of_examples_are_those_of_the_reference(
    model: Model, compiled: CompiledModel
) -> None:
    heads = replace(model.heads, thresholds=np.zeros(len(model.heads.codes)))
    texts = [f"{one.text}. {two.text} {one.text}!" for one, two in pairwise(examples())]
    expected = replace(model, heads=heads).predict(texts)

    for found, wanted in zip(replace(compiled, heads=heads).predict(texts), expected, strict=True):
        assert_alike(found, wanted)

    assert all(one.harm and one.purpose and len(one.reasons) == 6 for one in expected)


def assert_alike(found: Prediction, expected: Prediction) -> None:
    """Equal but for the last digits, which may also swap reasons of equal weight."""
    assert found.score == pytest.approx(expected.score, rel=0, abs=1e-6)
    assert replace(found, **UNCOMPARED) == replace(expected, **UNCOMPARED)
    for one, two in zip(codes_of(found), codes_of(expected), strict=True):
        assert one.code == two.code
        assert one.score == pytest.approx(two.score, rel=0, abs=1e-6)
    weights = [reason.weight for reason in expected.reasons if abs(reason.weight) > 1e-9]
    named = {reason.words: reason.weight for reason in expected.reasons}
    reasons = [reason for reason in found.reasons if abs(reason.weight) > 1e-9]
    assert [abs(reason.weight) for reason in reasons] == pytest.approx(np.abs(weights), abs=1e-9)
    for reason in reasons:
        last = abs(weights[-1])
        assert reason.weight == pytest.approx(named.get(reason.words, reason.weight), abs=1e-9)
        assert reason.words in named or abs(reason.weight) == pytest.approx(last, abs=1e-9)


@pytest.mark.parametrize(
    "unit",
    [
        *("a.", "a ", "@", "http://", "a!", "4a", "😀a", "a*", "аa", "aaa", "!", "_@.", "ﷺ", "😀"),
        *("س", "\ud800", "satu dua tiga ", "кто что где ", "t.me/a "),
    ],
)
def test_a_hundred_thousand_signs_score_as_in_the_reference(
    model: Model, compiled: CompiledModel, unit: str
) -> None:
    text = (unit * 100_001)[:100_001]

    assert compiled.scores([text, "satu"]) == pytest.approx(
        model.scores([text, "satu"]), rel=0, abs=1e-6
    )


def test_examples_score_alike_alone_and_in_a_batch(model: Model, compiled: CompiledModel) -> None:
    texts = ["join our unit today", "the market drew a crowd", "", "https://x.org", "j.o.i.n us"]

    together = compiled.scores(texts)

    assert together == pytest.approx(model.scores(texts), rel=0, abs=1e-6)
    assert together == pytest.approx([float(compiled.scores([text])[0]) for text in texts], rel=0)
    assert together[0] > 0.5 > together[1]


def test_no_texts_give_no_scores(compiled: CompiledModel) -> None:
    assert compiled.scores([]).tolist() == []


def test_public_corpora_normalise_as_in_the_reference(corpora: Path) -> None:
    for path in sorted(corpora.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            texts = [row["text"] for row in csv.DictReader(stream)][::20]
        assert as_texts(texts) == [normalise(text) for text in texts], path.name


def test_few_ordinary_texts_need_the_reference(corpora: Path) -> None:
    """Where most texts did, the result would be right and the speed gone."""
    found = compiled_tables.tables()
    with (corpora / "ru_telegram_news_negatives.csv").open(encoding="utf-8", newline="") as stream:
        texts = [row["text"] for row in csv.DictReader(stream)]

    _, ends = kernels("normalise").normalise_batch(
        *code_points(texts), found.fold, found.expansion, found.starts, found.classes
    )

    assert np.mean(ends < 0) < 0.05


def test_an_event_loop_keeps_answering_during_a_batch(compiled: CompiledModel) -> None:
    texts = ["satu dua tiga empat lima enam tujuh delapan " * 8] * 20_000
    worker = threading.Thread(target=compiled.scores, args=(texts,))
    ticks = 0

    worker.start()
    while worker.is_alive():
        time.sleep(0.005)
        ticks += 1

    assert ticks >= 10


def test_the_reference_answers_until_the_compiled_code_is_there(
    model: Model, compiled: CompiledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, began = threading.Event(), threading.Event()

    def make() -> None:
        began.set()
        assert may_end.wait(30)

    gate = Gate(make)
    monkeypatch.setattr(fast, "_gate", lambda: gate)
    few = ["join our unit today"]

    assert compiled.predict(few) == model.predict(few)
    assert not began.is_set()
    compiled.scores(few * WORTH_COMPILING)
    assert began.wait(30)
    assert compiled.predict(few) == model.predict(few)

    may_end.set()
    compiled.warm_up()
    assert gate.is_open(0)
    assert_alike(compiled.predict(few)[0], model.predict(few)[0])


def test_code_that_cannot_be_made_leaves_the_reference_and_is_said_when_asked_for(
    model: Model, compiled: CompiledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make() -> None:
        raise ImportError("numba does not fit this numpy")

    was_shown = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda error: was_shown.set())
    gate = Gate(make)
    monkeypatch.setattr(fast, "_gate", lambda: gate)

    with pytest.raises(ClassifierError, match="cannot be made ready"):
        compiled.warm_up()
    assert was_shown.wait(30)
    assert compiled.predict(["satu dua"]) == model.predict(["satu dua"])


def test_without_numba_the_model_stays_as_it_is(
    model: Model, compiled: CompiledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert type(reference(compiled)) is Model
    assert fastest(compiled) is compiled

    monkeypatch.setattr(fast, "available", lambda: False)

    assert fastest(model) is model


def test_a_compiled_model_saves_the_same_artefact(
    model: Model, compiled: CompiledModel, tmp_path: Path
) -> None:
    model.save(tmp_path / "plain")
    compiled.save(tmp_path / "compiled")

    files = [sorted((tmp_path / name).iterdir()) for name in ("plain", "compiled")]
    for one, two in zip(*files, strict=True):
        assert one.name == two.name and one.read_bytes() == two.read_bytes()


def test_importing_the_package_does_not_import_numba() -> None:
    program = "import sys, classifiers, classifiers.compiled; print('numba' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"


def test_numbers_of_the_kernels_are_those_of_the_reference() -> None:
    folding = kernels("normalise")
    scoring = kernels("scoring")
    reasons = kernels("reasons")
    for name in (
        *("WORD", "LETTER", "SPACE", "SYMBOL", "MARK", "LEET", "ALNUM", "TWINNED", "LATIN"),
        *("CENSOR", "BANG", "SIGN", "REMOVED", "NEEDS_REFERENCE", "FIRST_EXPANSION", "TABLED"),
    ):
        assert getattr(folding, name) == getattr(compiled_tables, name), name
    assert scoring.FEWEST_WINDOWS == familiarity.FEWEST_WINDOWS
    assert scoring.FOREIGN_SHARE == familiarity._FOREIGN_SHARE
    assert scoring.PLACEHOLDERS_BELOW == plain_model._ALL_PLACEHOLDERS_BELOW
    assert scoring.MIX == reasons.MIX == ngrams._MIX
    for file in (scoring, reasons):
        assert (file.LETTER, file.SYMBOL) == (ngrams._LETTER, ngrams._SYMBOL)
    assert ngrams.WINDOW == 4
    assert ngrams.BUCKETS == ngrams.WORDS + ngrams.WINDOWS + ngrams.SHORT_WINDOWS
    expansions = np.diff(compiled_tables.tables().starts)
    assert expansions.max() <= folding.LONGEST_EXPANSION
