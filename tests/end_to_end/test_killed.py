"""The bot killed with SIGKILL and started again: nothing lost, nothing twice."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from bot.storage.database import parse_url
from sandbox.double import Call, Chat
from tests.end_to_end.stage import Stage


class Offsets(list[Call]):
    """The double's list of calls, which looks into the inbox at each getUpdates as it arrives."""

    def __init__(self, url: str) -> None:
        super().__init__()
        address = parse_url(url)
        if address.get_backend_name() == "sqlite":
            address = address.set(drivername="sqlite")
        self._engine = create_engine(address)
        self.seen: list[tuple[int, int]] = []

    def append(self, call: Call) -> None:
        super().append(call)
        if call.method == "getUpdates" and call.params.get("offset"):
            with self._engine.connect() as connection:
                newest = connection.scalar(text("SELECT max(update_id) FROM inbox"))
            self.seen.append((int(call.params["offset"]), newest or 0))

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture
def watched_stage(stage_on_each: Stage) -> Iterator[Stage]:
    """A stage that checks every offset: no update is confirmed before the inbox holds it."""
    calls = Offsets(stage_on_each.url)
    stage_on_each.double.station.calls = calls
    yield stage_on_each
    calls.close()
    too_far = [(offset, newest) for offset, newest in calls.seen if offset > newest + 1]
    assert too_far == []


@contextmanager
def inbox_locked(stage: Stage) -> Iterator[None]:
    """Nobody can write into the inbox meanwhile."""
    address = parse_url(stage.url)
    if address.get_backend_name() == "sqlite":
        engine, lock = create_engine(address.set(drivername="sqlite")), "BEGIN IMMEDIATE"
    else:
        engine, lock = create_engine(address), "LOCK TABLE inbox IN EXCLUSIVE MODE"
    with engine.connect() as connection:
        connection.exec_driver_sql(lock)
        yield
        connection.rollback()
    engine.dispose()


async def ledger(stage: Stage, channel: Chat) -> None:
    """What the channel published is what is kept: each post once, no card, decision twice."""
    await stage.worked_off()
    published = sorted(message.id for message in channel.messages)
    kept = [row[0] for row in await stage.rows("SELECT message_id FROM post_members")]
    assert sorted(kept) == published
    for table, key in (
        ("posts", "channel_id, message_id"),
        ("revisions", "post_id, number"),
        ("verdicts", "revision_id"),
        ("cards", "post_id"),
        ("reviews WHERE stands", "card_id, person_id"),
    ):
        twice = await stage.rows(
            f"SELECT {key}, count(*) FROM {table} GROUP BY {key} HAVING count(*) > 1"
        )
        assert twice == [], table


async def test_updates_that_could_not_be_kept_are_not_confirmed(watched_stage: Stage) -> None:
    stage = watched_stage
    channel = await stage.watched()
    await stage.start_process()
    await stage.until(lambda: not stage.double.pending)

    with inbox_locked(stage):
        for number in range(5):
            stage.double.publish(channel, f"words {number}")
        await stage.until(lambda: any(c.result for c in stage.double.calls_of("getUpdates")))
        await asyncio.sleep(0.3)  # room for a bot that would go on without its inbox
        pending = len(stage.double.pending)
        stage.kill()
    await stage.start_process()

    assert pending == 5
    await ledger(stage, channel)


async def test_killed_between_the_inbox_and_handling(watched_stage: Stage) -> None:
    stage = watched_stage
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start_process("receiver")
    for number in range(3):
        stage.double.publish(channel, f"armed words, number {number} of three different ones")
    stage.double.say(budi, "/duty on")
    stage.double.say(stage.admin, "/status")
    await stage.until(lambda: not stage.double.pending)
    waiting = await stage.one("SELECT count(*) FROM inbox WHERE handled_at IS NULL")

    stage.kill()
    before = (stage.letters(budi), stage.letters(stage.admin))
    await stage.start_process()
    await stage.desk_shows(budi, "Case 1")
    await stage.told(stage.admin, "Model")

    assert waiting == 5
    assert before == ([], [])
    await ledger(stage, channel)


async def test_killed_between_keeping_posts_and_judging_them(watched_stage: Stage) -> None:
    stage = watched_stage
    budi = await stage.moderator()
    channel = await stage.watched()
    stage.hold.touch()
    await stage.start_process()
    await stage.on_duty(budi)
    for number in range(4):
        stage.double.publish(channel, f"armed words, number {number} of several different ones")
    await stage.until_one("SELECT count(*) FROM posts WHERE message_id < 5", 4)

    stage.kill()
    unjudged = await stage.one("SELECT count(*) FROM revisions WHERE NOT is_judged")
    stage.hold.unlink()
    await stage.start_process()
    await stage.desk_shows(budi, "Case 1")

    assert unjudged == 4
    await ledger(stage, channel)


