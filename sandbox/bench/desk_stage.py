"""The stage of the desks' measurement: the double here, the bot in a process of its own."""

import asyncio
import multiprocessing
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import text

from bot import compose
from bot.clock import SystemClock
from bot.domain.channel import ChannelRef, WatchState
from bot.domain.people import Role
from bot.services.join import Join
from bot.settings import Settings
from bot.storage import schema
from bot.storage.database import Database
from classifiers import seed_model
from classifiers.compiled import CompiledModel
from sandbox.double import Chat, Double, Message, Person

_ADMIN: Final = 1001
_MODERATORS: Final = range(1002, 1012)
CHANNELS: Final = 100
_START: Final = 120.0  # seconds; without a model and compiled code both are made first


@dataclass(frozen=True)
class Standing:
    """How far the bot is, and the seconds of processor that it and this process have taken."""

    at_telegram: int
    received: int
    in_inbox: int
    posts: int
    judged: int
    unjudged: int
    cpu: float
    own_cpu: float

    @property
    def waiting(self) -> int:
        return self.at_telegram + self.in_inbox + self.unjudged


@dataclass
class DeskStage:
    double: Double
    database: Database
    channels: list[Chat]
    moderators: list[Person]
    pipe: Connection

    def desks(self) -> Iterator[tuple[Person, Message]]:
        """Each moderator's newest message with buttons."""
        for person in self.moderators:
            for message in reversed(self.double.chat(person).messages):
                if message.rows:
                    yield person, message
                    break

    async def standing(self) -> Standing:
        async with self.database.look() as work:
            row = (await work.connection.execute(text(_COUNTS))).one()._mapping
        self.pipe.send("cpu")
        cpu: float = await asyncio.to_thread(self.pipe.recv)
        return Standing(
            at_telegram=len(self.double.pending), cpu=cpu, own_cpu=time.process_time(), **row
        )

    async def worked_off(self, seconds: float) -> bool:
        """Waits until every post is judged; whether that came within so many seconds."""
        end = time.perf_counter() + seconds
        while (await self.standing()).waiting:
            if time.perf_counter() > end:
                return False
            await asyncio.sleep(0.2)
        return True


_COUNTS: Final = """
    SELECT (SELECT count(*) FROM inbox WHERE kind = 'post') AS received,
        (SELECT count(*) FROM inbox WHERE kind = 'post' AND handled_at IS NULL) AS in_inbox,
        (SELECT count(*) FROM posts) AS posts,
        (SELECT count(*) FROM revisions WHERE is_judged) AS judged,
        (SELECT count(*) FROM revisions WHERE NOT is_judged) AS unjudged
"""


def machine() -> str:
    """Cores and load, as the system counts it."""
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, load {' '.join(f'{load:.1f}' for load in os.getloadavg())}"


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[DeskStage]:
    """The bot running, its moderators on duty."""
    url = f"sqlite:///{folder / 'bench.db'}"
    schema.migrate(url)
    double = Double("987654321:" + "B" * 35)
    database = Database(url)
    moderators = await _people(double, database)
    channels = await _channels(double, database)
    async with double.serve() as base:
        settings = {"bot_token": base.token, "bot_api_url": base.base_url, "database_url": url}
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        bot = context.Process(target=_live, args=(theirs, settings, folder), daemon=True)
        bot.start()
        try:
            await _heard(ours)
            on = DeskStage(double, database, channels, moderators, ours)
            for person in moderators:
                double.say(person, "/duty on")
            await double.until(lambda: len(list(on.desks())) == len(moderators), _START)
            yield on
        finally:
            ours.send("stop")
            await asyncio.to_thread(bot.join, 10)
            bot.kill()
            await database.close()


async def _heard(pipe: Connection) -> None:
    """Waits for the bot's first word."""
    if not await asyncio.to_thread(pipe.poll, _START):
        raise RuntimeError("the bot did not start")
    pipe.recv()


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


async def _channels(double: Double, database: Database) -> list[Chat]:
    channels = list[Chat]()
    async with database.work() as work:
        for number in range(CHANNELS):
            channel = double.channel(f"kabar_{number}", title=f"Kabar {number}")
            channel.bot_status, channel.is_known = "administrator", True
            ref = ChannelRef(channel.id, channel.username, channel.title or "")
            await work.channels.add(ref, WatchState.WATCHING, None, SystemClock().now())
            channels.append(channel)
        await work.commit()
    return channels


# The other process


def _live(pipe: Connection, settings: dict[str, Any], folder: Path) -> None:
    asyncio.run(_until_told(pipe, settings, folder))


async def _until_told(pipe: Connection, given: dict[str, Any], folder: Path) -> None:
    """The bot, its model ready; it says how much processor it has taken whenever it is asked."""
    model = seed_model(folder / "model")
    if isinstance(model, CompiledModel):
        model.warm_up()
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        bot_token=SecretStr(given["bot_token"]),
        bot_api_url=given["bot_api_url"],
        admin_ids=(_ADMIN,),
        database_url=SecretStr(given["database_url"]),
        model_dir=folder / "model",
        practice=0,
        settle_seconds=0,
        shift_cards=0,
    )
    running = await compose.running(settings)
    compose.spare_the_collector()
    task = asyncio.create_task(running.run())
    pipe.send("running")
    try:
        while await asyncio.to_thread(pipe.recv) != "stop":
            pipe.send(time.process_time())
    finally:
        task.cancel()
        await asyncio.wait({task})
        await running.close()
