"""Who goes first where all share a processor: people and Telegram's updates, then posts."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Final

# Seconds that posts wait at most, so they always come to their turn. Telegram's updates are waited
# for less: where they come without a break, most of that time goes by on the network.
_FOR_PEOPLE: Final = 0.2
_FOR_UPDATES: Final = 0.05


class Lull:
    """Comes when nobody waits for an answer and Telegram has no more updates at hand.

    Batches of posts begin in one. They are thousands where answers are one, and an answer that
    waits for some of them in turn would come late.
    """

    def __init__(self) -> None:
        self._served = 0
        self._nobody_waits, self._all_taken = asyncio.Event(), asyncio.Event()
        self._nobody_waits.set()
        self._all_taken.set()

    @contextlib.contextmanager
    def kept_off(self) -> Iterator[None]:
        """While somebody is served."""
        self._served += 1
        self._nobody_waits.clear()
        try:
            yield
        finally:
            self._served -= 1
            if not self._served:
                self._nobody_waits.set()

    def behind(self, *, is_behind: bool) -> None:
        """Whether more updates wait at Telegram than were taken: a press may be among them."""
        if is_behind:
            self._all_taken.clear()
        else:
            self._all_taken.set()

    async def come(self) -> None:
        """Returns in a lull, or after a moment without one."""
        await _within(_FOR_PEOPLE, self._nobody_waits)
        await _within(_FOR_UPDATES, self._all_taken)


async def _within(seconds: float, event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
