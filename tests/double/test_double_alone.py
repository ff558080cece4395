"""The double in other places: a thread, a process of its own, a bot in another process."""

import asyncio
import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest
from telegram import Bot

from sandbox.double import Double
from sandbox.double.console import obey

ECHO = """
import asyncio, sys
from telegram import Bot

async def main(base_url, offset=None):
    async with Bot("42:TEST", base_url=base_url) as bot:
        while True:
            for update in await bot.get_updates(offset=offset, timeout=10):
                offset = update.update_id + 1
                await bot.send_message(update.message.chat.id, "echo " + update.message.text)

asyncio.run(main(sys.argv[1]))
"""


def test_a_thread_serves_code_without_an_event_loop() -> None:
    double = Double()
    with double.serve_in_thread() as base:
        double.say(double.person(7), "hi")
        url = f"{base.base_url}42:TEST/getUpdates"
        with urllib.request.urlopen(url) as answer:
            body = answer.read()

    assert b'"text":"hi"' in body


async def test_a_bot_in_another_process_is_killed_and_started_again() -> None:
    double = Double()
    ani = double.person(1001, "Ani")
    async with double.serve() as base:

        async def start() -> asyncio.subprocess.Process:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-c", ECHO, base.base_url, stderr=subprocess.DEVNULL
            )

        first = await start()
        double.say(ani, "one")
        await double.until(lambda: "echo one" in double.chat(ani).texts)
        first.kill()
        await first.wait()
        double.say(ani, "two")
        second = await start()
        await double.until(lambda: "echo two" in double.chat(ani).texts)
        second.kill()
        await second.wait()

    assert double.complaints == []


async def test_a_double_that_stops_and_serves_again_remembers(
    connect: Callable[..., Bot],
) -> None:
    double = Double()
    ani = double.person(1001)
    double.say(ani, "before")
    async with double.serve() as base, connect(base) as bot:
        await bot.send_message(ani.id, "first")
    async with double.serve(base.port) as base, connect(base) as bot:
        await bot.send_message(ani.id, "second")
        updates = await bot.get_updates()

    assert double.chat(ani).texts == ["before", "first", "second"]
    assert [u.message.text for u in updates if u.message] == ["before"]


def test_the_module_runs_alone_and_says_how_to_point_a_bot_at_it() -> None:
    lines = "channel contoh_kanal\npost contoh_kanal a post\nshow @contoh_kanal\nwhat\nquit\n"

    done = subprocess.run(
        [sys.executable, "-m", "sandbox.double", "--port", "0", "--token", "7:X"],
        input=lines,
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )

    assert "base_url       http://127.0.0.1:" in done.stdout
    assert "7:X" in done.stdout
    assert "[1] contoh_kanal: a post" in done.stdout
    assert done.stderr == ""


def test_the_console_plays_people() -> None:
    double = Double()

    assert "hi" in obey(double, "say 5 hi")
    assert obey(double, "show 5") == "[1] Person 5: hi"
    with pytest.raises(LookupError, match="No message there has buttons"):
        obey(double, "press 5 Yes")
