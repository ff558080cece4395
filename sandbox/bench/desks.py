"""How soon a post lies on a desk and a press is answered: idle, and while many posts come in.

The bot with the seed model and an SQLite file is a process of its own, as in operation; this one is
Telegram's side, the people and the watch. Each of the two plays ends after a time, whatever the bot
has managed by then, and says what it has.
"""

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from classifiers.seed import seed_rows
from sandbox.bench.desk_stage import CHANNELS, DeskStage, Standing, machine, stage
from sandbox.double import Message, Person

T = TypeVar("T")
_SECONDS: Final = 30.0  # a play's longest time with posts coming in
_STOCK: Final = 40  # cards that wait for the moderators' presses
_PATIENCE: Final = 5.0  # seconds after which a press counts as never answered
_DRAIN: Final = 60.0  # seconds for what is left to be worked off
_BEAT: Final = 0.05  # seconds between two helpings of posts
_LOOK: Final = 0.002  # seconds between two looks at the desks
_THINKING: Final = 0.1  # seconds between two presses


@dataclass
class Times:
    """Milliseconds. unanswered, undealt: how many had not come when patience or time was over;
    the former stand in `answer` with all their patience.
    """

    card: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    unanswered: int = 0
    undealt: int = 0
    published: int = 0

    def lines(self) -> Iterator[str]:
        for name, times, missing in (
            ("press to answer", self.answer, f"{self.unanswered} not within {_PATIENCE:.0f} s"),
            ("post to card", self.card, f"{self.undealt} not before the end"),
        ):
            if len(times) < 2:
                yield f"    {name:<16} n = {len(times)}; {missing}"
                continue
            middle, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            figures = f"{middle:6.0f} ms, 95th {slow:6.0f} ms"
            yield f"    {name:<16} {figures} (n = {len(times)}; {missing})"


async def measure(
    rates: Sequence[int] = (0, 1000),
    stock: int = _STOCK,
    rounds: int = 20,
    seconds: float = _SECONDS,
) -> list[str]:
    """The report's lines, a play for each of the rates (posts a second).

    stock: cards pressed away in each play; rounds: posts whose card is waited for then. seconds:
    the longest time of a play.
    """
    lines = [
        f"Desks (bot and Telegram's double in a process each, SQLite, {CHANNELS} channels; "
        f"{machine()})"
    ]
    with tempfile.TemporaryDirectory(prefix="saring-bench-") as folder:
        async with stage(Path(folder)) as on:
            play = _Play(on, stock, rounds, seconds)
            for rate in rates:
                what = f"{rate:,} posts/s published" if rate else "idle"
                lines += [f"  {what}", *await play.once(rate)]
    return [*lines, f"  at the end: {machine()}"]


