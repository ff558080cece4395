"""What an admin says and presses on the way to channels under watch, kept as rows.

Names first, then one reason for all of them, what kind of channels they are, and who asked. Only
then are they looked up, or put before a second admin; until then nothing is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bot.domain.adding import (
    LONGEST_REASON,
    MOST_LINES,
    PATIENCE,
    Addition,
    AdditionPress,
    AdditionState,
    ChannelKind,
    Outcome,
    Verb,
    WantedBy,
    needs_second,
)
from bot.domain.people import Person, Role
from bot.ports import Clock, Letter
from bot.render.adding import form_letter, request_letter
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import say


class Took(StrEnum):
    """What became of something that was said or pressed.

    OK: the form shows it. EMPTY: no name yet. TOO_MANY: nothing of it was taken. LATE: decided
    already, or its time is over. OWN: nobody agrees to their own. DECIDED: a second admin has.
    """

    OK = "ok"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    LATE = "late"
    OWN = "own"
    DECIDED = "decided"


@dataclass(frozen=True)
class Step:
    """The addition as it stands now, None where there is none (any more). taken: names just now."""

    took: Took
    addition: Addition | None = None
    taken: int = 0


class Adding:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, admin: Person, chat_id: int, written: Sequence[str]) -> Step:
        """`/addchannel`, with names or alone. One that is under way goes on with more names."""
        async with self._database.work() as work:
            await work.basis_drafts.drop(admin.id)  # what is asked last gets the next words
            addition = await self._asked(work, admin)
            if addition is None:
                addition = await work.additions.open(admin.id, chat_id, self._clock.now())
                if written:
                    addition = await self._move(work, addition, AdditionState.REASON)
            step = await self._take(work, addition, written)
            await work.commit()
        return step

    async def say(self, admin: Person, names: Sequence[str], words: str) -> Step | None:
        """What an admin writes that is no command; None when nothing is asked of them.

        names: the same as a list of names, for where one is wanted.
        """
        async with self._database.work() as work:
            addition = await self._asked(work, admin)
            if addition is None:
                return None
            if addition.state is AdditionState.COLLECTING:
                step = await self._take(work, addition, names)
            elif addition.state is AdditionState.REASON:
                reason = " ".join(words.split())[:LONGEST_REASON]
                moved = await self._move(work, addition, AdditionState.KIND, reason=reason)
                step = Step(Took.OK, moved)
            else:
                step = Step(Took.OK, addition)
            await work.commit()
        return step

    async def is_collecting(self, admin: Person) -> bool:
        async with self._database.work() as work:
            addition = await self._asked(work, admin)
        return addition is not None and addition.state is AdditionState.COLLECTING

    async def _asked(self, work: UnitOfWork, admin: Person) -> Addition | None:
        """What this admin is in the middle of; one that was left lying for a day is set aside."""
        addition = await work.additions.asked_of(admin.id)
        if addition is not None and addition.opened_at + PATIENCE < self._clock.now():
            await work.additions.close(addition.id, AdditionState.CANCELLED, self._clock.now())
            await work.commit()
            return None
        return addition

    async def _take(self, work: UnitOfWork, addition: Addition, written: Sequence[str]) -> Step:
        if addition.lines + len(written) > MOST_LINES:
            return Step(Took.TOO_MANY, addition)
        await work.additions.take(addition.id, written)
        grown = replace(addition, lines=addition.lines + len(written))
        return Step(Took.OK, grown, len(written))

    async def _move(
        self, work: UnitOfWork, addition: Addition, state: AdditionState, **values: Any
    ) -> Addition:
        await work.additions.change(addition.id, state=state, **values)
        return replace(addition, state=state, **values)

    async def press(self, admin: Person, press: AdditionPress, message_id: int) -> Step:
        """A press on the form, which stands in message `message_id` of the admin's chat."""
        async with self._database.work() as work:
            await work.audit.hold()
            addition = await work.additions.get(press.addition_id)
            if addition is None or addition.person_id != admin.id:
                return Step(Took.LATE)
            step = await self._pressed(work, replace(addition, message_id=message_id), press)
            if step.took is Took.OK:
                await work.additions.change(addition.id, message_id=message_id)
                await work.commit()
        return step

    async def _pressed(self, work: UnitOfWork, addition: Addition, press: AdditionPress) -> Step:
        match press.verb, addition.state:
            case Verb.DONE, AdditionState.COLLECTING:
                if not addition.lines:
                    return Step(Took.EMPTY, addition)
                moved = await self._move(work, addition, AdditionState.REASON)
            case Verb.KIND, AdditionState.KIND:
                kind = ChannelKind(press.value)
                moved = await self._move(work, addition, AdditionState.WANTED, kind=kind)
            case Verb.BACK, AdditionState.WANTED:
                moved = await self._move(work, addition, AdditionState.KIND)
            case Verb.WANTED, AdditionState.WANTED:
                moved = await self._settle(work, addition, WantedBy(press.value))
            case Verb.CANCEL, state if state.is_asked or state is AdditionState.REQUESTED:
                now = self._clock.now()
                await work.additions.close(addition.id, AdditionState.CANCELLED, now)
                moved = replace(addition, state=AdditionState.CANCELLED)
            case Verb.STOP, AdditionState.WORKING:
                await work.additions.answer_rest(addition.id, Outcome.STOPPED)
                moved = replace(addition, answered=addition.lines)
            case _:
                return Step(Took.LATE, addition)
        return Step(Took.OK, moved)

    async def _settle(self, work: UnitOfWork, addition: Addition, wanted_by: WantedBy) -> Addition:
        """All is said: the names are looked up, or a second admin is asked."""
        if not needs_second(addition.kind, wanted_by):
            return await self._move(work, addition, AdditionState.WORKING, wanted_by=wanted_by)
        asked = await self._move(work, addition, AdditionState.REQUESTED, wanted_by=wanted_by)
        await work.audit.write(
            "addition requested",
            f"addition {asked.id}",
            self._clock.now(),
            asked.person_id,
            {"kind": asked.kind, "for": asked.wanted_by, "names": asked.lines},
        )
        for admin in await work.people.holding(Role.ADMIN):
            if admin.id != asked.person_id:
                await self._owe_request(work, asked, admin)
        return asked

    async def _owe_request(self, work: UnitOfWork, asked: Addition, admin: Person) -> None:
        asker = await work.people.by_id(asked.person_id)
        names = [line.written for line in await work.additions.lines(asked.id, limit=20)]
        letter = request_letter(asked, asker.name if asker else "?", names, admin.language)
        await work.outbox.owe_notice(admin.telegram_id, letter, self._clock.now())

    async def requests_for(self, admin: Person) -> int:
        """Shows an admin again what waits for a second one; how many there are."""
        async with self._database.work() as work:
            waiting = [
                one
                for one in await work.additions.in_state(AdditionState.REQUESTED)
                if one.person_id != admin.id
            ]
            for one in waiting:
                await self._owe_request(work, one, admin)
            await work.commit()
        return len(waiting)

    async def decide(self, admin: Person, press: AdditionPress) -> Step:
        """A second admin agrees or refuses. The first answer counts."""
        async with self._database.work() as work:
            await work.audit.hold()
            addition = await work.additions.get(press.addition_id)
            if addition is None or addition.state is not AdditionState.REQUESTED:
                return Step(Took.LATE, addition)
            if addition.person_id == admin.id:
                return Step(Took.OWN, addition)
            agreed = press.verb is Verb.AGREE
            decided = await self._decided(work, addition, admin, agreed=agreed)
            await work.commit()
        return Step(Took.DECIDED, decided)

    async def _tell_asker(self, work: UnitOfWork, decided: Addition, admin: Person) -> None:
        """The form shows it, and a notice rings."""
        asker = await work.people.by_id(decided.person_id)
        if asker is None:
            return
        now, language = self._clock.now(), asker.language
        form = form_letter(decided, language)
        await work.outbox.owe_notice(decided.chat_id, form, now, edits=decided.message_id)
        key = "told-add-agreed" if decided.state is AdditionState.WORKING else "told-add-refused"
        told = Letter(say(language, key, name=admin.name, lines=decided.lines))
        await work.outbox.owe_notice(decided.chat_id, told, now)

    async def _decided(
        self, work: UnitOfWork, addition: Addition, admin: Person, *, agreed: bool
    ) -> Addition:
        now = self._clock.now()
        state = AdditionState.WORKING if agreed else AdditionState.REFUSED
        await work.additions.change(addition.id, state=state, decided_by=admin.id)
        decided = replace(addition, state=state)
        if not agreed:
            await work.additions.close(addition.id, state, now)
        await self._tell_asker(work, decided, admin)
        await work.audit.write(
            "addition agreed" if agreed else "addition refused",
            f"addition {addition.id}",
            now,
            admin.id,
        )
        return decided
