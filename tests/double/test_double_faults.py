"""Faults to order, the pace, and waiting for conditions."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter

from sandbox.double import Double, Person
from sandbox.double.errors import Refusal
from sandbox.double.pacing import Pacing


@pytest.fixture
def ani(double: Double) -> Person:
    ani = double.person(1001, "Ani")
    double.say(ani, "/start")
    return ani


async def test_429_comes_as_often_as_ordered_and_then_no_more(
    double: Double, bot: Bot, ani: Person
) -> None:
    double.fault("sendMessage", status=429, retry_after=2, times=2)

    for _ in range(2):
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(ani.id, "x")
        assert caught.value.retry_after == timedelta(seconds=2)
    await bot.send_message(ani.id, "x")

    assert double.chat(ani).texts == ["/start", "x"]
    assert [c.status for c in double.calls_of("sendMessage")] == [429, 429, 200]


async def test_a_drop_before_has_no_effect_and_a_drop_after_has(
    double: Double, bot: Bot, ani: Person
) -> None:
    double.fault("sendMessage", drop=True)
    with pytest.raises(NetworkError):
        await bot.send_message(ani.id, "lost")
    assert double.chat(ani).texts == ["/start"]

    double.fault("sendMessage", drop_after=True)
    with pytest.raises(NetworkError):
        await bot.send_message(ani.id, "arrived")

    assert double.chat(ani).texts == ["/start", "arrived"]
    assert [c.outcome for c in double.calls_of("sendMessage")] == ["dropped", "dropped after"]
    assert (await bot.send_message(ani.id, "well again")).text == "well again"


async def test_server_errors_and_delays_can_be_ordered_for_any_method(
    double: Double, bot: Bot, ani: Person
) -> None:
    double.fault(status=502)
    double.fault("sendMessage", status=400, description="Bad Request: some new error")
    double.fault("sendMessage", delay=0.2)

    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.get_me()
    with pytest.raises(BadRequest, match="Some new error"):
        await bot.send_message(ani.id, "x")
    started = asyncio.get_running_loop().time()
    await bot.send_message(ani.id, "x")

    assert asyncio.get_running_loop().time() - started >= 0.2


async def test_what_was_sent_takes_effect_though_the_sender_died_meanwhile(
    double: Double, bot: Bot, ani: Person
) -> None:
    double.fault("sendMessage", delay=0.1)
    sending = asyncio.create_task(bot.send_message(ani.id, "from beyond"))
    await double.until(lambda: double.calls_of("sendMessage"))

    sending.cancel()

    await double.until(lambda: double.chat(ani).last.text == "from beyond", timeout=2)


async def test_an_answer_can_be_held_back_until_the_bot_is_dead(
    connect: Callable[..., Bot],
) -> None:
    double = Double()
    ani = double.person(1001)
    double.say(ani, "/start")
    async with double.serve() as base:
        double.fault("sendMessage", delay_after=30)
        async with connect(base) as bot:
            sending = asyncio.create_task(bot.send_message(ani.id, "number 7"))
            await double.until(lambda: "number 7" in double.chat(ani).texts)
            assert not sending.done()
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    assert double.calls_of("sendMessage")[0].outcome == "ok"


async def test_faults_can_be_called_off(double: Double, bot: Bot, ani: Person) -> None:
    double.fault("sendMessage", drop=True, times=100)
    double.clear_faults()

    assert (await bot.send_message(ani.id, "x")).text == "x"


async def test_until_waits_and_tells_what_happened_when_it_gives_up(
    double: Double, bot: Bot, ani: Person
) -> None:
    await bot.send_message(ani.id, "x")

    assert await double.until(lambda: double.chat(ani).texts) == ["/start", "x"]
    with pytest.raises(TimeoutError, match="sendMessage: ok"):
        await double.until(lambda: False, timeout=0.1)


async def test_with_pacing_a_second_message_at_once_is_too_early(
    connect: Callable[..., Bot],
) -> None:
    double = Double(pacing=True)
    ani = double.person(1001)
    double.say(ani, "/start")
    async with double.serve() as base, connect(base) as bot:
        sent = await bot.send_message(ani.id, "one")
        with pytest.raises(RetryAfter) as caught:
            await bot.edit_message_text("two", ani.id, sent.id)

    assert caught.value.retry_after == timedelta(seconds=1)
    assert double.chat(ani).texts == ["/start", "one"]


def test_the_pace_is_1_a_second_20_a_minute_in_groups_and_30_a_second_overall() -> None:
    now = 0.0
    pacing = Pacing(now=lambda: now)

    def wait(chat_id: int) -> int:
        try:
            pacing.spend(chat_id)
        except Refusal as refusal:
            return int((refusal.parameters or {})["retry_after"])
        return 0

    assert [wait(1), wait(1), wait(2)] == [0, 1, 0]
    for second in range(1, 21):
        now = float(second)
        assert wait(-5) == 0
    now = 21.0
    assert wait(-5) == 40
    now = 61.5
    assert wait(-5) == 0
    now = 100.0
    assert [wait(chat) for chat in range(1, 32)] == [0] * 30 + [1]
