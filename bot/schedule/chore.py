"""Works off what a service finds in its rows: at once when it is called, and now and then."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.domain.errors import StorageError, TryLater

_log = logging.getLogger(__name__)
_LULL = 5.0  # seconds after which it looks without being called
_LONGEST_WAIT = 60.0  # seconds, whatever Telegram asks for: then it is asked again


class Chore:
    """work_off: does one piece, and says whether there was any. called: set when there may be."""

    def __init__(
        self, name: str, work_off: Callable[[], Awaitable[bool]], called: asyncio.Event
    ) -> None:
        self._name = name
        self._work_off = work_off
        self._called = called

    async def run(self) -> None:
        """Runs until cancelled. What is under way then is done again at the next start."""
        while True:
            wait = _LULL
            try:
                while await self._work_off():
                    pass
            except TryLater as later:
                wait = min(later.after_seconds or _LULL, _LONGEST_WAIT)
                _log.warning("%s: goes on in %.0f s: %s", self._name, wait, later)
                await asyncio.sleep(wait)
                continue
            except StorageError as problem:
                _log.error("%s: %s", self._name, problem)
            await self._next(wait)

    async def _next(self, wait: float) -> None:
        try:
            async with asyncio.timeout(wait):
                await self._called.wait()
        except TimeoutError:
            pass
        self._called.clear()
