"""The examples beside a post: the nearest confirmed and the nearest benign one."""

from datetime import timedelta

import pytest

from bot.domain.case import Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from bot.domain.nearest import NearestExamples
from bot.services import nearest
from bot.services.nearest import Nearest
from bot.storage.cards import KeptCard
from tests.factories import Flow, post
from tests.render.letter_rules import visible

CALL = "FLAG kirim beras merah kepada rombongan penyanyi di lereng gunung"
ASKED = "FLAG kirim beras merah kepada rombongan penari di lereng gunung"
FOREIGN = "FLAG zxqv jjkw qqzx wvvx"  # like nothing


async def beside(flow: Flow, asked: KeptCard, finder: Nearest | None = None) -> NearestExamples:
    async with flow.database.look() as work:
        revision = await work.posts.revision(asked.revision_id)
    return await (finder or Nearest(flow.database)).to(revision)


async def test_decided_posts_with_the_same_words_are_the_nearest(flow: Flow) -> None:
    moderator = await flow.moderator()
    await flow.confirm(moderator, await flow.flagged(CALL), HarmCode.FINANCE)
    await flow.dismiss(moderator, await flow.flagged(f"{CALL} besok"), PurposeCode.ART)

    found = await beside(flow, await flow.flagged(ASKED))

    assert found.confirmed is not None
    assert (found.confirmed.text, found.confirmed.harm) == (CALL, HarmCode.FINANCE)
    assert found.confirmed.is_decision
    assert 0.5 < found.confirmed.likeness < 1
    assert found.benign is not None
    assert (found.benign.text, found.benign.purpose) == (f"{CALL} besok", PurposeCode.ART)


async def test_seed_lines_stand_in_where_nothing_was_decided(flow: Flow) -> None:
    asked = await flow.flagged("FLAG Join our armed group. Write to the admin to pledge.")

    found = await beside(flow, asked)

    assert found.confirmed is not None
    assert found.confirmed.harm is not None
    assert found.benign is not None
    assert found.benign.purpose is not None
    assert not found.confirmed.is_decision


async def test_text_like_no_other_has_no_examples(flow: Flow) -> None:
    assert await beside(flow, await flow.flagged(FOREIGN)) == NearestExamples(None, None)


async def test_forgotten_text_is_gone_from_the_next_answer(flow: Flow) -> None:
    decided = await flow.flagged(CALL)
    await flow.confirm(await flow.moderator(), decided)
    asked, finder = await flow.flagged(ASKED), Nearest(flow.database)
    before = await beside(flow, asked, finder)

    async with flow.database.work() as work:
        await work.connection.exec_driver_sql(
            f"UPDATE revisions SET text = '' WHERE id = {decided.revision_id}"
        )
        await work.commit()
    after = await beside(flow, asked, finder)

    assert before.confirmed is not None
    assert before.confirmed.text == CALL
    assert after.confirmed is None or after.confirmed.text != CALL
    assert finder._shelf.decided == []


async def test_undone_decision_is_no_example(flow: Flow) -> None:
    moderator, decided = await flow.moderator(), await flow.flagged(CALL)
    asked, finder = await flow.flagged(ASKED), Nearest(flow.database)
    await flow.confirm(moderator, decided)
    assert (await beside(flow, asked, finder)).confirmed is not None

    await flow.decide.undo(moderator, decided.id)

    after = await beside(flow, asked, finder)
    assert after.confirmed is None or not after.confirmed.is_decision


async def test_withdrawn_referral_is_no_example(flow: Flow) -> None:
    await flow.recipient()
    await flow.referred(CALL)
    asked = await flow.flagged(ASKED)

    async with flow.database.work() as work:
        await work.connection.exec_driver_sql("UPDATE referrals SET state = 'withdrawn'")
        await work.commit()

    found = await beside(flow, asked)
    assert found.confirmed is None or not found.confirmed.is_decision


async def test_decision_that_is_not_to_teach_is_no_example_either(flow: Flow) -> None:
    moderator, decided = await flow.moderator(), await flow.flagged(CALL)
    assert await flow.turn.teach(moderator, decided.id, decided.revision_id) is False
    flow.clock.advance(timedelta(seconds=2))
    assert (await flow.confirm(moderator, decided)).refusal is None

    found = await beside(flow, await flow.flagged(ASKED))

    assert found.confirmed is None or not found.confirmed.is_decision


async def test_words_of_an_instruction_are_never_shown_again(flow: Flow) -> None:
    await flow.confirm(await flow.moderator(), await flow.flagged(CALL), HarmCode.INSTRUCT)

    found = await beside(flow, await flow.flagged(ASKED))

    assert found.confirmed is None or not found.confirmed.is_decision


async def test_post_is_no_example_for_its_own_edit(flow: Flow) -> None:
    original = post(CALL)
    await flow.arrive(original)
    await flow.dismiss(await flow.moderator(), (await flow.cards())[-1])
    flow.clock.advance(timedelta(minutes=5))
    await flow.edit(original, ASKED)

    found = await beside(flow, (await flow.cards())[-1])

    assert found.benign is None or not found.benign.is_decision


async def test_first_of_two_looks_shows_nothing_to_the_second(flow: Flow) -> None:
    first, decided = await flow.moderator(), await flow.flagged(CALL)
    await flow.choose(first, decided, Choice.UNSURE)

    found = await beside(flow, await flow.flagged(ASKED))

    assert not any(one and one.is_decision for one in (found.confirmed, found.benign))


async def test_newest_decisions_are_kept_where_there_are_too_many(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "MOST_OF_A_KIND", 2)
    moderator = await flow.moderator()
    decided = [await flow.flagged(f"{CALL} {number * 'lagi '}") for number in range(3)]
    for card in decided:
        await flow.dismiss(moderator, card)
    finder = Nearest(flow.database)

    await beside(flow, await flow.flagged(ASKED), finder)

    newest = {card.revision_id for card in decided[1:]}
    assert {one.revision_id for one in finder._shelf.decided} == newest


async def test_more_shows_both_examples_on_the_card(flow: Flow) -> None:
    moderator = await flow.moderator()
    await flow.confirm(moderator, await flow.flagged(CALL), HarmCode.FINANCE)
    card = await flow.flagged("FLAG Join our armed group. Write to the admin to pledge. " + CALL)

    await flow.turn.to(moderator, card.id, card.revision_id, View.MORE)
    await flow.post_office()

    shown = visible(flow.courier.to(moderator.telegram_id)[-1].html)
    assert "Nearest confirmed post, fundraising" in shown
    assert CALL in shown
    assert "Nearest harmless example" in shown
    assert "shipped, nobody here decided it" in shown


async def test_card_itself_carries_no_examples(flow: Flow) -> None:
    moderator = await flow.moderator()
    await flow.confirm(moderator, await flow.flagged(CALL), HarmCode.FINANCE)
    await flow.flagged(ASKED)

    await flow.post_office()

    assert "Nearest" not in visible(flow.courier.to(moderator.telegram_id)[-1].html)
