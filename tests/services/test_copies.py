"""Copies of what was decided: same or different, join or keep apart, and taken out again."""

from datetime import timedelta

import pytest

from bot.domain.case import CaseState, Choice, Refusal
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from bot.storage.cards import KeptCard
from bot.storage.near_duplicates import MEMORY
from tests.factories import Flow, post

TEXT = "FLAG mari berkumpul malam ini di lapangan besar dan bawa semua kawan kita ke sana"
COPY = f"Hoaks, jangan sebarkan: {TEXT}"
ALIKE = (
    "FLAG mari berkumpul malam ini di lapangan, acara syukuran warga desa dengan makan bersama dan "
    "undian untuk semua yang hadir"
)


async def copied(flow: Flow, copy: str = COPY) -> KeptCard:
    """The card of a near-identical copy of a post that was confirmed."""
    await flow.confirmed(TEXT)
    return await flow.flagged(copy)


async def test_copy_is_dealt_beside_the_decided_one_with_its_differences(flow: Flow) -> None:
    card = await copied(flow)
    person = await flow.moderator()
    await flow.post_office()

    desk = await flow.desk(person)
    shown = str(flow.courier.to(person.telegram_id)[-1].html)
    assert (desk.card_id, desk.view) == (card.id, View.LIKE)
    assert "<b>Hoaks, jangan sebarkan:</b>" in shown
    assert "call to violence" in shown


async def test_same_is_a_review_of_this_post_by_this_person(flow: Flow) -> None:
    card = await copied(flow)
    person = await flow.moderator()

    decided = await flow.decide.same(person, card.id, card.revision_id, "INCITE")

    assert (decided.state, decided.harm) == (CaseState.CONFIRMED, HarmCode.INCITE)
    (row,) = await flow.rows(f"SELECT * FROM reviews WHERE card_id = {card.id}")
    assert (row.person_id, row.revision_id, row.harm) == (person.id, card.revision_id, "INCITE")
    assert row.same_as_card_id == (await flow.cards())[0].id


async def test_same_as_a_dismissal_dismisses_with_its_purpose(flow: Flow) -> None:
    first = await flow.flagged(TEXT)
    person = await flow.moderator()
    await flow.dismiss(person, first, PurposeCode.COUNTER)
    card = await flow.flagged(COPY)

    decided = await flow.decide.same(person, card.id, card.revision_id, "COUNTER")

    assert (decided.state, decided.purpose) == (CaseState.DISMISSED, PurposeCode.COUNTER)


async def test_likely_purpose_on_the_copy_asks_for_two_all_the_same(flow: Flow) -> None:
    card = await copied(flow, copy=f"NEWS dari lapangan: {TEXT}")
    first, second = await flow.moderator("Ani"), await flow.moderator("Citra")

    decided = await flow.decide.same(first, card.id, card.revision_id, "INCITE")

    assert decided.state is CaseState.SECOND
    desk = await flow.desk(second)
    assert (desk.card_id, desk.view) == (card.id, View.CARD)  # without what was said before


async def test_same_says_nothing_when_the_other_decision_was_taken_back(flow: Flow) -> None:
    first = await flow.flagged(TEXT)
    person, other = await flow.moderator(), await flow.moderator("Budi")
    await flow.dismiss(person, first)
    card = await flow.flagged(COPY)
    holder = person if (await flow.desk(person)).card_id == card.id else other
    await flow.reverse.reopen(await flow.admin(), first.id, "Ternyata bukan kutipan")

    decided = await flow.decide.same(holder, card.id, card.revision_id, "NONE")

    assert decided.refusal is Refusal.LIKE_CHANGED
    assert (await flow.card(card.id)).state is CaseState.WAITING


async def test_same_says_nothing_when_the_other_decision_changed(flow: Flow) -> None:
    card = await copied(flow)
    person = await flow.moderator()
    async with flow.database.work() as work:
        await work.cards.move((await flow.cards())[0].id, CaseState.DISMISSED)
        await work.commit()

    decided = await flow.decide.same(person, card.id, card.revision_id, "INCITE")

    assert decided.refusal is Refusal.LIKE_CHANGED
    assert (await flow.card(card.id)).state is CaseState.WAITING
    assert (await flow.decide.same(person, card.id, card.revision_id, "NONE")).refusal is None


