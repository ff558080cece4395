"""What a page or a scenario drives: the double, the bot's process, the clock, who is there.

A play begins anew with each start: its folder is emptied; the model of the examples is kept apart.
"""

import asyncio
import contextlib
import fcntl
import mimetypes
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.errors import SaringError
from sandbox.app.cast import ADMIN_ID, BOT_NAME, TOKEN, Cast, gather
from sandbox.app.clock import MovedClock
from sandbox.app.life import Life, Step
from sandbox.app.public import PublicSide
from sandbox.double import Base, Chat, Double, Media, Message, Person, Press

T = TypeVar("T")
ZONE = ZoneInfo("Asia/Jakarta")
PATIENCE_S = 300.0  # until the bot must have come up: it may train first, on a busy machine
CONTACT = "desk@example.org"


class SandboxBusy(SaringError):
    """Another sandbox runs on this folder. Stop it first, or give --folder another one."""


class Stage:
    """folder: everything that the sandbox keeps. language: what people's apps speak at first.

    is_hasty: presses count right after a redraw too, which no person could have meant.
    """

    def __init__(self, folder: Path, language: str = "en", *, is_hasty: bool = False) -> None:
        self.folder = folder
        self.is_hasty = is_hasty
        self.language = language
        self.play = folder / "play"
        self.number = secrets.token_hex(8)  # of this play, so that a page knows another one
        self.clock = MovedClock(self.play / "clock")
        self.double = Double(TOKEN, username=BOT_NAME, first_name="Saring", clock=self.clock.now)
        self.cast: Cast = gather(self.double, language)
        self.public = PublicSide(self.double, self.cast.channels.values(), self.clock)
        self.base: Base  # where the double listens, while the stage is open
        self.life: Life
        self.is_opened = False  # channels are watched and somebody is on duty
        self.is_complete = False  # the others have joined too
        self.problem = ""  # why the play could not begin
        self._polls = 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Stage"]:
        """Serves the double and runs the bot while the block runs. Raises SandboxBusy."""
        with _only_one(self.folder):
            shutil.rmtree(self.play, ignore_errors=True)
            self.play.mkdir()
            async with self.double.serve() as self.base, self.public.serve() as preview:
                self.life = Life(self.play, self._settings(self.base, preview), self._stepped)
                watching = [
                    asyncio.create_task(self._watch_polls()),
                    asyncio.create_task(self.public.follow()),
                ]
                try:
                    await self.start_bot()
                    yield self
                finally:
                    await self.life.kill()
                    for task in watching:
                        task.cancel()
                    await asyncio.wait(watching)

    def _settings(self, base: Base, preview: str) -> dict[str, str]:
        folder = self.folder.resolve()
        return {
            "BOT_TOKEN": base.token,
            "BOT_API_URL": base.base_url,
            "PREVIEW_URL": preview,
            "ADMIN_IDS": str(ADMIN_ID),
            "CONTACT": CONTACT,
            "OPERATOR": "Sandbox",
            "DATABASE_URL": f"sqlite:///{folder / 'play' / 'saring.db'}",
            "MODEL_DIR": str(folder / "play" / "model"),
            "SEED_DIR": str(folder / "seed"),
            "CLOCK_FILE": str(folder / "play" / "clock"),
            "TIMEZONE": ZONE.key,
            "PRACTICE": "0",  # the cards are samples all of them
            "SHOW_SCORE": "true",  # one comes to see why
            **({"SETTLE_SECONDS": "0"} if self.is_hasty else {}),
            "TICK_SECONDS": "1",  # so that what became due by the clock is seen at once
        }

    # The bot's process

    async def start_bot(self) -> None:
        self._polls = self.double.station.updates.turn
        await self.life.start()

    async def kill_bot(self) -> None:
        """A real kill: nothing is tidied up."""
        await self.life.kill()

    async def restart_bot(self) -> None:
        """Kills the process and starts another on what the first left behind."""
        await self.kill_bot()
        await self.start_bot()

    def _stepped(self, step: Step) -> None:
        self.double.station.note("stage")

    async def _watch_polls(self) -> None:
        """The bot runs as soon as it asks for updates; a poll is noted only when it is over."""
        station = self.double.station
        while True:
            number = station.signal.number
            if station.updates.turn > self._polls:
                self.life.is_polling()
            await station.signal.later_than(number, None)

    async def until_running(self) -> None:
        """Waits for the bot. Raises RuntimeError with its log when it ended instead."""
        await self.until(lambda: self.life.step is Step.RUNNING, PATIENCE_S)

    async def until(self, condition: Callable[[], T], timeout: float = 10.0) -> T:  # noqa: ASYNC109
        """Waits for a condition. Raises TimeoutError, RuntimeError when the bot ended by itself."""

        def or_ended() -> T:
            if self.life.has_failed:
                raise RuntimeError(f"The bot ended by itself. Its log:\n{self.life.log}")
            return condition()

        return await self.double.until(or_ended, timeout)

    def fail(self, problem: str) -> None:
        """The play cannot begin, and why."""
        self.problem = problem
        self.double.station.note("stage")

    def close_streams(self) -> None:
        """Ends what waits for changes, so that a server can stop."""
        self.double.station.is_closing = True
        self.double.station.signal.notify()

    # The clock

    def later(self, by: timedelta) -> None:
        self.clock.move(by)
        self.double.station.note("stage")

    def until_time(self, hour: int, minute: int = 0, *, days: int = 1) -> datetime:
        """Moves to that time of day in the bot's zone, `days` from today; returns the moment."""
        now = self.clock.now().astimezone(ZONE)
        moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        moment += timedelta(days=days)
        if moment <= now:
            raise ValueError("The clock goes forward only.")
        self.later(moment - now)
        return moment

    # People

    def speak(self, language: str) -> None:
        """Everybody's app changes its language; the bot hears of it with what they do next."""
        self.language = language
        self.cast.speak(language)
        self.double.station.note("stage")

    def letters(self, chat: Chat) -> list[Message]:
        """What the bot has written in a chat and not taken away, oldest first."""
        return [message for message in chat.messages if message.sender is self.double.bot]

    def opens(self, person: Person, token: str) -> Message:
        """Follows a link t.me/<bot>?start=<token>, as pressing Start there does."""
        return self.double.say(person, f"/start {token}")

    def sends(
        self,
        person: Person,
        chat: Chat,
        name: str,
        content: bytes,
        caption: str = "",
        *,
        reply_to: Message | None = None,
    ) -> Message:
        """A document to the bot, with its name and whatever bytes it has."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = self.double.world.store(content, name, kind)
        details = {"file_name": name, "mime_type": kind}
        document = Media("document", details, file)
        return self.double.say(
            person, caption or None, chat=chat, media=document, reply_to=reply_to
        )

    def presses(self, person: Person, chat: Chat, button: str) -> Press:
        """Presses the newest button in the chat whose text is that or begins with it.

        Raises LookupError that lists the buttons of the newest message that has any.
        """
        problem = f"No message in the chat of {chat.title or person.first_name} has buttons."
        for message in reversed(chat.messages):
            if not message.rows:
                continue
            try:
                return self.double.press(person, message, button)
            except LookupError as error:
                problem = str(error)
                break
        raise LookupError(problem)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SandboxBusy from None
        yield