async def test_killed_at_each_step_of_adding_channels(watched_stage: Stage) -> None:
    stage = watched_stage
    stage.opened(stage.admin)
    stage.double.channel("contoh_kanal")
    await stage.start_process()
    await stage.says(stage.admin, "/addchannel")
    await restarted(stage)
    await stage.says(stage.admin, "@contoh_kanal")
    await restarted(stage)
    form = stage.letters(stage.admin)[-1]
    await stage.clicks(stage.admin, form, "Selesai")
    await stage.until(lambda: "Mengapa" in form.text)
    await restarted(stage)
    await stage.says(stage.admin, "uji coba")
    form = stage.letters(stage.admin)[-1]
    await restarted(stage)
    await stage.clicks(stage.admin, form, "biasa")
    await stage.until(lambda: "Siapa yang meminta?" in form.text)
    stage.double.fault("getChat", delay=60)
    await stage.clicks(stage.admin, form, "kami sendiri")
    await stage.until(lambda: stage.double.calls_of("getChat"))
    await restarted(stage)
    await stage.until(lambda: "menunggu pemiliknya" in form.text)

    assert await stage.rows("SELECT username, state FROM channels") == [("contoh_kanal", "waiting")]


async def test_killed_on_duty_with_a_card_on_the_desk(watched_stage: Stage) -> None:
    stage = watched_stage
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start_process()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")

    stage.kill()
    press = stage.double.press(budi, stage.desk(budi), "Propaganda…")
    await stage.start_process()
    await stage.answer(press)
    said = await stage.presses(budi, "recruitment")

    assert said == "Confirmed: recruitment. You can undo this for a minute."
    await ledger(stage, channel)


async def test_decision_survives_and_its_press_replayed_decides_nothing(
    watched_stage: Stage,
) -> None:
    stage = watched_stage
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start_process()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.presses(budi, "Propaganda…")
    await stage.button(budi, "recruitment")

    answered = len(stage.double.calls_of("answerCallbackQuery"))
    stage.double.fault("answerCallbackQuery", delay_after=60)
    stage.double.press(budi, stage.desk(budi), "recruitment")
    await stage.until_one("SELECT state FROM cards", "confirmed")
    await stage.until(
        lambda: any(c.result for c in stage.double.calls_of("answerCallbackQuery")[answered:])
    )
    stage.kill()
    waiting = await stage.one("SELECT count(*) FROM inbox WHERE handled_at IS NULL")
    await stage.start_process()
    await stage.worked_off()

    assert waiting == 1, "the press was decided, and not marked as handled"
    assert await stage.rows("SELECT choice, stands FROM reviews") in (
        [("confirm", True)],
        [("confirm", 1)],
    )
    assert await stage.one("SELECT state FROM cards") == "confirmed"
    assert await stage.presses(budi, "Undo") == "Undone. The card waits for a decision again."


async def test_killed_inside_the_undo_window_the_referral_still_goes_out(
    watched_stage: Stage,
) -> None:
    stage = watched_stage
    budi, citra = await stage.moderator(), await stage.recipient()
    channel = await stage.watched()
    await stage.start_process()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)

    stage.kill()
    stage.later(seconds=61)
    await stage.start_process()
    await stage.until_one("SELECT count(*) FROM referrals", 1)
    stage.kill()
    stage.later(days=1)
    await stage.start_process()

    await stage.told(citra, "Digest 1")
    assert len(stage.messages(citra)) == 1


async def test_digest_killed_between_send_and_mark_goes_out_again_under_its_number(
    watched_stage: Stage,
) -> None:
    stage = watched_stage
    budi, citra = await stage.moderator(), await stage.recipient()
    channel = await stage.watched()
    await stage.start_process()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    await stage.desk_shows(budi, "Last: confirmed")
    stage.later(seconds=61)
    await stage.until_one("SELECT count(*) FROM referrals", 1)

    stage.double.fault("sendMessage", delay_after=60)
    stage.later(days=1)
    first = await stage.told(citra, "Digest 1")
    stage.kill()
    marked = await stage.one("SELECT delivered_at FROM digests")
    stage.later(seconds=61)  # the sender's lease ends
    await stage.start_process()
    second = await stage.told(citra, "Digest 1", times=2)
    await stage.until_one("SELECT state FROM referrals", "delivered")

    assert marked is None
    assert second is not first
    assert second.text == first.text
    assert await stage.rows("SELECT number FROM digests") == [(1,)]
    assert len(stage.messages(citra)) == 2


@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_again_and_again_in_the_middle_of_the_work(
    watched_stage: Stage, seed: int
) -> None:
    stage = watched_stage
    chance = random.Random(seed)
    budi = await stage.moderator()
    channel = await stage.watched()
    stage.double.say(budi, "/duty on")
    for round_number in range(3):
        for number in range(60):
            stage.double.publish(channel, _words(chance, f"{round_number}.{number}"))
        stage.double.album(channel, [None, _words(chance, "caption"), None])
        await stage.start_process()
        await asyncio.sleep(chance.uniform(0.0, 0.25))  # where in the work does not matter
        stage.kill()
        stage.later(seconds=61)

    await stage.start_process()
    await ledger(stage, channel)
    await stage.desk_shows(budi, "Case")
    assert await stage.one("SELECT count(*) FROM posts") == 3 * 61
    flagged = [m for m in channel.messages if "armed" in m.text]
    assert await stage.one("SELECT count(*) FROM cards") == len(flagged)


def _words(chance: random.Random, name: str) -> str:
    words = chance.choices(["besar", "kecil", "merah", "hijau", "rumah", "jalan", "kota"], k=5)
    return " ".join([name, *words, "armed" if chance.random() < 0.3 else "calm"])


async def restarted(stage: Stage) -> None:
    """Killed as soon as nothing is on its way to anybody, and started again."""
    await stage.until_one("SELECT count(*) FROM outbox WHERE state IN ('owed', 'leased')", 0)
    stage.kill()
    await stage.start_process()
