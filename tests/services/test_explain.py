"""Reasons belong to the person who confirmed, and what a recipient requires waits for them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.codes import FORWARDABLE, HarmCode
from bot.domain.explaining import Field, WhyPress, pressed, unpack_why, written
from bot.domain.people import Person
from bot.domain.recipient import Requirement
from bot.domain.statement import (
    LONGEST_TRANSLATION,
    Caution,
    Factor,
    Rating,
    Statement,
    merged,
    offered,
)
from bot.render.checklist import checklist
from bot.storage.cards import KeptCard
from bot.texts import LANGUAGES, say
from tests.factories import Flow
from tests.render.letter_rules import checked, visible

A_MINUTE = timedelta(seconds=61)


async def confirmed(flow: Flow, harm: HarmCode = HarmCode.INCITE) -> tuple[Person, KeptCard]:
    card = await flow.flagged("FLAG serang sekarang juga, kita akan ke sana")
    person = await flow.moderator("Budi")
    assert (await flow.confirm(person, card, harm)).refusal is None
    return person, card


async def required(flow: Flow, person: Person, *needs: Requirement) -> None:
    async with flow.database.work() as work:
        one = await work.recipients.of_person(person.id)
        assert one is not None
        await work.recipients.change(one.id, required=list(needs))
        await work.commit()


async def ticked(flow: Flow, person: Person, card: KeptCard, field: Field, value: str = "") -> str:
    letter = await flow.explain.press(person, WhyPress(card.id, field, value))
    assert letter is not None
    return visible(str(checked(letter).html))


async def wrote(flow: Flow, person: Person, card: KeptCard, words: str) -> tuple[str, str]:
    letters = await flow.explain.write(person, card.id, words)
    assert letters is not None
    changed, word = (visible(str(checked(letter).html)) for letter in letters)
    return changed, word


async def test_reasons_stand_in_the_digest_in_its_own_language(flow: Flow) -> None:
    regulator = await flow.recipient(language="id")
    person, card = await confirmed(flow)
    await ticked(flow, person, card, Field.REASON, "incite-calls")
    assert "call on its readers" in await ticked(flow, person, card, Field.EXEMPTION)
    assert "nothing was noted" not in await ticked(flow, person, card, Field.DONE)
    _, word = await wrote(flow, person, card, "Diulang  tiga kali.")
    assert word == f"✅ Case {card.case_id}, noted: a sentence of your own"
    assert (await ticked(flow, person, card, Field.DONE)).endswith(
        "noted: 1 reason, a sentence of your own, no lawful purpose found"
    )
    flow.clock.advance(A_MINUTE)

    await flow.refer.digests_now()
    await flow.post_office()

    seen = visible(str(flow.courier.to(regulator.telegram_id)[0].html))
    reason = say("id", "reason-incite-calls").unescape()
    assert f"Alasan: {reason} Diulang tiga kali." in seen
    assert "explained" in await flow.audited()


async def test_done_says_when_nothing_was_noted(flow: Flow) -> None:
    person, card = await confirmed(flow)

    assert "nothing was noted" in await ticked(flow, person, card, Field.DONE)


async def test_pressing_a_reason_again_takes_it_back(flow: Flow) -> None:
    person, card = await confirmed(flow)
    await ticked(flow, person, card, Field.REASON, "incite-calls")
    await ticked(flow, person, card, Field.REASON, "incite-calls")

    (row,) = await flow.rows("SELECT reasons FROM statements")
    assert str(row.reasons) == "[]"


async def test_only_the_one_who_confirmed_explains_and_only_before_it_left(flow: Flow) -> None:
    await flow.recipient()
    person, card = await confirmed(flow)
    other = await flow.moderator("Sari")
    press = WhyPress(card.id, Field.REASON, "incite-calls")

    assert await flow.explain.press(other, press) is None
    assert await flow.explain.press(person, WhyPress(card.id + 9, Field.DONE)) is None
    assert (
        await flow.explain.press(person, WhyPress(card.id, Field.REASON, "threat-moment")) is None
    )
    assert await flow.explain.press(person, press) is not None
    flow.clock.advance(A_MINUTE)
    await flow.refer.digests_now()
    assert await flow.explain.press(person, press) is None
    assert await flow.explain.write(person, card.id, "x") is None


async def test_undone_confirmation_cannot_be_explained(flow: Flow) -> None:
    person, card = await confirmed(flow)
    await flow.decide.undo(person, card.id)

    assert await flow.explain.press(person, WhyPress(card.id, Field.DONE)) is None


async def test_checklist_comes_by_itself_where_a_recipient_requires_it(flow: Flow) -> None:
    regulator = await flow.recipient()
    await required(flow, regulator, Requirement.REASONS, Requirement.RATINGS)

    person, card = await confirmed(flow)
    await flow.post_office()

    asked = [visible(str(one.html)) for one in flow.courier.to(person.telegram_id)]
    assert any("requires: reasons, context ratings" in one for one in asked)
    flow.clock.advance(A_MINUTE)
    assert await flow.refer.digests_now() == []
    await ticked(flow, person, card, Field.REASON, "looked-whole")
    for factor in Factor:
        await ticked(flow, person, card, Field.RATING, factor)
    assert len(await flow.refer.digests_now()) == 1


async def test_checklist_stays_away_where_nobody_requires_it(flow: Flow) -> None:
    await flow.recipient()
    person, _ = await confirmed(flow)
    await flow.post_office()

    assert not any("why?" in str(one.html) for one in flow.courier.to(person.telegram_id))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("harm", sorted(FORWARDABLE))
def test_checklist_is_a_letter_that_telegram_takes(harm: HarmCode, language: str) -> None:
    full = Statement(
        offered(harm),
        "x" * 600,
        True,
        "y" * 200,
        dict.fromkeys(Factor, Rating.LOW),
        tuple(Caution),
        "z" * LONGEST_TRANSLATION,
    )

    letter = checklist(10**17, 10**6, harm, full, frozenset(Requirement), language)

    for button in (button for row in checked(letter).buttons for button in row):
        assert unpack_why(button.data or "") is not None


def test_rating_turns_and_comes_back_to_none() -> None:
    said, seen = Statement(), []
    for _ in range(4):
        turned = pressed(said, HarmCode.INCITE, WhyPress(1, Field.RATING, "intent"))
        assert turned is not None
        said = turned
        seen.append(said.ratings.get(Factor.INTENT))

    assert seen == [Rating.LOW, Rating.MIDDLE, Rating.HIGH, None]


def test_written_entity_is_no_sentence() -> None:
    said = written(
        Statement(note="kept"), HarmCode.OFFICIAL, "Entitas: Badan contoh,\n daftar contoh"
    )

    assert (said.note, said.entity) == ("kept", "Badan contoh, daftar contoh")


@pytest.mark.parametrize("head", ["Translation:", "terjemahan :", "TERJEMAHAN:\n"])
def test_written_translation_is_no_sentence_and_has_an_end(head: str) -> None:
    said = written(Statement(note="kept"), HarmCode.INCITE, f"{head} strike <now>\n{'x' * 2000}")

    assert said.note == "kept"
    assert said.translation.startswith("strike <now> xxx")
    assert len(said.translation) == LONGEST_TRANSLATION


def test_attack_know_how_is_not_translated() -> None:
    said = Statement(note="kept")

    assert written(said, HarmCode.INSTRUCT, "translation: step one") == said


async def test_translation_stands_in_the_digest_as_a_person_s_and_is_escaped(flow: Flow) -> None:
    regulator = await flow.recipient()
    person, card = await confirmed(flow)
    changed, word = await wrote(flow, person, card, "translation: strike <b>right</b> now")
    assert "Translation: strike <b>right</b> now" in changed
    assert word.endswith("noted: the translation")
    flow.clock.advance(A_MINUTE)

    await flow.refer.digests_now()
    await flow.post_office()

    seen = visible(str(flow.courier.to(regulator.telegram_id)[0].html))
    assert "Translated by a person: strike <b>right</b> now" in seen
    assert "Indonesian (guessed)" in seen
    (item,) = json.loads(flow.courier.files(regulator.telegram_id)["1.json"])["items"]
    assert item["translation"] == {"text": "strike <b>right</b> now", "made_by": "person"}
    assert item["language"] == {"tag": "id", "name": "Indonesian (guessed)", "is_guess": True}


def test_statements_of_two_people_are_joined() -> None:
    one = Statement(("a", "b"), "First.", ratings={Factor.INTENT: Rating.LOW})
    other = Statement(("b", "c"), "Second.", True, ratings={Factor.INTENT: Rating.HIGH})

    both = merged([replace(one, translation="one"), replace(other, translation="other")])

    assert both.reasons == ("a", "b", "c")
    assert both.note == "First. Second."
    assert both.has_no_exemption
    assert both.ratings == {Factor.INTENT: Rating.HIGH}
    assert both.translation == "other"


@pytest.mark.parametrize("data", ["", "why:1", "why:x:done", "why:1:drop", "why:1:reason:A B"])
def test_forged_press_is_none(data: str) -> None:
    assert unpack_why(data) is None
