"""Predictions: defined for any text, exact reasons, safe to share."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers import Model
from tests.classifiers.conftest import examples

CALL = "enlist in our brigade without delay, write to the admin"
TALK = "the harvest drew a crowd in the village after lunch"


def test_call_to_arms_scores_above_talk_of_the_village(model: Model) -> None:
    call, talk = model.predict([CALL, TALK])

    assert call.flagged
    assert not talk.flagged
    assert call.score > model.threshold > talk.score


def test_harm_and_purpose_are_told_apart(model: Model) -> None:
    call, talk = model.predict([CALL, TALK])

    assert [harm.code for harm in call.harm] == ["RECRUIT"]
    assert call.purpose is None
    assert talk.harm == ()
    assert talk.purpose is None or talk.purpose.code in ("NEWS", "OTHER")


@pytest.mark.parametrize(
    "text", ["", "  \n", "👍👍", "12 345", "...", "https://example.org @contoh"]
)
def test_text_without_words_is_nothing_to_read(model: Model, text: str) -> None:
    (prediction,) = model.predict([text])

    assert not prediction.readable
    assert not prediction.flagged
    assert prediction.score == 0
    assert prediction.reasons == ()
    assert prediction.harm == ()
    assert prediction.purpose is None


def test_unlearnt_script_is_said_to_be_unknown(model: Model) -> None:
    (prediction,) = model.predict(["これはサッカーの試合についての投稿です"])

    assert prediction.readable
    assert not prediction.known


def test_unlearnt_language_in_a_learnt_script_is_said_to_be_unknown(model: Model) -> None:
    foreign = "Przedwczoraj zaśpiewaliśmy niezwykłą pieśń, choć wszyscy żołnierze źle słyszeli"
    (prediction,) = model.predict([foreign])

    assert not prediction.known


def test_training_texts_are_known(model: Model) -> None:
    predictions = model.predict([row.text for row in examples()])

    assert sum(prediction.known for prediction in predictions) >= 0.98 * len(predictions)


@given(st.text(st.characters(codec=None), max_size=400))
def test_reasons_add_up_to_the_decision_value(model: Model, text: str) -> None:
    decision, parts = model.decision(text)

    assert math.isclose(sum(parts.values()) + model.constant, decision, abs_tol=1e-9)


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(codec=None), max_size=200), max_size=5))
def test_any_text_gets_a_defined_prediction_alone_and_in_a_batch(
    model: Model, texts: list[str]
) -> None:
    batch = model.predict(texts)

    assert len(batch) == len(texts)
    for text, among_others in zip(texts, batch, strict=True):
        (alone,) = model.predict([text])
        assert 0 <= among_others.score <= 1
        assert math.isclose(alone.score, among_others.score, abs_tol=1e-9)
        assert among_others.flagged == (
            among_others.readable and among_others.score >= model.threshold
        )
        assert len(among_others.reasons) <= 6


def test_scores_are_those_of_predictions(model: Model) -> None:
    texts = [row.text for row in examples()] + ["", "👍"]

    scores = model.scores(texts)

    assert scores.tolist() == [prediction.score for prediction in model.predict(texts)]


def test_reasons_are_words_of_the_text_strongest_first(model: Model) -> None:
    (prediction,) = model.predict([CALL])

    assert all(reason.words in CALL for reason in prediction.reasons)
    weights = [abs(reason.weight) for reason in prediction.reasons]
    assert weights == sorted(weights, reverse=True)
    assert prediction.reasons[0].weight > 0


def test_disguised_call_scores_as_the_plain_one(model: Model) -> None:
    plain, disguised = model.predict([CALL, CALL.replace("e", "е").replace("brigade", "br1g4de")])

    assert disguised.score == pytest.approx(plain.score, abs=0.05)


def test_very_long_and_binary_texts_get_a_prediction(model: Model) -> None:
    junk = "".join(chr(point) for point in range(0x3000))
    predictions = model.predict([CALL * 2_000, junk, "\ud800\udc00\x00" * 1000])

    assert predictions[0].flagged
    assert all(0 <= prediction.score <= 1 for prediction in predictions)


def test_threads_share_one_model(model: Model) -> None:
    texts = [row.text for row in examples()]
    alone = model.predict(texts)

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(model.predict, [texts] * 8))

    assert all(answer == alone for answer in together)
