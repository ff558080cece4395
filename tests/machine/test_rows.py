"""Every row of the table one after another, so that each is seen in every run; and what else
docs/flow.md says that chance would take long to come by."""

from datetime import timedelta

from bot.domain.desk import View
from bot.domain.receipt import DisputeState, ReplyCode
from tests.machine.test_machine import BESIDES, ROWS
from tests.machine.world.world import World

MINUTE = timedelta(seconds=61)


async def confirm(world: World, card: int, code: str = "INCITE") -> str:
    """Whoever has the card reads it and confirms; what they are told."""
    who = await world.holder(card)
    await world.turn(who, View.FULL)
    return await world.press(who, "confirm", code)


async def test_every_row_is_gone_through(world: World) -> None:
    await world.arrive(0, "flagged", views=9)  # a
    first = await world.holder(1)
    await world.press(first, "confirm", "INCITE")  # c
    assert await world.undo(first, 1) == "waiting"  # k
    await world.press(first, "confirm", "INCITE")
    await world.check()
    await world.wait(MINUTE)  # l
    await world.digests()
    await world.deliver()
    assert await world.reopen(1) == "already_sent"
    assert await world.ask(0, 1) == "asked"
    assert await world.second(0, 1, agrees=True) == "same_person"
    assert await world.second(1, 1, agrees=True) == "withdrawn"  # n
    await world.deliver()
    await world.check()

    await world.arrive(0, "flagged", "Hoaks, jangan sebar: ")  # b
    await world.press(await world.holder(2), "dismiss", "NEWS")  # f
    assert await world.reopen(2) == "reopened"  # m
    await world.press(await world.holder(2), "skip")  # g
    await world.edit(2, "flagged")  # q
    await world.tick()
    await world.press(await world.holder(2), "confirm", "GLORIFY")  # d
    await world.press(await world.holder(2), "confirm", "RECRUIT")  # h
    await world.edit(2, "flagged")  # o
    await world.check()

    await world.arrive(2, "flagged")
    await world.press(await world.holder(4), "unsure")  # e
    await world.press(await world.holder(4), "dismiss")  # i
    await world.press(await world.holder(3), "dismiss")
    third = await world.holder(4)
    assert await world.press(third, "confirm", "THREAT") == "not_opened_in_full"
    await world.turn(third, View.FULL)
    assert await world.press(third, "confirm", "THREAT") == "confirmed"  # j
    await world.check()

    await world.wait(MINUTE)
    await world.deliver()
    await world.wait(timedelta(days=200))
    await world.forget()  # p
    await world.check()
    assert await world.reopen(3) == "forgotten"
    assert set(world.oracle.rows) >= ROWS


async def test_what_people_say_of_cases_and_holds_go_along(world: World) -> None:
    await world.arrive(1, "flagged", views=9)
    await confirm(world, 1)
    await world.arrive(3, "flagged", views=9)
    one, two = (world.oracle.cards[number] for number in (1, 2))
    assert two.looks_like == one.case
    await world.hold(two.case)
    assert await world.join(await world.holder(2))
    assert one.case == two.case
    who = await world.holder(2)
    assert (await world.same(who, is_stale=True), await world.same(who)) == (
        "like_changed",
        "confirmed",
    )
    await world.arrive(1, "flagged", views=9)
    assert await world.take_out(await world.holder(3))
    await confirm(world, 3)
    assert len(world.oracle.held) == 2
    await world.arrive(3, "flagged", views=9)
    await world.arrive(1, "flagged", views=9)
    await world.check()
    await world.wait(timedelta(days=200))
    await world.forget()
    await world.check()


async def test_kept_apart_it_is_asked_about_no_more(world: World) -> None:
    await world.arrive(1, "flagged", views=9)
    await world.arrive(3, "flagged", views=9)
    who = await world.holder(2)
    assert await world.keep_apart(who)
    assert not await world.join(who)
    await world.check()


async def test_answers_disputes_and_the_pause(world: World) -> None:
    for number in range(1, 6):
        await world.arrive(0, "flagged", views=9)
        await confirm(world, number, "INSTRUCT" if number == 1 else "INCITE")
        world.clock.advance(timedelta(minutes=3))
    await world.wait(MINUTE)
    await world.digests()
    assert await world.answer(1, ReplyCode.NOT_VIOLATING) == "foreign"
    await world.deliver()
    assert await world.answer(1, ReplyCode.ACTIONED, is_theirs=False) == "foreign"
    assert await world.answer(1, ReplyCode.NOT_VIOLATING) == "kept"
    assert await world.answer(1, ReplyCode.NOT_VIOLATING) == "unchanged"
    whose = world.oracle.cards[world.oracle.referrals[1].card].looks[-1].who
    by = [person.id for person in world.people].index(whose)
    assert not await world.dispute(by, 1, DisputeState.AGREED)
    assert await world.dispute((by + 1) % 3, 1, DisputeState.AGREED)
    assert await world.answer(2, ReplyCode.NOT_VIOLATING) == "kept"
    assert await world.dispute(3, 2, DisputeState.KEPT)
    assert await world.answer(3, ReplyCode.NOT_VIOLATING) == "kept"
    assert world.oracle.is_paused
    assert await world.answer(3, ReplyCode.ACTIONED) == "kept"
    await world.deliver()
    await world.arrive(1, "flagged", views=9)
    await confirm(world, 6)
    await world.wait(MINUTE)
    await world.digests()
    assert world.oracle.referrals[6].state == "owed"
    await world.resume()
    await world.digests()
    assert world.oracle.referrals[6].state == "leased"
    await world.forget()
    assert world.oracle.rows["sealed"]
    assert await world.answer(4, ReplyCode.NOT_VIOLATING) == "kept"
    await world.wait(timedelta(days=200))
    await world.forget()
    await world.deliver()


async def test_practice_comes_before_the_first_card_and_touches_nothing(world: World) -> None:
    await world.arrive(0, "flagged", views=9)
    assert await world.duty(3, on=True) == "practice_first"
    await world.practise(3, [False, *[True] * 12])
    assert await world.duty(3, on=True) == "practice_first"
    await world.practise(3, [True] * 20)
    assert await world.duty(3, on=True) == "started"
    await world.check()


async def test_haste_asks_for_a_second_person(world: World) -> None:
    for who in (1, 2):
        await world.duty(who, on=False)
    for number in range(1, 12):
        await world.arrive(0, "flagged", views=9)
        world.clock.advance(timedelta(seconds=4))
        told = await confirm(world, number)
        assert told == ("second" if number == 11 else "confirmed")
    await world.wait(timedelta(minutes=20))
    for number in range(12, 33):
        await world.arrive(0, "flagged", views=9)
        world.clock.advance(timedelta(seconds=20))
        told = await confirm(world, number)
    assert world.oracle.rows["many"]
    assert told == "second"
    await world.check()


async def test_calls_are_made_once_and_to_who_can_help(world: World) -> None:
    await world.arrive(0, "urgent", views=9)
    await world.wait(timedelta(minutes=16))  # unseen
    await world.wait(timedelta(minutes=80))  # near
    await world.wait(timedelta(minutes=30))  # missed
    for who in range(3):
        await world.duty(who, on=False)
    await world.arrive(1, "urgent", views=9)
    await world.arrive(2, "flagged", views=9)
    await world.wait(timedelta(hours=19))
    await world.check()
    seen = {row for row in world.oracle.rows if row.startswith("call: ")}
    assert seen == {row for row in BESIDES if row.startswith("call: ")}
