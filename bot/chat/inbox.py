"""Works the inbox off: posts in batches, people's updates one after another for each person.

What was accepted is a row, so a crash at any point only means that it is handled again; every
service behind these handlers takes the same update twice without doing the thing twice.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.chat.commands import Commands
from bot.chat.lull import Lull
from bot.chat.members import Members
from bot.chat.officers import Officers
from bot.chat.plain import plain_post
from bot.chat.posts import channel_ref, is_service, post_of
from bot.chat.presses import Presses
from bot.chat.reply import Reply
from bot.chat.telegram_bot import TelegramBot
from bot.domain.channel import ChannelRef
from bot.domain.errors import SaringError, StorageError
from bot.domain.post import Post
from bot.ports import Clock
from bot.services.ingest import Ingest
from bot.services.triage import Triage
from bot.storage.database import Database
from bot.storage.inbox import Received

_log = logging.getLogger(__name__)
_BATCH = 100  # updates; twice as many would have a press wait twice as long for its turn to write
_LULL = 5.0  # seconds after which a worker looks without being called
# What a malformed update can raise while it is taken apart: it is kept aside with this reason.
_ODD = (
    TelegramError,
    SaringError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    RecursionError,
)
_MOST_TRIES = 3  # of one update, by one process; what fails for another reason is tried again


class PostWorker:
    """Channel posts: parsed, kept and judged, up to 100 in one transaction each, in lulls."""

    def __init__(
        self,
        bot: TelegramBot,
        database: Database,
        clock: Clock,
        ingest: Ingest,
        triage: Triage,
        lull: Lull,
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._ingest = ingest
        self._triage = triage
        self._lull = lull
        self.called = asyncio.Event()

    async def run(self) -> None:
        while True:
            try:
                while await self.work_off():
                    pass
            except StorageError as problem:
                _log.error("posts wait in the inbox: %s", problem)
            await _called(self.called)

    async def work_off(self) -> bool:
        """Handles one batch; whether there was anything to do."""
        await self._lull.come()
        async with self._database.look() as work:
            waiting = await work.inbox.waiting("post", _BATCH)
        parsed = [(received, await self._parsed(received)) for received in waiting]
        await self._keep([(received, post) for received, post in parsed if isinstance(post, Post)])
        for received, ref in parsed:
            if isinstance(ref, ChannelRef):
                await self._ingest.service(ref, received.update_id)
        judged = (await self._triage.batch()).judged
        return bool(waiting or judged)

    async def _keep(self, parsed: list[tuple[Received, Post]]) -> None:
        """Keeps a batch in one transaction; where one post spoils it, each in its own."""
        try:
            await self._keep_together(parsed)
        except StorageError:
            if len(parsed) < 2:
                raise
            await self._keep_singly(parsed)

    async def _keep_together(self, parsed: list[tuple[Received, Post]]) -> None:
        if parsed:
            updates = [received.update_id for received, _ in parsed]
            await self._ingest.live([post for _, post in parsed], updates)

    async def _keep_singly(self, parsed: list[tuple[Received, Post]]) -> None:
        refused: list[tuple[Received, StorageError]] = []
        for received, post in parsed:
            try:
                await self._keep_together([(received, post)])
            except StorageError as problem:
                refused.append((received, problem))
        if len(refused) == len(parsed):
            raise refused[0][1]  # the database takes nothing at all: no post's fault
        for received, reason in refused:
            await _set_aside(self._database, self._clock, received, reason)

    async def _parsed(self, received: Received) -> Post | ChannelRef | None:
        """The post; the channel alone of a service message; None for what is set aside."""
        plain = plain_post(received.payload)
        if plain is not None:
            return plain
        try:
            update = Update.de_json(received.payload, self._bot)
            message = update.channel_post or update.edited_channel_post
            if message is None or message.chat.type != ChatType.CHANNEL:
                raise ValueError("no channel's post")
            return channel_ref(message.chat) if is_service(update) else post_of(message)
        except _ODD as problem:
            await _set_aside(self._database, self._clock, received, problem)
            return None


class PeopleWorker:
    """Everything else: commands, presses, the bot's own coming and going."""

    def __init__(
        self,
        bot: TelegramBot,
        database: Database,
        clock: Clock,
        commands: Commands,
        presses: Presses,
        members: Members,
        officers: Officers,
        lull: Lull,
    ) -> None:
        self._bot = bot
        self._database = database
        self._clock = clock
        self._commands = commands
        self._presses = presses
        self._members = members
        self._officers = officers
        self._lull = lull
        self.called = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._tries: Counter[int] = Counter()

    async def run(self) -> None:
        """Two people are served at once; one person's updates keep their order."""
        try:
            while True:
                try:
                    await self.start_waiting()
                except StorageError as problem:
                    _log.error("updates wait in the inbox: %s", problem)
                await _called(self.called)
        finally:
            # Waited for: whoever stops us closes the database next.
            under_way = list(self._busy.values())
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def quiet(self) -> None:
        """Waits until nobody is being served."""
        while self._busy:
            await asyncio.wait(self._busy.values())

    async def start_waiting(self) -> None:
        """Starts serving whoever waits and is not being served."""
        # Who is served now may be done before we act on what we see here: their updates would be
        # handled a second time. They call again when they are done.
        served = set(self._busy)
        async with self._database.look() as work:
            waiting = await work.inbox.waiting("people", _BATCH)
        by_sender: dict[int, list[Received]] = {}
        for received in waiting:
            by_sender.setdefault(_sender(received.payload), []).append(received)
        for sender, theirs in by_sender.items():
            if sender not in served and sender not in self._busy:
                task = asyncio.create_task(self._serve(theirs))
                self._busy[sender] = task
                task.add_done_callback(partial(self._served, sender))

    def _served(self, sender: int, done: "asyncio.Task[None]") -> None:
        del self._busy[sender]
        if not done.cancelled() and done.exception():
            # Tried again after a lull: at once would be a loop that nothing slows down.
            _log.error("an update could not be handled", exc_info=done.exception())
            return
        self.called.set()  # more of theirs may have arrived meanwhile

    async def _serve(self, theirs: Sequence[Received]) -> None:
        with self._lull.kept_off():
            await self._serve_each(theirs)

    async def _serve_each(self, theirs: Sequence[Received]) -> None:
        for received in theirs:
            self._tries[received.update_id] += 1
            if self._tries[received.update_id] > _MOST_TRIES:
                problem = RuntimeError(f"it failed {_MOST_TRIES} times, the log says why")
                await _set_aside(self._database, self._clock, received, problem)
            else:
                await self._try(received)
            del self._tries[received.update_id]

    async def _try(self, received: Received) -> None:
        try:
            await self.handle(received)
        except StorageError:
            # The database's fault and not the update's: it does not count as a try.
            del self._tries[received.update_id]
            raise

    async def handle(self, received: Received) -> None:
        """Handles one update; its replies are owed together with the mark that it was handled."""
        try:
            update = Update.de_json(received.payload, self._bot)
            replies = await self._replies(update)
        except StorageError:
            raise  # not the update's fault: it stays in the inbox
        except _ODD as problem:
            await _set_aside(self._database, self._clock, received, problem)
            return
        now = self._clock.now()
        async with self._database.work() as work:
            for reply in replies:
                await work.outbox.owe_notice(reply.chat_id, reply.letter, now, reply.edits)
            await work.inbox.handled([received.update_id], now)
            await work.commit()

    async def _replies(self, update: Update) -> list[Reply]:
        if update.callback_query:
            return await self._presses.answer(update.callback_query)
        if update.my_chat_member:
            await self._members.changed(update.my_chat_member)
        elif update.message and update.message.chat.type == ChatType.PRIVATE:
            return await self._commands.answer(update.message)
        elif update.message:
            return await self._in_group(update.message)
        return []

    async def _in_group(self, message: Message) -> list[Reply]:
        """A group's message, or the word of either chat that the one became the other."""
        if message.migrate_to_chat_id:
            await self._members.upgraded(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id:
            await self._members.upgraded(message.migrate_from_chat_id, message.chat.id)
        else:
            if message.chat.username:
                await self._members.turned_public(message.chat.id)
            return await self._officers.answer(message)
        return []


async def _called(event: asyncio.Event) -> None:
    """Waits until there is something to do, or for a lull."""
    try:
        async with asyncio.timeout(_LULL):
            await event.wait()
    except TimeoutError:
        pass
    event.clear()


async def _set_aside(
    database: Database, clock: Clock, received: Received, problem: Exception
) -> None:
    """An update that cannot be understood is kept with the reason and stops nobody."""
    _log.error("update %s is set aside: %r", received.update_id, problem)
    async with database.work() as work:
        await work.inbox.handled([received.update_id], clock.now(), f"{problem!r}"[:500])
        await work.commit()


def _sender(payload: dict[str, Any]) -> int:
    """Whose update this is, by Telegram's id; 0 where it does not say.

    Negative for a file: it can take a minute, and its sender's presses must not wait for it.
    """
    for kind in ("callback_query", "message", "my_chat_member"):
        sender = payload.get(kind)
        if isinstance(sender, dict) and isinstance(sender.get("from"), dict):
            number = sender["from"].get("id")
            is_file = kind == "message" and "document" in sender
            return (-number if is_file else number) if isinstance(number, int) else 0
    return 0
