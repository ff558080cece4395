"""Posts begin in a lull, or after a moment without one."""

import asyncio

import pytest

from bot.chat import lull as module
from bot.chat.lull import Lull


async def _has_come(lull: Lull) -> bool:
    waiting = asyncio.create_task(lull.come())
    for _ in range(4):
        await asyncio.sleep(0)
    has_come = waiting.done()
    waiting.cancel()
    await asyncio.wait({waiting})
    return has_come


async def test_it_comes_when_the_last_person_is_served() -> None:
    lull = Lull()
    assert await _has_come(lull)

    with lull.kept_off():
        with lull.kept_off():
            assert not await _has_come(lull)
        assert not await _has_come(lull)

    assert await _has_come(lull)


async def test_it_does_not_come_while_more_waits_at_telegram() -> None:
    lull = Lull()

    lull.behind(is_behind=True)
    with lull.kept_off():
        pass
    assert not await _has_come(lull)

    lull.behind(is_behind=False)
    assert await _has_come(lull)


async def test_posts_come_to_their_turn_without_a_lull(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FOR_PEOPLE", 0.001)
    monkeypatch.setattr(module, "_FOR_UPDATES", 0.001)
    lull = Lull()

    lull.behind(is_behind=True)
    with lull.kept_off():
        async with asyncio.timeout(5):
            await lull.come()