class _Play:
    def __init__(self, on: DeskStage, stock: int, rounds: int, seconds: float) -> None:
        self._on = on
        self._stock = stock
        self._rounds = rounds
        self._seconds = seconds
        self._bad, self._good = _bad(), _good()
        self._channels = itertools.cycle(on.channels)

    async def once(self, rate: int) -> list[str]:
        """Presses a stock of cards away, then waits for fresh ones, while posts come in."""
        on, times = self._on, Times()
        for _ in range(self._stock):
            self._publish(next(self._bad))
        await on.worked_off(_DRAIN)
        before, started = await on.standing(), time.perf_counter()
        async with self._feeding(rate, times):
            until = started + self._seconds
            await asyncio.sleep(1)  # until what comes in is on its way through
            await self._press_away(times, until)
            await self._wait_for_cards(times, until)
            if rate:
                await asyncio.sleep(max(0.0, until - time.perf_counter()))
        after, took = await on.standing(), time.perf_counter() - started
        lines = [
            *times.lines(),
            f"    processor: {100 * (after.cpu - before.cpu) / took:.0f} % of a core for the bot, "
            f"{100 * (after.own_cpu - before.own_cpu) / took:.0f} % for Telegram's side",
            *(_rates(before, after, times, took) if rate else ()),
        ]
        started = time.perf_counter()
        is_done = await on.worked_off(_DRAIN)
        left = await on.standing()
        if rate:
            fate = (
                f"all {left.posts - before.posts:,} posts were judged"
                if is_done
                else f"{left.waiting:,} posts still waited"
            )
            lines.append(f"    {fate} {time.perf_counter() - started:.0f} s after the last")
        return lines

    @asynccontextmanager
    async def _feeding(self, rate: int, times: Times) -> AsyncIterator[None]:
        feeding = asyncio.create_task(self._feed(rate, times))
        try:
            yield
        finally:
            feeding.cancel()
            await asyncio.wait({feeding})

    async def _feed(self, rate: int, times: Times) -> None:
        """Publishes at this rate; what could not be published in time is caught up with."""
        started, published = time.perf_counter(), 0
        while True:
            due = int((time.perf_counter() - started) * rate)
            for _ in range(min(due - published, rate)):
                self._publish(next(self._good))
                published += 1
                times.published += 1
            await asyncio.sleep(_BEAT)

    def _publish(self, words: str) -> None:
        self._on.double.publish(next(self._channels), words)

    async def _press_away(self, times: Times, until: float) -> None:
        """Two presses dismiss a card; moderators take turns until no desk has one."""
        for _ in range(self._stock):
            found = await _until(partial(self._with_button, "x"), min(_PATIENCE, _left(until)))
            if found is None or not await self._dismiss(*found, times, until):
                return

    async def _wait_for_cards(self, times: Times, until: float) -> None:
        for _ in range(self._rounds):
            marker, started = next(self._bad), time.perf_counter()
            self._publish(marker)
            found = await _until(partial(self._with_words, marker), _left(until))
            if found is None:
                times.undealt += 1
                return
            times.card.append((time.perf_counter() - started) * 1000)
            await self._dismiss(*found, times, until)

    async def _dismiss(self, person: Person, desk: Message, times: Times, until: float) -> bool:
        """Whether it went through in time."""
        for action in ("x", "p"):
            data = await _until(partial(_data, desk, action), _left(until))
            if data is None:
                return False
            await self._press(person, desk, data, times)
            await asyncio.sleep(_THINKING)
        return True

    async def _press(self, person: Person, desk: Message, data: str, times: Times) -> None:
        started = time.perf_counter()
        try:
            await self._on.double.press(person, desk, data=data).answer_within(_PATIENCE)
        except TimeoutError:
            times.unanswered += 1
        times.answer.append((time.perf_counter() - started) * 1000)

    def _with_button(self, action: str) -> tuple[Person, Message] | None:
        """The desk that has shown a card for the longest time."""
        desks = [(p, d) for p, d in self._on.desks() if _data(d, action)]
        return min(desks, key=lambda found: found[1].edit_date or found[1].date, default=None)

    def _with_words(self, words: str) -> tuple[Person, Message] | None:
        return next(((p, d) for p, d in self._on.desks() if words in d.text), None)


def _rates(before: Standing, after: Standing, times: Times, took: float) -> Iterator[str]:
    yield (
        f"    a second, over {took:.0f} s: {times.published / took:,.0f} published, "
        f"{(after.received - before.received) / took:,.0f} taken into the inbox, "
        f"{(after.judged - before.judged) / took:,.0f} kept and judged"
    )
    yield (
        f"    waiting at the end: {after.at_telegram:,} at Telegram, "
        f"{after.in_inbox:,} in the inbox, {after.unjudged:,} for the classifier"
    )


async def _until(look: Callable[[], T | None], seconds: float) -> T | None:
    """What `look` finds, within so many seconds."""
    end = time.perf_counter() + seconds
    # To be woken by each of a thousand posts a second would cost more than to look now and then.
    while (found := look()) is None and time.perf_counter() < end:  # noqa: ASYNC110
        await asyncio.sleep(_LOOK)
    return found


def _left(until: float) -> float:
    return max(0.0, until - time.perf_counter())


def _data(desk: Message, action: str) -> str | None:
    """What the desk's button of that action sends back."""
    buttons = (data for row in desk.buttons for _, data in row)
    return next((data for data in buttons if data.startswith(f"{action}:")), None)


def _bad() -> Iterator[str]:
    """Shipped examples, each with a number of its own.

    More lines than one bench shows: a line that comes again is a copy of a decided post, whose card
    has other buttons. None is a threat, which would call everybody.
    """
    ours = {"RECRUIT", "INCITE", "FINANCE"}
    lines = [row.text for row in seed_rows() if ours & set(row.harm) and "THREAT" not in row.harm]
    return (f"{lines[n % len(lines)]} ({n})" for n in itertools.count(1))


def _good() -> Iterator[str]:
    """Everyday lines, each with a number of its own."""
    words: Sequence[str] = ("Cuaca cerah di pagi hari", "Jalan utama dibuka kembali sore ini")
    return (f"{words[n % 2]}, pukul {n % 24}.{n % 60:02}, laporan {n}" for n in itertools.count(1))
