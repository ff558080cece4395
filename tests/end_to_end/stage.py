"""A stage for the whole bot: the double it talks to, its database, its people, and the clock.

The bot runs in this process (`start`), or as a process that can be killed (`start_process`).
"""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import text

from bot import compose
from bot.domain.channel import ChannelRef, WatchState
from bot.domain.people import Role
from bot.services.join import Join
from bot.services.write import Bundle
from bot.settings import Settings
from bot.storage.database import Database
from sandbox.app.clock import MovedClock
from sandbox.double import Base, Chat, Double, Message, Person, Press
from tests.end_to_end.nursery import ROOT, Life, Nursery
from tests.end_to_end.scripted import ScriptedClassifier
from tests.factories import bundled, confirm_recipient

T = TypeVar("T")
PATIENCE = 30.0  # seconds until a condition counts as never coming true; no test waits for it
CONTACT = "desk@example.org"
DIGEST_AT = "0 8 * * *"
ZONE = "Asia/Jakarta"


_UNDER_WAY = ("Siapa yang meminta?", "Memeriksa:")  # what the form of /addchannel says before


class Stage:
    """url: of a database that the migrations have made. folder: for the files of this stage."""

    def __init__(
        self, double: Double, base: Base, url: str, folder: Path, nursery: Nursery
    ) -> None:
        self.double = double
        self.base = base
        self.url = url
        self.folder = folder
        self.database = Database(url)
        self.clock = MovedClock(folder / "clock")
        self.hold = folder / "hold"
        self.admin = double.person(1001, "Ani", language_code="id")
        self.settings = Settings(_env_file=None, **self._settings())  # type: ignore[call-arg, arg-type]
        self._join = Join(self.database, self.clock, (self.admin.id,), ZONE, DIGEST_AT)
        self.bundle: Bundle = bundled
        self._running: tuple[compose.Running, asyncio.Task[None]] | None = None
        self._nursery = nursery
        self.further: dict[str, str] = {}  # more of the environment of processes
        self.life: Life | None = None

    def _settings(self) -> dict[str, str]:
        return {
            "bot_token": self.base.token,
            "bot_api_url": self.base.base_url,
            "admin_ids": str(self.admin.id),
            "database_url": self.url,
            "contact": CONTACT,
            "timezone": ZONE,
            "digest_at": DIGEST_AT,
            "day_at": "0 0 29 2 *",  # no test waits for an answer and gets the day instead
            "model_dir": str(self.folder / "model"),
            "tick_seconds": "0.1",
            "preview_url": "http://127.0.0.1:9",  # where nobody listens: no test leaves the machine
            "settle_seconds": "0",  # tests press as soon as a button is there
            "practice": "0",
        }

    # The bot in this process

    async def start(self) -> None:
        """Starts the bot in this process; stopping it is a crash as far as rows are concerned."""
        running = await compose.running(
            self.settings,
            clock=self.clock,
            classifier=ScriptedClassifier(self.hold),
            bundle=self.bundle,
        )
        self._running = (running, asyncio.create_task(running.run()))

    async def stop(self) -> None:
        """Cancels the bot wherever it is."""
        if self._running is None:
            return
        running, task = self._running
        self._running = None
        task.cancel()
        await asyncio.wait({task})
        await running.close()
        if not task.cancelled():
            task.result()  # a bot that ended by itself tells the test why

    @property
    def task(self) -> "asyncio.Task[None]":
        """The bot that runs in this process."""
        assert self._running is not None
        return self._running[1]

    # The bot as a process

    async def start_process(self, parts: str = "") -> None:
        """Starts the bot as a process. parts: which of it run, all when empty."""
        polls = len(self.double.calls_of("getUpdates"))
        env = self.environment() | {"PARTS": parts}
        self.life = self._nursery.bear(env, self.folder / "log")
        if not parts or "receiver" in parts:
            await self.until(lambda: len(self.double.calls_of("getUpdates")) > polls)

    def environment(self) -> dict[str, str]:
        """For a process of the bot: this stage's settings, nothing of the developer's own."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        mine = {name.upper(): value for name, value in self._settings().items()}
        files = {"CLOCK_FILE": str(self.folder / "clock"), "HOLD_FILE": str(self.hold)}
        return kept | mine | files | self.further | {"PYTHONPATH": str(ROOT)}

    def kill(self) -> None:
        """Kills the process of the bot, if there is one."""
        life, self.life = self.life, None
        if life is not None:
            life.kill()

    @property
    def log(self) -> str:
        """What the processes have written to standard error."""
        file = self.folder / "log"
        return file.read_text() if file.exists() else ""

    async def close(self) -> None:
        self.kill()
        try:
            await self.stop()
        finally:
            await self.database.close()

    # People and channels that are there when the play begins

    async def hired(
        self, person: Person, role: Role = Role.MODERATOR, language: str | None = None
    ) -> Person:
        """Has a person join by a one-time link, without the bot: its doors have their own test."""
        admin = await self._join.person(self.admin.id, "id")
        assert admin is not None  # the settings name them
        self.opened(self.admin)
        token = await self._join.invite(admin, role)
        spoken = language or person.language_code or "en"
        assert await self._join.accept(token, person.id, person.first_name, spoken)
        if role is Role.RECIPIENT:
            await confirm_recipient(self.database, person.id)
        self.opened(person)
        return person

    def opened(self, person: Person) -> None:
        """The person has written to the bot before, so it may write to them."""
        chat = self.double.chat(person)
        chat.bot_status, chat.is_known = "member", True

    def person(self, id: int, name: str, language: str = "en") -> Person:
        return self.double.person(id, name, language_code=language)

    async def moderator(self, id: int = 1002, name: str = "Budi", language: str = "en") -> Person:
        return await self.hired(self.person(id, name, language))

    async def recipient(self, id: int = 1009, name: str = "Citra", language: str = "en") -> Person:
        return await self.hired(self.person(id, name, language), Role.RECIPIENT)

    async def dismissed(self, person: Person, role: Role = Role.MODERATOR) -> None:
        """Takes a role away from a person."""
        async with self.database.work() as work:
            found = await work.people.by_telegram_id(person.id)
            assert found is not None
            await work.people.leave(found.id, role)
            await work.commit()

    async def watched(self, name: str = "contoh_kanal", title: str = "Contoh") -> Chat:
        """A public channel under watch, with the bot in it."""
        channel = self.double.channel(name, title=title)
        channel.bot_status, channel.is_known = "administrator", True
        ref = ChannelRef(channel.id, name, title)
        async with self.database.work() as work:
            await work.channels.add(ref, WatchState.WATCHING, None, self.clock.now())
            await work.commit()
        return channel

    # What is seen

    async def until(self, condition: Callable[[], T], timeout: float = PATIENCE) -> T:  # noqa: ASYNC109
        """Waits until the condition holds; a bot that ended meanwhile is an error."""

        def or_ended() -> T:
            if self._running is not None and self._running[1].done():
                self._running[1].result()
            if self.life is not None and self.life.is_over:
                raise AssertionError(f"the process ended:\n{self.log}")
            return condition()

        try:
            return await self.double.until(or_ended, timeout)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self._shown()}\n{self.log}") from None

    def _shown(self) -> str:
        chats = [chat for chat in self.double.world.chats.values() if chat.messages]
        return "\n".join(f"{chat!r}: {chat.texts[-4:]}" for chat in chats)

    def letters(self, person: Person) -> list[Message]:
        """What the bot has written to a person, oldest first."""
        return [m for m in self.double.chat(person).messages if m.sender is self.double.bot]

    def messages(self, person: Person) -> list[Message]:
        """Those of the letters that carry no file."""
        return [m for m in self.letters(person) if m.media is None]

    async def told(self, person: Person, words: str, times: int = 1) -> Message:
        """The newest letter to a person with these words, when there are that many."""

        def found() -> list[Message]:
            with_words = [m for m in self.letters(person) if words in m.text]
            return with_words if len(with_words) >= times else []

        return (await self.until(found))[-1]

    def desk(self, person: Person) -> Message:
        """The person's newest desk message."""
        return [m for m in self.letters(person) if m.buttons][-1]

    async def desk_shows(self, person: Person, words: str) -> Message:
        """The newest desk message, as soon as it holds these words."""
        await self.until(
            lambda: any(m.buttons for m in self.letters(person)) and words in self.desk(person).text
        )
        return self.desk(person)

    # What people do

    async def says(self, person: Person, words: str) -> str:
        """Writes to the bot; the text of its next letter."""
        before = len(self.letters(person))
        self.double.say(person, words)
        await self.until(lambda: len(self.letters(person)) > before)
        return self.letters(person)[before].text

    async def adds(
        self,
        names: str,
        reason: str = "uji coba",
        kind: str = "biasa",
        asker: str = "kami sendiri",
    ) -> str:
        """Has the admin, who reads Indonesian, put channels under watch; the summary's text."""
        await self.says(self.admin, f"/addchannel {names}")
        await self.says(self.admin, reason)
        form = self.letters(self.admin)[-1]
        await self.clicks(self.admin, form, kind)
        await self.until(lambda: "Siapa yang meminta?" in form.text)
        await self.clicks(self.admin, form, asker)
        await self.until(lambda: not any(word in form.text for word in _UNDER_WAY))
        return form.text

    async def clicks(self, person: Person, message: Message, button: str) -> str:
        """Presses a button of any message; what the presser was told."""
        return await self.answer(self.double.press(person, message, button))

    async def on_duty(self, person: Person) -> Message:
        """The person's fresh desk, after /duty on."""
        before = len([m for m in self.letters(person) if m.buttons])
        self.double.say(person, "/duty on")
        await self.until(lambda: len([m for m in self.letters(person) if m.buttons]) > before)
        return self.desk(person)

    async def answer(self, press: Press) -> str:
        """What the presser was told."""
        return (await press.answer_within(PATIENCE)).text

    async def presses(self, person: Person, button: str) -> str:
        """Presses a button of the desk as soon as it is there; what the presser was told."""
        await self.button(person, button)
        return await self.answer(self.double.press(person, self.desk(person), button))

    async def button(self, person: Person, button: str) -> None:
        """Waits until the desk has this button."""
        await self.until(
            lambda: any(
                label.startswith(button)
                for message in [m for m in self.letters(person) if m.buttons][-1:]
                for row in message.buttons
                for label, _ in row
            )
        )

    async def confirms(self, person: Person, harm: str = "recruitment") -> str:
        await self.presses(person, "Propaganda…")
        return await self.presses(person, harm)

    def later(self, **by: float) -> None:
        """Moves the clock: `later(seconds=90)`."""
        self.clock.move(timedelta(**by))

    # What is kept

    async def rows(self, sql: str) -> list[Any]:
        """What a query gives now."""
        async with self.database.look() as work:
            return list(await work.connection.execute(text(sql)))

    async def one(self, sql: str) -> Any:
        """The first column of the only row."""
        (row,) = await self.rows(sql)
        return row[0]

    async def until_one(self, sql: str, value: object) -> None:
        """Waits until a query gives this value."""
        async with asyncio.timeout(PATIENCE):
            while await self.one(sql) != value:
                if self._running is not None and self._running[1].done():
                    self._running[1].result()
                await asyncio.sleep(0.02)

    async def worked_off(self) -> None:
        """Waits until the bot has taken every update, handled it and judged every post."""
        await self.until(lambda: not self.double.pending)
        await self.until_one("SELECT count(*) FROM inbox WHERE handled_at IS NULL", 0)
        await self.until_one("SELECT count(*) FROM revisions WHERE NOT is_judged", 0)

    async def until_next(self, moment: datetime) -> None:
        """Moves the clock to a moment."""
        self.clock.move(moment - self.clock.now())
