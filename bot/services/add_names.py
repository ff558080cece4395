"""Looks up the names of an addition and puts them under watch, a few in a transaction.

Driven by rows: a name without an answer is looked up, and its answer is kept with what it changed,
so a crash leaves nothing half added. Telegram is asked outside of any transaction.
"""

import asyncio
from dataclasses import replace

from bot.domain.adding import Addition, AdditionState, Line, Outcome
from bot.domain.channel import BadRef, ChannelRef, parse_ref
from bot.domain.errors import TryLater
from bot.domain.post import SourceKind
from bot.ports import Clock, Directory, Letter
from bot.render.adding import MOST_SHOWN, answers_letter, form_letter, summary_letter
from bot.services.enlist import enlist
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_AT_ONCE = 20  # names in one transaction


class AddNames:
    """bot_name: whom an owner has to add. called: set when there may be something to do."""

    def __init__(
        self, database: Database, clock: Clock, directory: Directory, bot_name: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._directory = directory
        self._bot_name = bot_name
        self.called = asyncio.Event()

    async def work_off(self) -> bool:
        """Adds the next names of the oldest addition; whether there was one.

        Raises TryLater where Telegram cannot be asked now; what it told before that is kept.
        """
        async with self._database.look() as work:
            working = await work.additions.in_state(AdditionState.WORKING)
            if not working:
                return False
            lines = await work.additions.lines(working[0].id, _AT_ONCE, unanswered=True)
        found, trouble = await self._look_up(lines)
        async with self._database.work() as work:
            await work.audit.hold()
            await self._add(work, working[0].id, found)
            await work.commit()
        if trouble is not None:
            raise trouble
        return True

    async def _look_up(
        self, lines: list[Line]
    ) -> tuple[list[tuple[Line, Outcome | tuple[ChannelRef, bool]]], TryLater | None]:
        """What is known of each name, up to the first for which Telegram could not be asked."""
        found: list[tuple[Line, Outcome | tuple[ChannelRef, bool]]] = []
        for line in lines:
            try:
                found.append((line, await self._resolve(line.written)))
            except TryLater as trouble:
                return found, trouble
        return found, None

    async def _resolve(self, written: str) -> Outcome | tuple[ChannelRef, bool]:
        """The channel that is meant, and whether the bot is in it; or why it cannot be added."""
        name = parse_ref(written)
        if isinstance(name, BadRef):
            return Outcome(name.value)
        found = await self._directory.look_up(name)
        if found is None:
            # Telegram tells a bot little of channels it is not in: wait for the owner to add it.
            return ChannelRef(username=name), False
        if not found.is_channel:
            return Outcome.NOT_A_CHANNEL
        return found.ref, found.has_bot

    async def _add(
        self,
        work: UnitOfWork,
        addition_id: int,
        found: list[tuple[Line, Outcome | tuple[ChannelRef, bool]]],
    ) -> None:
        addition = await work.additions.get(addition_id)
        if addition is None or addition.state is not AdditionState.WORKING:
            return
        waiting = {line.place for line in await work.additions.lines(addition_id, unanswered=True)}
        for line, known in found:
            if line.place not in waiting:
                continue  # the admin stopped meanwhile
            answer, name = known, ""
            if not isinstance(known, Outcome):
                ref, has_bot = known
                answer, name = await enlist(
                    work, self._clock, ref, has_bot=has_bot, addition=addition
                )
            assert isinstance(answer, Outcome)  # one way or the other
            await work.additions.answer(addition_id, line.place, answer, name)
            waiting.discard(line.place)
        if waiting:
            await self._progress(work, replace(addition, answered=addition.lines - len(waiting)))
        else:
            await self._close(work, addition)

    async def _progress(self, work: UnitOfWork, addition: Addition) -> None:
        await self._show(work, addition, form_letter(addition, await _language(work, addition)))

    async def _close(self, work: UnitOfWork, addition: Addition) -> None:
        """The summary takes the form's place; a long list's answers follow as a file."""
        language = await _language(work, addition)
        lines = await work.additions.lines(addition.id)
        summary = summary_letter(
            await work.additions.tally(addition.id),
            lines,
            language,
            self._bot_name,
            preview_is_on=await work.sources.is_on(SourceKind.PREVIEW),
        )
        await self._show(work, addition, summary)
        now = self._clock.now()
        if len(lines) > MOST_SHOWN:
            letter = answers_letter(lines, language)
            await work.outbox.owe_notice(addition.chat_id, letter, now)
        await work.additions.close(addition.id, AdditionState.DONE, now)

    async def _show(self, work: UnitOfWork, addition: Addition, letter: Letter) -> None:
        await work.outbox.owe_notice(
            addition.chat_id, letter, self._clock.now(), edits=addition.message_id
        )


async def _language(work: UnitOfWork, addition: Addition) -> str:
    person = await work.people.by_id(addition.person_id)
    return person.language if person else "en"
