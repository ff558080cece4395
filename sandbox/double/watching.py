"""What a test or a page can watch of the double: calls, complaints, changes, conditions."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from sandbox.double.station import Call, Change, Delivery, Station
from sandbox.double.world import Person

T = TypeVar("T")
RECHECK_S = 0.25


class Watching:
    """The watching side of `Double`."""

    station: Station

    @property
    def calls(self) -> list[Call]:
        """Every request of the bot so far, oldest first."""
        return self.station.calls

    def calls_of(self, *methods: str) -> list[Call]:
        """The requests of these methods, without the endless getUpdates between them."""
        wanted = {method.lower() for method in methods}
        return [call for call in list(self.calls) if call.method.lower() in wanted]

    @property
    def complaints(self) -> list[str]:
        """What the double itself objected to: unknown methods and fields, things not modelled."""
        return self.station.complaints

    @property
    def pending(self) -> list[dict[str, Any]]:
        """Updates that the bot has not confirmed yet."""
        with self.station.lock:
            return self.station.updates.pending(1_000_000)

    @property
    def deliveries(self) -> list[Delivery]:
        """Every attempt to post an update to the webhook, oldest first."""
        return self.station.deliveries

    def commands_for(self, person: Person) -> list[tuple[str, str]]:
        """(command, description) of the menu that the person sees in the private chat.

        The narrowest scope wins, and in it the person's language before no language: the order
        that the Bot API documents for BotCommandScope.
        """
        scopes: tuple[dict[str, Any], ...] = (
            {"chat_id": person.id, "type": "chat"},
            {"type": "all_private_chats"},
            {"type": "default"},
        )
        for scope in scopes:
            for language in (person.language_code or "", ""):
                found = self.station.commands.get((json.dumps(scope, sort_keys=True), language))
                if found:
                    return [(item["command"], item["description"]) for item in found]
        return []

    async def until(self, condition: Callable[[], T], timeout: float = 10.0) -> T:  # noqa: ASYNC109
        """Wait for the condition to become true, looking after each change; returns its value.

        Raises TimeoutError after `timeout` seconds, with the last calls of the bot.
        """
        end = asyncio.get_running_loop().time() + timeout
        while True:
            number = self.station.signal.number
            value = condition()
            if value:
                return value
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                raise TimeoutError(f"Not within {timeout} s. {self._last_calls()}")
            # A condition may also hang on something that is no change here, such as a file.
            await self.station.signal.later_than(number, min(left, RECHECK_S))

    async def feed(self, after: int = 0) -> AsyncIterator[Change]:
        """Every change from number `after` + 1 on, for ever: what a live page shows."""
        while True:
            number = self.station.signal.number
            for change in self.station.changes[after:]:
                after = change.number
                yield change
            await self.station.signal.later_than(number, None)

    def _last_calls(self) -> str:
        shown = [f"{c.method}: {c.outcome or 'under way'}" for c in self.calls[-8:]]
        complaints = f" Complaints: {self.complaints}." if self.complaints else ""
        return f"Last calls: {'; '.join(shown) or 'none'}.{complaints}"
