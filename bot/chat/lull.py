"""Who goes first where all share a processor: people and Telegram's updates, then posts."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Final

_LONGEST: Final = 0.1  # seconds that posts wait; so they always come to their turn


class Lull:
    """Comes when nobody waits for an answer and Telegram has no more updates at hand.

    Batches of posts begin in one. They are thousands where answers are one, and an answer that
    waits for some of them in turn would come late.
    """

    def __init__(self) -> None:
        self._served = 0
        self._is_behind = False
        self._has_come = asyncio.Event()
        self._has_come.set()

    @contextlib.contextmanager
    def kept_off(self) -> Iterator[None]:
        """While somebody is served."""
        self._served += 1
        self._look()
        try:
            yield
        finally:
            self._served -= 1
            self._look()

    def behind(self, *, is_behind: bool) -> None:
        """Whether more updates wait at Telegram than were taken: a press may be among them."""
        self._is_behind = is_behind
        self._look()

    async def come(self) -> None:
        """Returns in a lull, or after a tenth of a second without one."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST):
                await self._has_come.wait()

    def _look(self) -> None:
        if self._served or self._is_behind:
            self._has_come.clear()
        else:
            self._has_come.set()
