"""Telegram's bad days: limits, broken connections, blocks, moves, conflicts, a revoked token."""

import asyncio
import logging

import pytest

from bot import compose
from bot.chat import poller
from bot.domain.errors import TokenRefused
from sandbox.double import Double, Person
from tests.end_to_end.stage import Stage


async def confirmed(stage: Stage, budi: Person, words: str = "join our armed group") -> None:
    """A watched channel's post, confirmed by Budi and referred."""
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, words)
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    await stage.desk_shows(budi, "Last: confirmed")
    stage.later(seconds=61)
    await stage.until_one("SELECT count(*) FROM referrals", 1)


FAULTS = {
    "asked to wait": {"retry_after": 1},
    "a broken connection": {"drop": True},
    "an internal error": {"status": 500},
    "a bad gateway": {"status": 502},
    "a gateway's timeout": {"status": 504},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_message_goes_out_after_a_fault_and_only_once(
    stage: Stage, fault: dict[str, int]
) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    await confirmed(stage, budi)

    stage.double.fault("sendMessage", times=2, **fault)  # type: ignore[arg-type]
    stage.double.say(stage.admin, "/digest now")
    stage.later(seconds=10)
    await stage.told(citra, "Digest 1")
    await stage.until_one("SELECT state FROM referrals", "delivered")

    assert len(stage.messages(citra)) == 1


async def test_lost_answer_sends_the_digest_again_under_its_number(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi, citra = await stage.moderator(), await stage.recipient()
    await confirmed(stage, budi)

    stage.double.fault("sendMessage", times=2, drop_after=True)  # its answer to the admin too
    stage.double.say(stage.admin, "/digest now")
    await stage.told(citra, "Digest 1", times=2)
    await stage.until_one("SELECT state FROM referrals", "delivered")

    first, second = stage.messages(citra)
    assert first.text == second.text
    assert await stage.rows("SELECT number FROM digests") == [(1,)]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_updates_arrive_after_a_fault_of_get_updates(
    stage: Stage, fault: dict[str, int]
) -> None:
    channel = await stage.watched()
    stage.double.fault("getUpdates", times=1, **fault)  # type: ignore[arg-type]
    await stage.start()

    stage.double.publish(channel, "words")
    await stage.worked_off()

    assert await stage.one("SELECT count(*) FROM posts") == 1


async def test_blocked_moderator_is_off_duty_and_the_card_goes_to_another(
    stage_on_each: Stage,
) -> None:
    stage = stage_on_each
    budi, dewi = await stage.moderator(), await stage.moderator(1003, "Dewi")
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    await stage.on_duty(dewi)

    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    stage.double.block(budi)
    await stage.told(stage.admin, "Budi")
    await stage.desk_shows(dewi, "Case 1")

    assert await stage.one("SELECT count(*) FROM desks WHERE is_on_duty") == 1
    assert await stage.confirms(dewi) == "Confirmed: recruitment. You can undo this for a minute."


async def test_blocked_recipients_digest_fails_and_admins_are_told(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi, citra = await stage.moderator(), await stage.recipient()
    await confirmed(stage, budi)

    stage.double.block(citra)
    stage.double.say(stage.admin, "/digest now")
    told = await stage.told(stage.admin, "Ringkasan 1 (Citra) tidak dapat dikirim")

    assert "bot was blocked by the user" in told.text
    assert await stage.rows("SELECT state, problem FROM referrals") == [
        ("failed", "Forbidden: bot was blocked by the user")
    ]
    assert (await stage.says(stage.admin, "/digest now")).startswith(
        "Tidak ada yang perlu dikirim."
    )


async def test_digest_follows_a_group_that_became_a_supergroup(stage: Stage) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    group = stage.double.group("Desk of the regulator", citra)
    group.bot_status, group.is_known = "member", True
    async with stage.database.work() as work:
        await work.recipients.moved(citra.id, group.id)
        await work.commit()
    await confirmed(stage, budi)

    supergroup = stage.double.upgrade(group)
    stage.double.say(stage.admin, "/digest now")
    await stage.until(lambda: any("Digest 1" in text for text in supergroup.texts))

    assert await stage.one("SELECT chat_id FROM recipients") == supergroup.id
    assert await stage.one("SELECT count(*) FROM outbox WHERE state = 'failed'") == 0


async def test_conflict_is_said_in_the_log_and_ends_with_the_other_instance(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def rest(seconds: float) -> float:
        pauses.append(seconds)  # it would wait for ten seconds and more
        await asyncio.sleep(0.05)
        return seconds * 2

    monkeypatch.setattr(poller, "_rest", rest)
    channel = await stage.watched()
    words = "Conflict: terminated by other getUpdates request"
    stage.double.fault("getUpdates", status=409, description=words, times=3)
    with caplog.at_level(logging.ERROR):
        await stage.start()
        stage.double.publish(channel, "words")
        await stage.until(lambda: "Another program reads this bot's updates (409)" in caplog.text)
    await stage.worked_off()

    assert await stage.one("SELECT count(*) FROM posts") == 1
    assert pauses == [10.0, 20.0, 40.0], "no tight loop, and it goes on when the other stops"


async def test_revoked_token_ends_the_bot_with_one_clear_error(stage: Stage) -> None:
    await stage.start()
    await stage.until(lambda: stage.double.calls_of("getUpdates"))

    stage.double.revoke_token()
    stage.double.say(stage.admin, "/start")  # ends the poll that waits
    await stage.double.until(stage.task.done, 30.0)

    with pytest.raises(TokenRefused) as refused:
        await stage.stop()
    assert stage.base.token not in str(refused.value)


async def test_bot_waits_for_telegram_at_the_start(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compose, "_PAUSE", 0.05)
    channel = await stage.watched()
    stage.double.fault("getMe", drop=True, times=2)
    stage.double.fault("getMe", retry_after=1)
    stage.double.fault("getMe", status=502)

    await stage.start()
    stage.double.publish(channel, "words")
    await stage.worked_off()

    assert await stage.one("SELECT count(*) FROM posts") == 1
    assert "Telegram cannot be reached" in caplog.text
    assert stage.base.token not in caplog.text


async def test_pace_keeps_below_telegrams_limits(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    strict = Double(stage.base.token, pacing=True)
    stage.double.station.pacing = strict.station.pacing
    await stage.start()

    for _ in range(4):
        stage.double.say(stage.admin, "/start")
    await stage.until(lambda: len(stage.letters(stage.admin)) == 4)

    refused = [call for call in stage.double.calls_of("sendMessage") if call.status == 429]
    assert len(refused) <= 4, "each one waits as long as it was told to"
