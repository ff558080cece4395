"""Sends what is owed as soon as it is owed, several chats at once and each at Telegram's pace."""

import asyncio
import contextlib
import logging
from functools import partial

from bot.domain.errors import StorageError
from bot.ports import Clock
from bot.schedule.pacing import Pace
from bot.services.send import Send
from bot.storage.database import Database
from bot.storage.outbox import Owed

_log = logging.getLogger(__name__)
_AT_ONCE = 20  # chats; Telegram takes 30 messages a second in all
_LULL = 1.0  # seconds until due times are looked at again


class PostOffice:
    def __init__(self, database: Database, clock: Clock, send: Send, pace: Pace) -> None:
        self._database = database
        self._clock = clock
        self._send = send
        self._pace = pace
        self._writing: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Runs until cancelled; messages under way then go out again after their lease."""
        owed = self._database.letters_owed
        try:
            while True:
                owed.clear()
                if not await self._send_due_or_wait():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_LULL):
                            await owed.wait()
        finally:
            # Waited for: whoever stops us closes the database next.
            under_way = list(self._writing.values())
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _send_due_or_wait(self) -> bool:
        try:
            return await self.send_due()
        except StorageError as problem:
            _log.error("messages wait in the outbox: %s", problem)
            return False

    async def send_due(self) -> bool:
        """Starts sending what is due; whether there was anything."""
        room = _AT_ONCE - len(self._writing)
        if room <= 0:
            return False
        resting = self._pace.resting(self._clock.now())
        leased = await self._send.lease(room, {*self._writing, *resting})
        for one in leased:
            self._pace.spent(one.chat_id, self._clock.now())
            task = asyncio.create_task(self._send.one(one))
            self._writing[one.chat_id] = task
            task.add_done_callback(partial(self._written, one))
        return bool(leased)

    def _written(self, one: Owed, done: "asyncio.Task[None]") -> None:
        del self._writing[one.chat_id]
        self._database.letters_owed.set()  # the chat's next message may be due
        if not done.cancelled() and done.exception():
            # The row is leased: it is due again when the lease ends.
            _log.error("message %s was not sent", one.id, exc_info=done.exception())

    async def quiet(self) -> None:
        """Waits until nothing is being written."""
        while self._writing:
            await asyncio.wait(self._writing.values())
