"""Cards come to desks one at a time, each to one person at a time."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode
from bot.domain.desk import PAGE, View
from bot.domain.people import Role
from bot.services.deal import CLAIM
from bot.services.part import Parted
from tests.factories import Flow, post

ONE = "FLAG pertama: berkumpul malam ini di lapangan"
TWO = "FLAG kedua, soal uang: kirim ke rekening kelompok"
THREE = "FLAG ketiga tentang hal lain lagi yang jauh berbeda"


async def on_desk(flow: Flow, *people: object) -> list[int | None]:
    return [(await flow.desk(person)).card_id for person in people]  # type: ignore[arg-type]


async def test_waiting_desk_gets_a_card_when_one_arrives(flow: Flow) -> None:
    person = await flow.moderator()
    await flow.post_office()

    card = await flow.flagged()
    await flow.post_office()

    desk = await flow.desk(person)
    assert (desk.card_id, desk.view) == (card.id, View.CARD)
    assert len(flow.courier.to(person.telegram_id)) == 2  # a new message, so that it is heard


async def test_nobody_off_duty_gets_a_card(flow: Flow) -> None:
    person = await flow.moderator(on_duty=False)
    await flow.flagged()
    await flow.deal.wake_desks()

    assert await on_desk(flow, person) == [None]


async def test_two_desks_never_get_one_card(flow: Flow) -> None:
    await flow.arrive(post(ONE), post(TWO))

    people = [await flow.moderator(name) for name in ("Ani", "Budi", "Citra")]

    cards = {card.id for card in await flow.cards()}
    assert set(await on_desk(flow, *people)) == cards | {None}


async def test_desks_that_start_at_once_get_different_cards(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    await flow.arrive(post(ONE), post(TWO), post(THREE))
    people = [await flow.moderator(name, on_duty=False) for name in ("Ani", "Budi", "Citra")]
    flows = [flow, restarted(), restarted()]

    await asyncio.gather(
        *(
            one.deal.duty(person, on=True, chat_id=person.telegram_id)
            for one, person in zip(flows, people, strict=True)
        )
    )

    assert sorted(await on_desk(flow, *people), key=str) == sorted(
        (card.id for card in await flow.cards()), key=str
    )


async def test_urgent_cards_come_first_then_the_oldest(flow: Flow) -> None:
    await flow.arrive(post(ONE))
    flow.clock.advance(timedelta(seconds=1))
    await flow.arrive(post(TWO))
    flow.clock.advance(timedelta(seconds=1))
    await flow.arrive(post(f"{THREE} THREAT"))
    one, two, urgent = await flow.cards()
    person = await flow.moderator()

    dealt = []
    for _ in range(3):
        (card_id,) = await on_desk(flow, person)
        assert card_id is not None
        dealt.append(card_id)
        await flow.choose(person, await flow.card(card_id), Choice.SKIP)

    assert dealt == [urgent.id, one.id, two.id]
    assert await on_desk(flow, person) == [None]


async def test_skipped_card_is_not_dealt_again_but_to_others(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.choose(person, card, Choice.SKIP)

    await flow.deal.duty(person, on=True, chat_id=person.telegram_id)
    other = await flow.moderator("Budi")

    assert await on_desk(flow, person, other) == [None, card.id]


async def test_claim_runs_out_and_the_card_goes_to_who_waits(flow: Flow) -> None:
    card = await flow.flagged()
    first = await flow.moderator("Ani")
    other = await flow.moderator("Budi")
    flow.clock.advance(CLAIM - timedelta(seconds=1))
    await flow.deal.wake_desks()
    assert await on_desk(flow, first, other) == [card.id, None]

    flow.clock.advance(timedelta(seconds=1))
    await flow.deal.wake_desks()

    assert (await flow.desk(other)).card_id == card.id


async def test_who_was_slow_still_counts_while_nobody_decided(flow: Flow) -> None:
    card = await flow.flagged()
    slow = await flow.moderator("Ani")
    quick = await flow.moderator("Budi")
    flow.clock.advance(CLAIM)
    await flow.deal.wake_desks()

    decided = await flow.dismiss(slow, card)
    late = await flow.confirm(quick, card)

    assert decided.state is CaseState.DISMISSED
    assert late.by == "Ani"


async def test_skip_by_a_slow_person_does_not_free_what_another_holds(flow: Flow) -> None:
    card = await flow.flagged()
    slow = await flow.moderator("Ani")
    holder = await flow.moderator("Budi")
    flow.clock.advance(CLAIM)
    await flow.deal.wake_desks()
    assert (await flow.desk(holder)).card_id == card.id

    await flow.choose(slow, card, Choice.SKIP)
    third = await flow.moderator("Citra")

    assert await on_desk(flow, third) == [None]


async def test_end_of_duty_frees_the_card(flow: Flow) -> None:
    card = await flow.flagged()
    first = await flow.moderator("Ani")

    await flow.deal.duty(first, on=False, chat_id=first.telegram_id)
    other = await flow.moderator("Budi")

    assert await on_desk(flow, first, other) == [None, card.id]


async def test_removed_moderator_loses_card_and_text(flow: Flow) -> None:
    card = await flow.flagged("FLAG rahasia sekali")
    first = await flow.moderator("Ani")
    other = await flow.moderator("Budi")
    await flow.post_office()

    assert await flow.part.remove(await flow.admin(), first.id, Role.MODERATOR) is Parted.REMOVED
    await flow.post_office()

    assert await on_desk(flow, first, other) == [None, card.id]
    shown = [letter for chat, _, letter in flow.courier.edited if chat == first.telegram_id][-1]
    assert "rahasia" not in str(shown.html)
    assert shown.buttons == ()


async def test_second_look_is_dealt_to_somebody_else_who_does_not_see_the_first(
    flow: Flow,
) -> None:
    card = await flow.flagged()
    first = await flow.moderator("Ani")
    other = await flow.moderator("Budi")

    await flow.confirm(first, card, HarmCode.GLORIFY)
    await flow.post_office()

    assert await on_desk(flow, first, other) == [None, card.id]
    shown = str(flow.courier.to(other.telegram_id)[-1].html)
    assert "Ani" not in shown
    assert "glorification" not in shown


async def test_long_text_opens_page_by_page_and_comes_round(flow: Flow) -> None:
    card = await flow.flagged("FLAG " + "x" * (2 * PAGE))
    person = await flow.moderator()

    seen = []
    for _ in range(4):
        assert await flow.turn.to(person, card.id, card.revision_id, View.FULL)
        desk = await flow.desk(person)
        seen.append((desk.page, desk.pages_seen))
        await flow.draw.desk(person.id)

    assert seen == [(0, 1), (1, 2), (2, 3), (0, 3)]


async def test_confirm_leads_to_the_text_until_it_was_read(flow: Flow) -> None:
    card = await flow.flagged("FLAG " + "x" * PAGE)
    person = await flow.moderator()

    views = []
    for _ in range(3):
        await flow.turn.to(person, card.id, card.revision_id, View.HARM)
        views.append((await flow.desk(person)).view)

    assert views == [View.FULL, View.FULL, View.HARM]


async def test_page_cannot_be_turned_on_what_is_not_there(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    stranger = await flow.moderator("Budi")

    assert not await flow.turn.to(stranger, card.id, card.revision_id, View.FULL)
    assert not await flow.turn.to(person, card.id, card.revision_id + 1, View.FULL)
    assert not await flow.turn.to(person, card.id + 1, card.revision_id, View.FULL)
    assert (await flow.desk(person)).view is View.CARD


async def test_new_card_is_read_from_its_start(flow: Flow) -> None:
    await flow.arrive(post("FLAG " + "x" * (2 * PAGE)), post("FLAG " + "y" * (2 * PAGE)))
    person = await flow.moderator()
    first, second = await flow.cards()
    for _ in range(3):
        await flow.turn.to(person, first.id, first.revision_id, View.FULL)
    await flow.dismiss(person, first)

    desk = await flow.desk(person)

    assert (desk.card_id, desk.page, desk.pages_seen) == (second.id, 0, 0)


async def test_pressed_message_is_the_desk_from_then_on(flow: Flow) -> None:
    await flow.flagged()
    person = await flow.moderator()

    await flow.deal.adopt(person, 77)
    await flow.post_office()

    assert [message for _, message, _ in flow.courier.edited] == [77]


async def test_moderators_work_at_once_without_getting_in_each_others_way(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    """Duty, choices, undoing, arrivals and sending, all at once: nothing deadlocks or is lost."""
    people = [await flow.moderator(f"M{n}") for n in range(4)]
    await flow.watched()
    await flow.recipient()
    sender = restarted()

    async def moderate(number: int) -> None:
        mine, person = restarted(), people[number]
        for round_ in range(4):
            desk = await mine.desk(person)
            if desk.card_id is not None:
                card = await mine.card(desk.card_id)
                await mine.confirm(person, card)
                if round_ % 2:
                    await mine.decide.undo(person, card.id)
            await mine.turn.to(person, desk.card_id or 0, desk.revision_id or 0, View.FULL)
            await mine.deal.duty(person, on=True, chat_id=person.telegram_id)

    async def arrive() -> None:
        for number in range(5):
            await flow.ingest.live([post(f"FLAG {number} " + chr(97 + number) * 50)], [])
            await flow.triage.batch()

    async def send() -> None:
        for _ in range(8):
            await sender.post_office()
            await sender.refer.past_undo()
            await sender.deal.wake_desks()

    await asyncio.gather(*(moderate(n) for n in range(4)), arrive(), send())

    held = [card_id for card_id in await on_desk(flow, *people) if card_id is not None]
    claims = await flow.rows(
        "SELECT claimed_by, count(*) AS cards FROM cards "
        "WHERE claimed_by IS NOT NULL GROUP BY claimed_by"
    )
    assert len(await flow.cards()) == 5
    assert all(row.cards == 1 for row in claims)
    assert len(held) == len(set(held))
