"""The desk as moderators meet it: practice, more, copies, presses that come too soon."""

import pytest

from tests.end_to_end.stage import Stage


async def test_new_moderator_practises_before_the_first_real_card(stage: Stage) -> None:
    stage.settings = stage.settings.model_copy(update={"practice": 2})
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start()
    stage.double.publish(channel, "join our armed group")
    await stage.worked_off()

    stage.double.say(budi, "/duty on")
    first = await stage.told(budi, "Sample 1 of 2")
    said = {
        await stage.answer(stage.double.press(budi, first, data=data))
        for row in first.buttons
        for _, data in row
    }
    assert said == {"Right.", "Not quite. It comes again later."}
    while "All 2 sample cards are done" not in first.text:
        before = first.text
        yes, no = (data for row in first.buttons for _, data in row)
        if await stage.answer(stage.double.press(budi, first, data=yes)) != "Right.":
            await stage.answer(stage.double.press(budi, first, data=no))
        await stage.until(lambda shown=before: first.text != shown)  # type: ignore[misc]

    assert await stage.presses(budi, "Start duty") == "You are on duty."
    await stage.desk_shows(budi, "Case 1")
    assert await stage.one("SELECT count(*) FROM reviews") == 0


@pytest.mark.parametrize("button", ["Other copies", "This channel"])
async def test_more_shows_what_stands_behind_a_card(stage: Stage, button: str) -> None:
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group, all of you, tonight in the big field")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    stage.double.publish(
        channel, "Hoax: join our armed group, all of you, tonight in the big field"
    )
    await stage.desk_shows(budi, "decided")

    await stage.presses(budi, "More…")
    await stage.presses(budi, button)
    await stage.desk_shows(budi, "@contoh_kanal: recruitment")
    await stage.presses(budi, "← Back")
    await stage.desk_shows(budi, "Bold words are new here")

    assert await stage.presses(budi, "Same: recruitment") == (
        "Confirmed: recruitment. You can undo this for a minute."
    )


async def test_press_just_after_a_change_counts_for_nothing(stage: Stage) -> None:
    stage.settings = stage.settings.model_copy(update={"settle_seconds": 1.0})
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    card = await stage.desk_shows(budi, "Case 1")
    await stage.until_one("SELECT count(*) FROM outbox WHERE state <> 'sent'", 0)

    soon = await stage.answer(stage.double.press(budi, card, "Skip"))
    stage.later(seconds=1.1)
    later = await stage.answer(stage.double.press(budi, card, "Skip"))

    assert soon == "The buttons had just changed. Look again, then press."
    assert later == "Skipped."
