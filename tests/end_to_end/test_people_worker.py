"""People's updates are handled once each, however looks at the inbox and the work overlap."""

import asyncio
from typing import Any

import pytest

from bot.chat.inbox import PeopleWorker
from bot.chat.lull import Lull
from bot.storage.database import Database
from bot.storage.inbox import InboxStore, Received
from tests.factories import Flow, FrozenClock

UPDATE: dict[str, Any] = {
    "update_id": 7,
    "message": {"from": {"id": 1001}, "text": "/invite admin"},
}


class HeldWorker(PeopleWorker):
    """Handles nothing but the mark, and that only when it is let go."""

    def __init__(self, database: Database, clock: FrozenClock) -> None:
        nothing: Any = None
        super().__init__(nothing, database, clock, nothing, nothing, nothing, nothing, Lull())
        self.go = asyncio.Event()
        self.handled: list[int] = []

    async def handle(self, received: Received) -> None:
        await self.go.wait()
        self.handled.append(received.update_id)
        async with self._database.work() as work:
            await work.inbox.handled([received.update_id], self._clock.now())
            await work.commit()


async def test_update_that_is_finished_during_a_look_is_not_handled_again(
    flow: Flow, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, look = HeldWorker(flow.database, clock), InboxStore.waiting
    await flow.receive.keep([UPDATE])
    await worker.start_waiting()

    async def slow_look(store: InboxStore, kind: str, limit: int) -> list[Received]:
        waiting = await look(store, kind, limit)  # still there
        worker.go.set()
        await worker.quiet()  # and done with before anybody acts on it
        return waiting

    monkeypatch.setattr(InboxStore, "waiting", slow_look)
    await worker.start_waiting()
    await worker.quiet()

    assert worker.handled == [7]
