"""Presses: two at once, undone, forged, in the wrong place, replayed, too old."""

import asyncio

import pytest

from bot.domain.people import Role
from sandbox.double import Message, Person
from tests.end_to_end.stage import Stage


async def dealt(stage: Stage, *people: Person) -> Message:
    """Everybody is on duty, a flagged post came, and it lies on the first one's desk."""
    channel = await stage.watched()
    await stage.start()
    for person in people:
        await stage.on_duty(person)
    stage.double.publish(channel, "join our armed group")
    return await stage.desk_shows(people[0], "Case 1")


async def on_both_desks(stage: Stage) -> tuple[Person, Person]:
    """Two moderators look at one card: the first one's claim had run out."""
    budi, dewi = await stage.moderator(), await stage.moderator(1003, "Dewi")
    await dealt(stage, budi, dewi)
    await stage.presses(budi, "Propaganda…")
    stage.later(minutes=11)
    await stage.desk_shows(dewi, "Case 1")
    await stage.presses(dewi, "Propaganda…")
    await stage.button(budi, "recruitment")
    await stage.button(dewi, "recruitment")
    return budi, dewi


async def test_of_two_who_press_at_once_one_is_told_who_was_first(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi, dewi = await on_both_desks(stage)

    presses = [
        stage.double.press(person, stage.desk(person), "recruitment") for person in (budi, dewi)
    ]
    said = sorted(await asyncio.gather(*(stage.answer(press) for press in presses)))

    assert said[0].endswith(" was first: this one is already decided.") or said[1].endswith(
        " was first: this one is already decided."
    )
    assert "Confirmed: recruitment. You can undo this for a minute." in said
    assert await stage.one("SELECT count(*) FROM reviews") == 1
    first = await stage.one(
        "SELECT people.name FROM reviews JOIN people ON people.id = reviews.person_id"
    )
    assert f"{first} was first: this one is already decided." in said


async def test_second_press_shows_who_decided_first(stage: Stage) -> None:
    budi, dewi = await on_both_desks(stage)

    await stage.presses(dewi, "recruitment")
    said = await stage.answer(stage.double.press(budi, stage.desk(budi), data=CONFIRMS))

    assert said == "Dewi was first: this one is already decided."
    await stage.desk_shows(budi, "Your desk is empty.")


async def test_undo_brings_the_card_back_to_the_desk(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi = await stage.moderator()
    await dealt(stage, budi)
    await stage.confirms(budi)

    said = await stage.presses(budi, "Undo the last one")
    stage.later(seconds=61)
    await stage.desk_shows(budi, "Case 1")

    assert said == "Undone. The card waits for a decision again."
    assert await stage.one("SELECT state FROM cards") == "waiting"
    assert await stage.rows("SELECT choice, stands FROM reviews") == [("confirm", False)]
    assert (await stage.says(stage.admin, "/digest now")).startswith(
        "Tidak ada yang perlu dikirim."
    )
    assert await stage.confirms(budi, "fundraising") == (
        "Confirmed: fundraising. You can undo this for a minute."
    )


async def test_undo_is_refused_after_its_minute(stage: Stage) -> None:
    budi = await stage.moderator()
    await dealt(stage, budi)
    await stage.confirms(budi)
    await stage.button(budi, "Undo")

    stage.later(seconds=61)
    said = await stage.presses(budi, "Undo")

    assert said == "The minute for undoing is over. An admin can /reopen it."
    assert await stage.one("SELECT state FROM cards") == "confirmed"


async def test_undo_is_refused_once_the_post_was_referred(stage: Stage) -> None:
    budi, _ = await stage.moderator(), await stage.recipient()
    await dealt(stage, budi)
    await stage.confirms(budi)
    await stage.button(budi, "Undo")
    stage.later(seconds=61)
    await stage.until_one("SELECT count(*) FROM referrals", 1)

    said = await stage.presses(budi, "Undo")

    assert said == "It has already been referred. /withdraw takes it back."
    assert await stage.one("SELECT state FROM cards") == "referred"


async def test_undo_by_another_person_is_refused(stage: Stage) -> None:
    budi, dewi = await stage.moderator(), await stage.moderator(1003, "Dewi")
    await dealt(stage, budi, dewi)
    await stage.confirms(budi)

    said = await stage.answer(stage.double.press(dewi, stage.desk(dewi), data="z:1:0"))

    assert said == "There is nothing of yours to undo here."
    assert await stage.one("SELECT state FROM cards") == "confirmed"


async def test_undo_of_a_post_that_was_edited_meanwhile_is_refused(stage: Stage) -> None:
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    post = stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    stage.double.edit(post, "join our armed group today")
    await stage.desk_shows(budi, "today")

    said = await stage.answer(stage.double.press(budi, stage.desk(budi), data="z:1:0"))

    assert said == "The post was edited meanwhile. Look at the new version."
    assert await stage.rows("SELECT state FROM cards ORDER BY id") == [("confirmed",), ("waiting",)]
    assert (
        await stage.presses(budi, "Same: recruitment")
        == "Confirmed: recruitment. You can undo this for a minute."
    )


async def test_undo_off_duty_gives_the_card_to_whoever_is_on_duty(stage: Stage) -> None:
    budi, dewi = await stage.moderator(), await stage.moderator(1003, "Dewi")
    card = await dealt(stage, budi, dewi)
    await stage.confirms(budi)
    await stage.desk_shows(budi, "Last: confirmed")
    stage.double.say(budi, "/duty off")
    await stage.desk_shows(budi, "You are off duty")

    said = await stage.answer(stage.double.press(budi, card, data="z:1:0"))

    assert said == "Undone. The card waits for a decision again."
    await stage.desk_shows(dewi, "Case 1")


async def test_removed_moderators_press_is_refused(stage: Stage) -> None:
    budi = await stage.moderator()
    await dealt(stage, budi)
    await stage.presses(budi, "Propaganda…")
    await stage.button(budi, "recruitment")
    await stage.dismissed(budi)

    said = await stage.presses(budi, "recruitment")

    assert said == "Only moderators can do this."
    assert await stage.one("SELECT count(*) FROM reviews") == 0


@pytest.mark.parametrize("role", [None, Role.ADMIN, Role.RECIPIENT])
async def test_only_a_moderators_press_counts(stage: Stage, role: Role | None) -> None:
    budi, eka = await stage.moderator(), stage.person(1005, "Eka", "id")
    if role:
        await stage.hired(eka, role)
    stage.opened(eka)
    await dealt(stage, budi)
    theirs = stage.double.say(eka, "/start")

    said = await stage.answer(stage.double.press(eka, theirs, data="h:1:1:RECRUIT"))

    assert said == "Hanya moderator yang dapat melakukan ini."
    assert await stage.one("SELECT count(*) FROM reviews") == 0


CONFIRMS = "h:1:1:RECRUIT"  # the first card, its first revision
FORGED = {
    "garbage": "\x00\u202e💥 no",
    "nothing of ours": "h",
    "another card": "h:999:1:RECRUIT",
    "another revision": "h:1:999:RECRUIT",
    "an unknown code": "h:1:1:TERROR",
    "a purpose as harm": "h:1:1:NEWS",
    "a harm as purpose": "p:1:1:RECRUIT",
    "no code": "h:1:1",
    "an unknown action": "q:1:1",
    "sixty-four bytes": "h:" + "9" * 18 + ":" + "9" * 18 + ":" + "A" * 12 + "B" * 13,
    "huge numbers": "h:" + "9" * 18 + ":" + "9" * 18 + ":RECRUIT",
    "huge numbers to undo": "z:" + "9" * 18 + ":0",
    "huge numbers to open": "c:" + "9" * 18 + ":" + "9" * 18,
    "negative": "h:-1:-1:RECRUIT",
    "other digits": "h:١:١:RECRUIT",
    "nothing": "",
}


async def test_forged_presses_change_nothing_and_the_bot_goes_on(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi, dewi = await stage.moderator(), await stage.moderator(1003, "Dewi")
    await dealt(stage, budi, dewi)
    await stage.worked_off()
    audited = await stage.one("SELECT count(*) FROM audit")

    said = {
        what: await stage.answer(stage.double.press(dewi, stage.desk(dewi), data=data))
        for what, data in FORGED.items()
    }

    assert set(said.values()) <= {
        "This button does nothing any more.",
        "This card is not on your desk any more.",
        "There is nothing of yours to undo here.",
    }, said
    assert await stage.one("SELECT count(*) FROM reviews") == 0
    assert await stage.one("SELECT count(*) FROM audit") == audited
    assert await stage.one("SELECT count(*) FROM inbox WHERE problem IS NOT NULL") == 0
    assert await stage.confirms(budi) == "Confirmed: recruitment. You can undo this for a minute."


async def test_forged_confirmation_of_an_unread_long_post_is_refused(stage: Stage) -> None:
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "armed " + "word " * 600)
    card = await stage.desk_shows(budi, "Case 1")

    said = await stage.answer(stage.double.press(budi, card, data="h:1:1:RECRUIT"))
    await stage.presses(budi, "Propaganda…")
    await stage.desk_shows(budi, "page 1 of 2")
    half = await stage.answer(stage.double.press(budi, card, data="h:1:1:RECRUIT"))
    await stage.presses(budi, "Next page")
    await stage.desk_shows(budi, "page 2 of 2")

    assert said == half == "Read the full text before you confirm."
    assert await stage.confirms(budi) == "Confirmed: recruitment. You can undo this for a minute."


async def test_press_in_a_group_changes_nothing(stage: Stage) -> None:
    budi = await stage.moderator()
    await dealt(stage, budi)
    group = stage.double.supergroup("Desk friends", budi)
    group.bot_status, group.is_known = "member", True
    there = stage.double.say(budi, "look", chat=group)

    said = await stage.answer(stage.double.press(budi, there, data="h:1:1:RECRUIT"))

    assert said == "Only moderators can do this."
    assert await stage.one("SELECT count(*) FROM reviews") == 0
    assert (await stage.desk_shows(budi, "Case 1")).chat is stage.double.chat(budi)


async def test_press_too_old_to_be_answered_still_counts(stage: Stage) -> None:
    budi = await stage.moderator()
    await dealt(stage, budi)
    await stage.presses(budi, "Propaganda…")
    await stage.button(budi, "recruitment")

    press = stage.double.press(budi, stage.desk(budi), "recruitment")
    stage.double.expire(press)
    await stage.desk_shows(budi, "Last: confirmed, recruitment")

    assert press.answered is None
    assert await stage.one("SELECT state FROM cards") == "confirmed"
    assert await stage.one("SELECT count(*) FROM inbox WHERE problem IS NOT NULL") == 0


async def test_same_press_twice_is_one_decision(stage: Stage) -> None:
    budi = await stage.moderator()
    await dealt(stage, budi)
    await stage.presses(budi, "Propaganda…")
    await stage.button(budi, "recruitment")
    desk = stage.desk(budi)

    presses = [stage.double.press(budi, desk, data="h:1:1:RECRUIT") for _ in range(3)]
    said = [await stage.answer(press) for press in presses]

    assert said == [
        "Confirmed: recruitment. You can undo this for a minute.",
        "This one is already decided.",
        "This one is already decided.",
    ]
    assert await stage.one("SELECT count(*) FROM reviews") == 1


async def test_desk_message_whose_answer_was_lost_works_when_pressed(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.fault("sendMessage", drop_after=True)
    stage.double.publish(channel, "join our armed group")
    orphan = await stage.desk_shows(budi, "Case 1")

    await stage.answer(stage.double.press(budi, orphan, "Propaganda…"))
    await stage.until(
        lambda: any(b == ("recruitment", CONFIRMS) for r in orphan.buttons for b in r)
    )
    said = await stage.answer(stage.double.press(budi, orphan, "recruitment"))

    assert said == "Confirmed: recruitment. You can undo this for a minute."
    await stage.until(lambda: "Last: confirmed, recruitment" in orphan.text)
    assert await stage.one("SELECT count(*) FROM reviews") == 1


async def test_desks_are_redrawn_while_they_are_sent_without_a_deadlock(
    stage_on_each: Stage,
) -> None:
    stage = stage_on_each
    people = [await stage.moderator(1010 + n, f"M{n}") for n in range(3)]
    channel = await stage.watched()
    await stage.start()
    for number in range(3):
        stage.double.publish(channel, f"armed words, number {number} of three different ones")
    await stage.worked_off()
    for person in people:
        await stage.on_duty(person)

    before = await stage.one(DEADLOCKS) if "postgresql" in stage.url else 0
    for _ in range(3):
        stage.later(seconds=20)  # the pace for each chat is no part of this test
        presses = [
            stage.double.press(person, stage.desk(person), data=data)
            for person in people
            for data in _views(stage.desk(person))
        ]
        for press in presses:
            await stage.answer(press)

    if "postgresql" in stage.url:
        assert await stage.one(DEADLOCKS) == before
    await stage.worked_off()
    assert await stage.one("SELECT count(*) FROM inbox WHERE problem IS NOT NULL") == 0


DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def _views(desk: Message) -> list[str]:
    """Data that asks for the harm codes, the purposes and the card again."""
    data = next(data for row in desk.buttons for _, data in row if data[0] in "cb")
    return [action + data[1:] for action in "cbxbcb"]
