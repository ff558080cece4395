"""What driving the double hands back: where it listens, and a press that waits for its answer."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from sandbox.double.signals import Signal
from sandbox.double.world import Query


@dataclass(frozen=True)
class Base:
    """Where the double listens, in the two forms that python-telegram-bot asks for."""

    token: str
    port: int

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.root}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.root}/file/bot"


@dataclass(frozen=True)
class Reply:
    """What a person sees after a press: a toast, or an alert to close. Empty text: nothing."""

    text: str
    show_alert: bool


class Press:
    """A press on its way. `await press.answer` gives the bot's reply within 10 s."""

    def __init__(self, query: Query, signal: Signal) -> None:
        self.query = query
        self._signal = signal

    @property
    def answered(self) -> Reply | None:
        """The reply if it is there, without waiting."""
        return Reply(**self.query.answer) if self.query.answer is not None else None

    @property
    def answer(self) -> "Awaited":
        return Awaited(self, 10.0)

    def answer_within(self, seconds: float) -> "Awaited":
        return Awaited(self, seconds)

    async def _wait(self, seconds: float) -> Reply:
        end = asyncio.get_running_loop().time() + seconds
        while True:
            number = self._signal.number
            if (reply := self.answered) is not None:
                return reply
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                raise TimeoutError(f"The press was not answered within {seconds} s.")
            await self._signal.later_than(number, left)


@dataclass(frozen=True)
class Awaited:
    """The reply to come. Awaiting it waits; merely looking at it starts nothing."""

    press: Press
    seconds: float

    def __await__(self) -> Generator[Any, None, Reply]:
        return self.press._wait(self.seconds).__await__()
