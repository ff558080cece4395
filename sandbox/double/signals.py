"""Wakes those who wait for a change of the world, in whatever thread or loop they wait."""

import asyncio
import contextlib
import threading


class Signal:
    """A counter of changes with waiters. `number` is the count so far, from 0."""

    def __init__(self) -> None:
        self.number = 0
        self._lock = threading.Lock()
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def notify(self) -> None:
        with self._lock:
            self.number += 1
            waiters = list(self._waiters)
        for loop, event in waiters:
            # A loop that was closed meanwhile has nobody left to wake.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(event.set)

    async def later_than(self, number: int, wait_s: float | None) -> bool:
        """True as soon as more than `number` changes have happened, False after `wait_s` seconds.

        The number must be read before the condition is looked at, or a change in between
        would be slept through.
        """
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            if self.number > number:
                return True
            self._waiters.add(waiter)
        try:
            async with asyncio.timeout(wait_s):
                await waiter[1].wait()
        except TimeoutError:
            return False
        finally:
            with self._lock:
                self._waiters.discard(waiter)
        return True
