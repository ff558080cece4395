"""How soon a post lies on a desk and a press is answered: idle, and while many posts come in.

The real bot with the seed model and SQLite talks over loopback to the double, all in this process,
so the figures hold what Telegram's side costs too.
"""

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot import compose
from bot.clock import SystemClock
from bot.domain.channel import ChannelRef, WatchState
from bot.domain.people import Role
from bot.services.join import Join
from bot.settings import Settings
from bot.storage import schema
from bot.storage.database import Database
from classifiers.seed import seed_rows
from sandbox.double import Chat, Double, Message, Person

_ADMIN: Final = 1001
_MODERATORS: Final = range(1002, 1012)
_PATIENCE: Final = 60.0  # seconds until something counts as never coming
_BEAT: Final = 0.05  # seconds between two helpings of posts


@dataclass
class Times:
    """Milliseconds. published: posts that came in meanwhile. seconds: how long it took."""

    card: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    published: int = 0
    seconds: float = 0.0

    def lines(self, what: str) -> Iterator[str]:
        rate = self.published / self.seconds if self.seconds else 0.0
        yield f"  {what} ({rate:,.0f} posts/s published)"
        for name, times in (("post to card", self.card), ("press to answer", self.answer)):
            middle, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
            yield f"    {name:<16} {middle:6.0f} ms, 95th {slow:6.0f} ms (n = {len(times)})"


async def measure(rounds: int = 30, rate: int = 1000) -> list[str]:
    """The report's lines. rounds: cards in each of the two halves. rate: posts a second."""
    lines = ["Desks (bot and double in one process, SQLite)"]
    with tempfile.TemporaryDirectory(prefix="saring-bench-") as folder:
        async with _stage(Path(folder)) as stage:
            idle = await stage.play(rounds, 0)
            busy = await stage.play(rounds, rate)
    return [*lines, *idle.lines("idle"), *busy.lines("busy")]


@dataclass
class _Stage:
    double: Double
    database: Database
    channel: Chat
    moderators: list[Person]
    bad: Iterator[str]
    good: Iterator[str]

    async def play(self, rounds: int, rate: int) -> Times:
        """Each round: a flagged post, its card, and the two presses that dismiss it."""
        times, started = Times(), time.perf_counter()
        feeding = asyncio.create_task(self._feed(rate, times)) if rate else None
        try:
            await asyncio.sleep(2)  # until what comes in is on its way through
            for _ in range(rounds):
                await self._round(times)
        finally:
            times.seconds = time.perf_counter() - started
            if feeding is not None:
                feeding.cancel()
                with suppress(asyncio.CancelledError):
                    await feeding
        return times

    async def _feed(self, rate: int, times: Times) -> None:
        """Publishes at this rate; what could not be published in time is caught up with."""
        started = time.perf_counter()
        while True:
            due = int((time.perf_counter() - started) * rate)
            for _ in range(min(due - times.published, rate)):
                self.double.publish(self.channel, next(self.good))
                times.published += 1
            await asyncio.sleep(_BEAT)

    async def _round(self, times: Times) -> None:
        marker = next(self.bad)
        started = time.perf_counter()
        self.double.publish(self.channel, marker)
        found = await self.double.until(lambda: self._desk_with(marker), _PATIENCE)
        assert found is not None  # else it would have been too late
        person, desk = found
        times.card.append((time.perf_counter() - started) * 1000)
        for action in ("x", "p"):
            card_id, revision_id = await self._on_desk(person)
            started = time.perf_counter()
            press = self.double.press(person, desk, data=f"{action}:{card_id}:{revision_id}")
            with suppress(TimeoutError):  # it counts with all its patience
                await press.answer_within(_PATIENCE)
            times.answer.append((time.perf_counter() - started) * 1000)

    def _desk_with(self, words: str) -> tuple[Person, Message] | None:
        for person in self.moderators:
            for message in reversed(self.double.chat(person).messages):
                if message.sender is self.double.bot and message.buttons and words in message.text:
                    return person, message
        return None

    async def _on_desk(self, person: Person) -> tuple[int, int]:
        async with self.database.look() as work:
            found = await work.people.by_telegram_id(person.id)
            assert found is not None  # they joined below
            desk = await work.desks.of(found.id)
        assert desk is not None
        assert desk.card_id is not None
        assert desk.revision_id is not None
        return desk.card_id, desk.revision_id


@asynccontextmanager
async def _stage(folder: Path) -> AsyncIterator[_Stage]:
    url = f"sqlite:///{folder / 'bench.db'}"
    schema.migrate(url)
    double = Double("987654321:" + "B" * 35)
    database = Database(url)
    async with double.serve() as base:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            bot_token=SecretStr(base.token),
            bot_api_url=base.base_url,
            admin_ids=(_ADMIN,),
            database_url=SecretStr(url),
            model_dir=folder / "model",
            practice=0,
            settle_seconds=0,
            shift_cards=0,
        )
        moderators = await _people(double, database)
        channel = await _channel(double, database)
        running = await compose.running(settings)
        task = asyncio.create_task(running.run())
        try:
            for person in moderators:
                said = double.say(person, "/duty on")
                await double.until(partial(_has_answer, double.chat(person), said), _PATIENCE)
            yield _Stage(double, database, channel, moderators, _bad(), _good())
        finally:
            task.cancel()
            await asyncio.wait({task})
            await running.close()
            await database.close()


def _has_answer(chat: Chat, said: Message) -> bool:
    return chat.messages[-1] is not said


async def _people(double: Double, database: Database) -> list[Person]:
    join = Join(database, SystemClock(), (_ADMIN,), "Asia/Jakarta", "0 8 * * *")
    admin = await join.person(_ADMIN, "en")
    assert admin is not None  # the settings name them
    people = list[Person]()
    for number in _MODERATORS:
        person = double.person(number, f"M{number}", language_code="en")
        token = await join.invite(admin, Role.MODERATOR)
        await join.accept(token, number, person.first_name, "en")
        chat = double.chat(person)
        chat.bot_status, chat.is_known = "member", True
        people.append(person)
    return people


async def _channel(double: Double, database: Database) -> Chat:
    channel = double.channel("kabar_contoh", title="Kabar Contoh")
    channel.bot_status, channel.is_known = "administrator", True
    async with database.work() as work:
        ref = ChannelRef(channel.id, "kabar_contoh", "Kabar Contoh")
        await work.channels.add(ref, WatchState.WATCHING, None, SystemClock().now())
        await work.commit()
    return channel


def _bad() -> Iterator[str]:
    """Shipped examples of recruitment, each with a number of its own."""
    lines = [row.text for row in seed_rows() if "RECRUIT" in row.harm and row.lang == "id"]
    return (f"{lines[n % len(lines)]} ({n})" for n in itertools.count(1))


def _good() -> Iterator[str]:
    """Everyday lines, each with a number of its own."""
    words: Sequence[str] = ("Cuaca cerah di pagi hari", "Jalan utama dibuka kembali sore ini")
    return (f"{words[n % 2]}, pukul {n % 24}.{n % 60:02}, laporan {n}" for n in itertools.count(1))
