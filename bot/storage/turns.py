"""Whose turn it is to write: one at a time, and whoever is patient lets the others go first."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Turns:
    """A lock with two queues, each first come first served.

    SQLite has one writer. A batch of posts is patient: a person waits for the answer to a press,
    and Telegram for its updates to be taken, while nobody waits for one post in two hundred.
    """

    def __init__(self) -> None:
        self._is_taken = False
        self._waiting: dict[bool, deque[asyncio.Future[None]]] = {False: deque(), True: deque()}

    @asynccontextmanager
    async def one(self, *, patient: bool = False) -> AsyncIterator[None]:
        """Waits for a turn, and holds it until the block is left."""
        await self._take(patient)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, patient: bool) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[patient].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()  # it was ours already, and we are not going to use it
            else:
                with suppress(ValueError):  # whoever passed on saw that we had left
                    self._waiting[patient].remove(turn)
            raise

    def _pass_on(self) -> None:
        """Gives the turn to who waits: the impatient before the patient."""
        for queue in (self._waiting[False], self._waiting[True]):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._is_taken = False
