"""Turns to write: one at a time, the patient last, and none is lost."""

import asyncio
import random

from bot.storage.turns import Turns


async def test_whoever_is_patient_lets_the_others_go_first() -> None:
    turns, order = Turns(), list[str]()

    async def write(name: str, *, patient: bool) -> None:
        async with turns.one(patient=patient):
            order.append(name)
            await asyncio.sleep(0)

    async with turns.one():
        tasks = [
            asyncio.create_task(write(name, patient=name.startswith("batch")))
            for name in ("batch 1", "press 1", "batch 2", "press 2")
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)

    assert order == ["press 1", "press 2", "batch 1", "batch 2"]


async def test_one_at_a_time_and_none_is_lost_whoever_gives_up() -> None:
    turns, draws, inside, most = Turns(), random.Random(7), 0, list[int]()

    async def write() -> None:
        nonlocal inside
        async with turns.one(patient=draws.random() < 0.5):
            inside += 1
            most.append(inside)
            try:
                await asyncio.sleep(0)
            finally:
                inside -= 1

    tasks = [asyncio.create_task(write()) for _ in range(300)]
    for task in draws.sample(tasks, 120):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    async with asyncio.timeout(5), turns.one():
        assert inside == 0
    assert set(most) == {1}


async def test_turn_that_is_given_to_somebody_who_gives_up_goes_on() -> None:
    turns = Turns()

    async def write() -> None:
        async with turns.one():
            await asyncio.sleep(0)

    async with turns.one():
        first, second = asyncio.create_task(write()), asyncio.create_task(write())
        await asyncio.sleep(0)
    first.cancel()  # it has been given the turn and has not run yet

    async with asyncio.timeout(5):
        await asyncio.gather(first, second, return_exceptions=True)
    assert not second.cancelled()


async def test_who_gives_up_while_a_turn_is_passed_on_is_cancelled_like_anybody() -> None:
    turns = Turns()

    async def write() -> None:
        async with turns.one():
            pass

    async with turns.one():
        waiting = asyncio.create_task(write())
        await asyncio.sleep(0)
        waiting.cancel()  # it has not run again when the block ends, which passes it over

    await asyncio.wait({waiting}, timeout=5)
    assert waiting.cancelled()
