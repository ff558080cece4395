"""Every new revision is judged once, and what is flagged waits on a card of its own."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.services.triage import Triaged
from tests.factories import Flow, post

COPY = "FLAG saudara sekalian mari berkumpul malam ini di tempat biasa dan bawa semua kawan"
OTHER = "FLAG kirim uang ke rekening berikut supaya pekerjaan kelompok dapat berlanjut"


async def revisions(flow: Flow) -> list[int]:
    return [row.id for row in await flow.rows("SELECT id FROM revisions ORDER BY id")]


async def test_flagged_post_opens_a_case_with_a_card(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post("FLAG serang"), post("cuaca cerah")], [])

    assert await flow.triage.batch() == Triaged(judged=2, flagged=1, cases=1)

    (card,) = await flow.cards()
    assert (card.state, card.score) == (CaseState.WAITING, 0.9)
    assert (await flow.audited()).count("card opened") == 1
    assert await flow.triage.batch() == Triaged()


async def test_reasons_are_kept_of_flagged_posts_alone(flow: Flow) -> None:
    await flow.arrive(post("FLAG serang"), post("cuaca cerah"))

    rows = await flow.rows("SELECT is_flagged, reasons FROM verdicts ORDER BY id")

    assert [bool(row.is_flagged) for row in rows] == [True, False]
    assert "flag" in str(rows[0].reasons)
    assert "calm" not in str(rows[1].reasons)


async def test_nothing_is_lost_when_the_model_fails(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    await flow.watched()
    await flow.ingest.live([post("FLAG serang")], [])
    with monkeypatch.context() as broken:
        broken.setattr(flow.classifier, "predict", _breaks)
        with pytest.raises(MemoryError):
            await flow.triage.batch()

    assert await flow.triage.batch() == Triaged(1, 1, 1)


async def _breaks(*_: Any, **__: Any) -> None:
    raise MemoryError("no room for the model")


@pytest.mark.parametrize(
    "step", ["verdicts.keep", "cards.open_card", "near_duplicates.keep", "posts.judged", "commit"]
)
async def test_crash_between_keeps_nothing_and_loses_nothing(
    flow: Flow, restarted: Callable[[], Flow], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await flow.watched()
    await flow.ingest.live([post(COPY), post("cuaca cerah")], [])
    store, _, method = step.rpartition(".")
    real = flow.database.work

    class Dying:
        """A unit of work in which one step is never finished."""

        def __init__(self, **asked: bool) -> None:
            self.context = real(**asked)

        async def __aenter__(self) -> Any:
            work = await self.context.__aenter__()
            monkeypatch.setattr(getattr(work, store) if store else work, method, _breaks)
            return work

        async def __aexit__(self, *raised: Any) -> Any:
            return await self.context.__aexit__(*raised)

    monkeypatch.setattr(flow.database, "work", Dying)
    with pytest.raises(MemoryError):
        await flow.triage.batch()
    monkeypatch.setattr(flow.database, "work", real)
    assert await flow.cards() == []
    assert await flow.rows("SELECT id FROM verdicts") == []

    again = restarted()

    assert await again.triage.batch() == Triaged(2, 1, 1)
    assert len(await again.cards()) == 1


async def test_two_who_judge_at_once_make_one_card(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    await flow.watched()
    await flow.ingest.live([post("FLAG serang")], [])
    other = restarted()

    await asyncio.gather(flow.triage.batch(), other.triage.batch(), return_exceptions=True)
    await flow.triage.batch()

    assert len(await flow.cards()) == 1
    assert len(await flow.rows("SELECT id FROM verdicts")) == 1
    assert await flow.rows("SELECT id FROM revisions WHERE NOT is_judged") == []


async def test_near_copy_joins_the_case_with_a_card_of_its_own(flow: Flow) -> None:
    await flow.arrive(post(COPY))
    await flow.arrive(post(f"🔥🔥 {COPY} 🔥 https://t.me/lain"), post(OTHER))

    first, copy, other = await flow.cards()

    assert first.case_id == copy.case_id != other.case_id
    assert len({first.post_id, copy.post_id, other.post_id}) == 3
    assert {card.state for card in (first, copy, other)} == {CaseState.WAITING}


async def test_copies_within_one_batch_share_a_case(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post(COPY), post(COPY)], [])

    assert await flow.triage.batch() == Triaged(judged=2, flagged=2, cases=1)
    assert len(await flow.cards()) == 2


async def test_copy_of_a_decided_post_waits_for_a_person_of_its_own(flow: Flow) -> None:
    decided = await flow.confirmed(COPY)

    await flow.arrive(post(f"Hoaks, jangan sebarkan: {COPY}"))

    _, copy = await flow.cards()
    assert (copy.case_id, copy.state) == (decided.case_id, CaseState.WAITING)


async def test_copy_after_a_month_opens_a_new_case(flow: Flow) -> None:
    await flow.arrive(post(COPY))
    flow.clock.advance(timedelta(days=30, seconds=1))
    await flow.arrive(post(COPY))

    first, later = await flow.cards()

    assert first.case_id != later.case_id


async def test_edit_of_an_open_card_shows_the_new_words_and_looks_fall_away(flow: Flow) -> None:
    original = post(COPY)
    await flow.arrive(original)
    (card,) = await flow.cards()
    first = await flow.moderator("Ani")
    await flow.choose(first, card, Choice.CONFIRM, HarmCode.GLORIFY)
    assert (await flow.card(card.id)).state is CaseState.SECOND

    await flow.edit(original, "FLAG kata-kata baru")

    (changed,) = await flow.cards()
    assert (changed.id, changed.state) == (card.id, CaseState.WAITING)
    assert changed.revision_id == (await revisions(flow))[-1]
    assert "card changed" in await flow.audited()
    # Who looked at the old words may look at the new ones.
    assert (await flow.choose(first, changed, Choice.UNSURE)).refusal is not None
    await flow.deal.duty(first, on=True, chat_id=first.telegram_id)
    assert (await flow.desk(first)).card_id == card.id


async def test_edit_that_calms_an_open_card_still_waits_for_a_person(flow: Flow) -> None:
    original = post(COPY)
    await flow.arrive(original)

    await flow.edit(original, "Selamat pagi semuanya")

    (card,) = await flow.cards()
    assert card.state is CaseState.WAITING
    assert card.score == 0.9


async def test_desk_that_shows_an_edited_post_is_drawn_anew(flow: Flow) -> None:
    original = post(COPY)
    await flow.arrive(original)
    person = await flow.moderator()
    await flow.post_office()

    await flow.edit(original, "FLAG kata-kata baru")
    await flow.post_office()

    assert "kata-kata baru" in str(flow.courier.edited[-1][2].html)
    assert (await flow.desk(person)).revision_id == (await revisions(flow))[-1]


@pytest.mark.parametrize("text", ["FLAG kata-kata baru", "Selamat pagi semuanya"])
async def test_edit_of_a_confirmed_post_goes_back_to_a_person(flow: Flow, text: str) -> None:
    await flow.recipient()
    original = post(COPY)
    await flow.arrive(original)
    (card,) = await flow.cards()
    person = await flow.moderator()
    await flow.confirm(person, card)

    await flow.edit(original, text)
    flow.clock.advance(timedelta(seconds=61))

    assert await flow.refer.past_undo() == 0
    _, new = await flow.cards()
    assert (new.state, new.post_id, new.case_id) == (CaseState.WAITING, card.post_id, card.case_id)


@pytest.mark.parametrize("text", ["FLAG kata-kata baru", "Selamat pagi semuanya"])
async def test_edit_of_a_referred_unsent_post_goes_back_to_a_person(flow: Flow, text: str) -> None:
    await flow.recipient()
    original = post(COPY)
    await flow.arrive(original)
    person = await flow.moderator()
    await flow.confirm(person, (await flow.cards())[0])
    flow.clock.advance(timedelta(seconds=61))
    assert await flow.refer.past_undo() == 1

    await flow.edit(original, text)

    assert await flow.refer.digests_now() == []
    assert (await flow.cards())[-1].state is CaseState.WAITING
    assert [row.state for row in await flow.rows("SELECT state FROM referrals")] == ["withdrawn"]


async def test_edit_after_delivery_waits_only_if_it_is_flagged(flow: Flow) -> None:
    await flow.recipient()
    original = post(COPY)
    await flow.arrive(original)
    person = await flow.moderator()
    await flow.confirm(person, (await flow.cards())[0])
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.digests_now()
    await flow.post_office()

    calm = await flow.edit(original, "Selamat pagi semuanya")
    assert len(await flow.cards()) == 1

    await flow.edit(calm, "FLAG lagi dan lagi")
    assert len(await flow.cards()) == 2


async def test_edit_of_a_dismissed_post_waits_again_only_if_it_is_flagged(flow: Flow) -> None:
    original = post(COPY)
    await flow.arrive(original)
    (card,) = await flow.cards()
    person = await flow.moderator()
    await flow.dismiss(person, card, PurposeCode.NEWS)

    calm = await flow.edit(original, "Selamat pagi semuanya")
    assert [one.state for one in await flow.cards()] == [CaseState.DISMISSED]

    await flow.edit(calm, "FLAG kata-kata baru")
    assert [one.state for one in await flow.cards()] == [CaseState.DISMISSED, CaseState.WAITING]


async def test_edit_to_nothing_of_a_confirmed_post_is_not_referred(flow: Flow) -> None:
    await flow.recipient()
    original = post(COPY, media=("photo",))
    await flow.arrive(original)
    await flow.confirm(await flow.moderator(), (await flow.cards())[0])

    await flow.edit(original, "")
    flow.clock.advance(timedelta(seconds=61))

    assert await flow.refer.digests_now() == []
    assert (await flow.cards())[-1].state is CaseState.WAITING


async def test_edits_that_waited_together_are_judged_in_their_order(flow: Flow) -> None:
    await flow.watched()
    original = post(COPY)
    await flow.ingest.live([original], [])
    flow.clock.advance(timedelta(minutes=1))
    edited = post("FLAG kata baru", original.message_id, edited_at=flow.clock.now())
    await flow.ingest.live([edited], [])

    assert await flow.triage.batch() == Triaged(judged=2, flagged=2, cases=1)

    (card,) = await flow.cards()
    assert card.revision_id == (await revisions(flow))[-1]


async def test_unreadable_revision_is_never_judged_twice_nor_called_clean(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post("🔥🔥🔥"), post("", media=("photo",))], [])

    assert await flow.triage.batch() == Triaged(judged=2)
    assert await flow.triage.batch() == Triaged()
    assert await flow.rows("SELECT id FROM verdicts") == []


async def test_more_than_a_batch_is_judged_in_several(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post(f"cuaca {number}") for number in range(205)], [])

    assert [(await flow.triage.batch()).judged for _ in range(3)] == [200, 5, 0]


async def test_copy_of_the_edited_words_joins_the_case_too(flow: Flow) -> None:
    original = post(COPY)
    await flow.arrive(original)
    await flow.edit(original, OTHER)

    await flow.arrive(post(OTHER))

    first, copy = await flow.cards()
    assert first.case_id == copy.case_id