async def test_same_cannot_be_said_of_what_stands_alone(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()

    decided = await flow.decide.same(person, card.id, card.revision_id, "INCITE")

    assert decided.refusal is Refusal.LIKE_CHANGED
    assert not await flow.rows("SELECT * FROM reviews")


async def test_long_copy_is_read_to_the_end_before_it_is_the_same(flow: Flow) -> None:
    long = TEXT + " kata" * 400
    first = await flow.flagged(long)
    person = await flow.moderator()
    await flow.turn.to(person, first.id, first.revision_id, View.HARM)
    await flow.confirm(person, first)
    card = await flow.flagged(f"Lagi: {long}")

    refused = await flow.decide.same(person, card.id, card.revision_id, "INCITE")
    opened = (await flow.desk(person)).view
    decided = await flow.decide.same(person, card.id, card.revision_id, "INCITE")

    assert (refused.refusal, opened) == (Refusal.NOT_OPENED_IN_FULL, View.FULL)
    assert decided.state is CaseState.CONFIRMED


async def test_different_shows_the_card_by_itself(flow: Flow) -> None:
    card = await copied(flow)
    person = await flow.moderator()

    assert await flow.turn.differs(person, card.id, card.revision_id)
    await flow.turn.to(person, card.id, card.revision_id, View.MORE)
    await flow.turn.to(person, card.id, card.revision_id, View.CARD)

    desk = await flow.desk(person)
    assert (desk.view, desk.like_card_id) == (View.CARD, None)


async def test_edit_of_a_decided_post_is_shown_beside_what_it_was(flow: Flow) -> None:
    original = post(TEXT)
    await flow.arrive(original)
    person = await flow.moderator()
    await flow.confirm(person, (await flow.cards())[0])
    await flow.edit(original, TEXT.replace("malam ini", "besok pagi"))
    await flow.post_office()

    shown = str(flow.courier.to(person.telegram_id)[-1].html)
    assert "before it was edited" in shown
    assert "<s>malam ini</s><b>besok pagi</b>" in shown


async def test_edit_lies_beside_what_it_was_however_many_copies_came_since(flow: Flow) -> None:
    original = post(TEXT)
    await flow.arrive(original)
    person = await flow.moderator()
    first = (await flow.cards())[0]
    await flow.dismiss(person, first)
    for number in range(21):
        flow.clock.advance(timedelta(seconds=1))
        await flow.arrive(post(f"{TEXT} {number}"))
        await flow.dismiss(person, (await flow.cards())[-1])

    await flow.edit(original, f"{TEXT} 20")

    desk = await flow.desk(person)
    assert desk.card_id == (await flow.cards())[-1].id
    assert desk.like_card_id == first.id


async def test_what_only_resembles_a_case_asks(flow: Flow) -> None:
    await flow.flagged(TEXT)
    card = await flow.flagged(ALIKE)

    first, second = await flow.cards()
    assert first.case_id != second.case_id
    assert card.looks_like_case_id == first.case_id


async def test_join_puts_it_there_and_its_copies_follow(flow: Flow) -> None:
    await flow.confirmed(TEXT)
    card = await flow.flagged(ALIKE)
    person = await flow.moderator()
    case_id = (await flow.cards())[0].case_id

    joined = await flow.regroup.join(person, card.id, card.revision_id)
    again = await flow.flagged(f"{ALIKE} !!")

    assert joined == case_id == (await flow.card(card.id)).case_id == again.case_id
    assert (await flow.desk(person)).view is View.LIKE  # the case has a decision
    assert "card joined" in await flow.audited()
    assert not await flow.rows(f"SELECT * FROM cases WHERE id = {card.case_id}")


async def test_keep_apart_asks_no_more(flow: Flow) -> None:
    await flow.confirmed(TEXT)
    card = await flow.flagged(ALIKE)
    person = await flow.moderator()

    assert await flow.regroup.keep_apart(person, card.id, card.revision_id) == card.case_id
    assert (await flow.card(card.id)).looks_like_case_id is None
    assert isinstance(await flow.regroup.join(person, card.id, card.revision_id), Refusal)


async def test_wrongly_joined_post_is_taken_out_and_its_copies_follow(flow: Flow) -> None:
    card = await copied(flow)
    person = await flow.moderator()

    case_id = await flow.regroup.take_out(person, card.id, card.revision_id)
    again = await flow.flagged(f"{COPY} !!")

    assert case_id == (await flow.card(card.id)).case_id != card.case_id
    assert again.case_id == case_id
    assert (await flow.desk(person)).view is View.CARD
    assert isinstance(await flow.regroup.take_out(await flow.admin(), 1, 1), Refusal)


async def bands(flow: Flow) -> int:
    return len(await flow.rows("SELECT band FROM bands"))


async def test_same_words_add_no_bands_and_are_found_as_long_as_one_post_has_them(
    flow: Flow,
) -> None:
    first = await flow.flagged(TEXT)
    of_one = await bands(flow)
    second = await flow.flagged(TEXT.upper())
    assert (second.case_id, await bands(flow)) == (first.case_id, of_one)

    async with flow.database.work() as work:
        await work.retention.seal_words([first.post_id])
        await work.commit()
    left = await bands(flow)
    third = await flow.flagged(TEXT)
    async with flow.database.work() as work:
        await work.retention.seal_words([second.post_id, third.post_id])
        await work.commit()

    assert (left, third.case_id) == (of_one, first.case_id)
    assert not await flow.rows("SELECT id FROM wordings")
    assert not await bands(flow)


async def test_many_versions_of_a_template_hide_neither_each_other_nor_the_same_words(
    flow: Flow,
) -> None:
    apart = await flow.flagged(f"{TEXT} 0 bukan")
    versions = [await flow.flagged(f"{TEXT} {number} ya") for number in range(30)]
    async with flow.database.work() as work:
        await work.cases.move(apart.post_id, other := await work.cards.open_case(flow.clock.now()))
        await work.commit()

    again = await flow.flagged(f"{TEXT} 0 BUKAN")
    copy = await flow.flagged(f"Lagi: {TEXT} 99 ya")

    assert {card.case_id for card in versions} == {apart.case_id, copy.case_id} != {other}
    assert again.case_id == other  # however many versions are newer and nearly the same


async def test_copy_is_looked_for_during_30_days_and_its_hashes_go_at_night(flow: Flow) -> None:
    first = await flow.flagged(TEXT)
    flow.clock.advance(MEMORY - timedelta(seconds=1))
    second = await flow.flagged(COPY)
    flow.clock.advance(timedelta(seconds=1))
    last = await flow.flagged(TEXT)
    assert (
        second.case_id == last.case_id == first.case_id
    )  # by the second one: the first is too old

    flow.clock.advance(MEMORY - timedelta(seconds=1))
    counted = (await flow.retain.all(dry_run=True)).prints
    done = (await flow.retain.all()).prints
    again = await flow.flagged(TEXT)
    flow.clock.advance(MEMORY)
    assert (await flow.flagged(TEXT)).case_id not in {first.case_id, again.case_id}

    assert (counted, done, again.case_id) == (2, 2, first.case_id)


@pytest.mark.parametrize("verb", ["join", "keep_apart", "take_out"])
async def test_nobody_regroups_what_lies_on_another_desk(flow: Flow, verb: str) -> None:
    await flow.confirmed(TEXT)
    card = await copied(flow) if verb == "take_out" else await flow.flagged(ALIKE)
    person = await flow.moderator()
    other = await flow.moderator("Budi")

    said = await getattr(flow.regroup, verb)(other, card.id, card.revision_id)
    own = await getattr(flow.regroup, verb)(person, card.id, card.revision_id)

    assert isinstance(said, Refusal)
    assert isinstance(own, int)


async def test_decision_that_is_not_to_teach_does_not(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()

    assert await flow.turn.teach(person, card.id, card.revision_id) is False
    await flow.dismiss(person, card)
    other = await flow.flagged("FLAG sesuatu yang sama sekali lain dan baru")
    await flow.choose(person, other, Choice.UNSURE)

    rows = await flow.rows("SELECT teaches FROM reviews ORDER BY id")
    assert [bool(row.teaches) for row in rows] == [False, True]
