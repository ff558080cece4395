"""What a profile requires and a referral has not is asked for, once, where it can be filled in."""

from datetime import timedelta

from bot.domain.codes import HarmCode
from bot.domain.explaining import Field, WhyPress
from bot.domain.people import Person, Role
from bot.domain.recipient import Requirement
from bot.ports import Letter
from bot.services.chase import Chase
from bot.storage.cards import KeptCard
from tests.factories import Flow, post
from tests.services.test_explain import confirmed, required

_A_MINUTE, _TEN = timedelta(seconds=61), timedelta(minutes=10)


def asked(flow: Flow, person: Person) -> list[Letter]:
    """What a person was told about referrals that are kept back."""
    return [one for one in flow.courier.to(person.telegram_id) if "gets it only once" in one.html]


async def held(flow: Flow, harm: HarmCode = HarmCode.INCITE) -> tuple[Person, KeptCard]:
    """A confirmed post that is owed to a recipient who requires reasons."""
    regulator = await flow.recipient()
    await required(flow, regulator, Requirement.REASONS, Requirement.PICTURE)
    person, card = await confirmed(flow, harm)
    flow.clock.advance(_A_MINUTE)
    assert await flow.refer.past_undo()
    return person, card


async def test_who_confirmed_is_asked_once_and_then_it_leaves(flow: Flow) -> None:
    person, card = await held(flow)
    other, chase = await flow.moderator("Sari"), Chase(flow.database, flow.clock)

    assert await chase.due() == 0  # the checklist came a minute ago
    flow.clock.advance(_TEN)
    assert await chase.due() == 1
    flow.clock.advance(_TEN)
    assert await chase.due() == 0
    assert await Chase(flow.database, flow.clock).due() == 0
    await flow.post_office()

    (letter,) = asked(flow, person)
    assert "reasons" in letter.html
    assert "picture" not in letter.html  # no checklist brings that one
    assert letter.buttons[0][0].data == f"why:{card.id}:open"
    assert asked(flow, other) == []
    assert await flow.refer.digests_now() == []
    await flow.explain.press(person, WhyPress(card.id, Field.REASON, "incite-calls"))
    await flow.picture.confirmed()
    assert [one.items for one in await flow.refer.digests_now()] == [1]


async def test_what_does_not_wait_is_asked_for_at_once(flow: Flow) -> None:
    person, _ = await held(flow, HarmCode.THREAT)

    assert await Chase(flow.database, flow.clock).due() == 1
    await flow.post_office()
    assert len(asked(flow, person)) == 1


async def test_nothing_is_asked_of_who_has_said_it(flow: Flow) -> None:
    person, card = await held(flow)
    await flow.explain.press(person, WhyPress(card.id, Field.REASON, "incite-calls"))
    flow.clock.advance(_TEN)

    assert await Chase(flow.database, flow.clock).due() == 0


async def test_whoever_is_on_duty_is_asked_and_may_answer_for_somebody_who_left(flow: Flow) -> None:
    person, card = await held(flow)
    on_duty, resting = await flow.moderator("Sari"), await flow.moderator("Tono", on_duty=False)
    press = WhyPress(card.id, Field.REASON, "incite-calls")
    assert await flow.explain.press(on_duty, press) is None  # the one who confirmed is there

    await flow.part.remove(await flow.admin(), person.id, Role.MODERATOR)
    flow.clock.advance(_TEN)
    assert await Chase(flow.database, flow.clock).due() == 1
    await flow.post_office()

    assert [len(asked(flow, one)) for one in (person, on_duty, resting)] == [0, 1, 0]
    assert await flow.explain.press(on_duty, press) is not None
    rows = await flow.rows("SELECT actor FROM audit WHERE event = 'explained'")
    assert [row.actor for row in rows] == [on_duty.id]
    await flow.picture.confirmed()
    assert [one.items for one in await flow.refer.digests_now()] == [1]


async def test_edit_before_sending_is_asked_about_anew(flow: Flow) -> None:
    regulator = await flow.recipient()
    await required(flow, regulator, Requirement.REASONS)
    first = post("FLAG serang sekarang juga")
    await flow.arrive(first)
    person = await flow.moderator("Budi")
    chase = Chase(flow.database, flow.clock)
    for words in ("", "FLAG serang besok pagi saja"):
        if words:
            await flow.edit(first, words)
        card = (await flow.cards())[-1]
        assert (await flow.confirm(person, card)).refusal is None
        flow.clock.advance(_A_MINUTE)
        await flow.refer.past_undo()
        flow.clock.advance(_TEN)
        assert await chase.due() == 1
    await flow.post_office()

    assert len(asked(flow, person)) == 2
