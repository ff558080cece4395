"""Deals cards to desks: one at a time, to people on duty, each card to one person at a time.

A desk's content is a row; its message is drawn from that row when it leaves (`bot.services.draw`),
so what a desk shows is what the database says, however often a send was repeated.
"""

from datetime import timedelta
from enum import StrEnum

from bot.domain.case import CaseState
from bot.domain.desk import Desk, DeskRules, Notice, View
from bot.domain.people import Person, Role
from bot.domain.practice import has_passed
from bot.ports import Clock
from bot.render.desk import draw_moved
from bot.services.tell import tell_admins
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.near_duplicates import nearness
from bot.storage.unit_of_work import UnitOfWork

CLAIM = timedelta(minutes=10)  # long enough to read a long post, short enough to free a left one
_EMPTY = {"card_id": None, "revision_id": None, "like_card_id": None, "view": View.IDLE}


class Duty(StrEnum):
    """What became of a wish to start or end a shift."""

    STARTED = "started"
    ENDED = "ended"
    PRACTICE_FIRST = "practice_first"


class Deal:
    def __init__(self, database: Database, clock: Clock, rules: DeskRules | None = None) -> None:
        self._database = database
        self._clock = clock
        self.rules = rules or DeskRules()

    async def duty(self, person: Person, *, on: bool, chat_id: int) -> Duty:
        """Starts or ends a shift; a fresh desk message is owed, and the one before shrinks.

        Whoever is new to this practises first: nobody's first card is a real one.
        """
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            if on and await self._has_to_practise(work, person):
                return Duty.PRACTICE_FIRST
            desk = await work.desks.set_up(person.id)
            if not on:
                await work.queue.release(person.id)
            await self._leave_message(work, desk, chat_id)
            await work.desks.change(person.id, is_on_duty=on, notice=None, **_EMPTY)
            if on:
                await self._count_anew(work, desk)
                await self.next_card(work, person.id)
            await work.outbox.owe_desk(person.id, chat_id, now)
            await work.audit.write(
                "duty on" if on else "duty off", f"person {person.id}", now, person.id
            )
            await work.commit()
        return Duty.STARTED if on else Duty.ENDED

    async def _has_to_practise(self, work: UnitOfWork, person: Person) -> bool:
        """Not where it is switched off, and nobody who has looked at a real card before."""
        if not self.rules.practice or await work.reviews.last_of(person.id) is not None:
            return False
        return not has_passed(await work.practice.played(person.id), self.rules.practice)

    async def _count_anew(self, work: UnitOfWork, desk: Desk) -> None:
        """Who has not looked at anything for the length of a rest has rested."""
        now = self._clock.now()
        last = await work.reviews.last_of(desk.person_id)
        if desk.counted_from is None or last is None or now - last >= self.rules.rest:
            await work.desks.change(desk.person_id, counted_from=now, rests_until=None)

    async def bring(self, person: Person, chat_id: int) -> None:
        """The desk as it is, as a new message at the end of the chat."""
        async with self._database.work() as work:
            await self._leave_message(work, await work.desks.set_up(person.id), chat_id)
            await work.outbox.owe_desk(person.id, chat_id, self._clock.now())
            await work.commit()

    async def close(self, work: UnitOfWork, person: Person) -> None:
        """Empties a desk for good: its card goes to others, its message loses the text."""
        await work.desks.set_up(person.id)
        await work.queue.release(person.id)
        await work.desks.change(person.id, is_on_duty=False, notice=None, **_EMPTY)
        await work.outbox.owe_desk(person.id, person.telegram_id, self._clock.now())
        await self.to_empty_desks(work)

    async def blocked(self, telegram_id: int) -> None:
        """Somebody blocked the bot; it matters where that is a moderator on duty."""
        async with self._database.work() as work:
            await work.audit.hold()
            person = await work.people.by_telegram_id(telegram_id)
            if person is not None and await work.desks.of(person.id) is not None:
                await self.cut_off(work, person.id)
            await work.commit()

    async def cut_off(self, work: UnitOfWork, person_id: int) -> None:
        """A moderator who cannot be written to is off duty, and their card goes to others.

        Admins are told when that ends a shift, and so once, whoever finds out first.
        """
        desk, person = await work.desks.set_up(person_id), await work.people.by_id(person_id)
        assert person is not None  # a foreign key says so
        await work.queue.release(person_id)
        await work.desks.change(person_id, is_on_duty=False, **_EMPTY)
        if desk.is_on_duty and person.holds(Role.MODERATOR):
            await work.audit.write("duty off", f"person {person_id}", self._clock.now())
            await tell_admins(work, self._clock, "told-desk-blocked", name=person.name)
        await self.to_empty_desks(work)

    async def next_card(self, work: UnitOfWork, person_id: int) -> bool:
        """Puts the next card on a desk, or empties it; whether there was one.

        None off duty, and none while the person rests.
        """
        now = self._clock.now()
        await work.queue.release(person_id)
        desk = await work.desks.set_up(person_id)
        card = None
        if desk.is_on_duty and not await self._rests(work, desk):
            card = await work.queue.next_for(person_id, now, self.rules.targets)
        if card is None:
            await work.desks.change(person_id, **_EMPTY)
            return False
        await self.put(work, person_id, card)
        return True

    async def _rests(self, work: UnitOfWork, desk: Desk) -> bool:
        """Whether the person rests; a rest begins with the last card of a stretch."""
        now = self._clock.now()
        if desk.rests(now):
            return True
        if not self.rules.stretch or desk.counted_from is None:
            return False
        if await work.reviews.looked_since(desk.person_id, desk.counted_from) < self.rules.stretch:
            return False
        until = now + self.rules.rest
        await work.desks.change(desk.person_id, rests_until=until, counted_from=until)
        return True

    async def put(self, work: UnitOfWork, person_id: int, card: KeptCard) -> None:
        """Puts a certain card on a desk and claims it."""
        now = self._clock.now()
        like_card_id = await self._likeness(work, card)
        await work.queue.claim(card.id, person_id, now + CLAIM)
        await work.desks.change(
            person_id,
            card_id=card.id,
            revision_id=card.revision_id,
            view=View.CARD if like_card_id is None else View.LIKE,
            page=0,
            pages_seen=0,
            dealt_at=now,
            like_card_id=like_card_id,
            teaches=True,
        )

    async def _likeness(self, work: UnitOfWork, card: KeptCard) -> int | None:
        """The decided card of the case that reads most like this one, its own post's before all.

        None once somebody has looked at the card: who looks second is not told what was said.
        """
        if card.state is not CaseState.WAITING:
            return None
        decided = await work.cases.decided(card.case_id, card.id, card.post_id)
        if not decided:
            return None
        text = (await work.posts.revision(card.revision_id)).text
        nearest = max(
            decided, key=lambda one: (one.post_id == card.post_id, nearness(one.text, text))
        )
        return nearest.card_id

    async def to_empty_desks(self, work: UnitOfWork) -> None:
        """Work arrived: desks that wait get a card each, as a new message that is heard."""
        now = self._clock.now()
        for desk in await work.desks.waiting_for_work(now):
            if not await self.next_card(work, desk.person_id):
                continue
            person = await work.people.by_id(desk.person_id)
            assert person is not None  # a foreign key says so
            await self._leave_message(work, desk, person.telegram_id)
            if desk.notice and not desk.notice.can_undo(now):
                await work.desks.change(desk.person_id, notice=None)
            await self.owe(work, desk.person_id)

    async def _leave_message(self, work: UnitOfWork, desk: Desk, chat_id: int) -> None:
        """The desk moves to a new message; the one before shrinks, whatever it shows still."""
        if desk.message_id is None:
            return
        person = await work.people.by_id(desk.person_id)
        language = person.language if person else "en"
        await work.outbox.owe_leftover(
            desk.person_id, chat_id, desk.message_id, draw_moved(language), self._clock.now()
        )
        await work.desks.change(desk.person_id, message_id=None)

    async def adopt(self, person: Person, message_id: int) -> bool:
        """Whether a press counts: not one within a second of a redraw, which changed the buttons.

        The message that was pressed is the desk message from then on. One that was sent just before
        a crash has no row that knows its number; it still works, and its double shrinks.
        """
        now = self._clock.now()
        async with self._database.look() as work:
            desk = await work.desks.of(person.id)
        if desk is not None and desk.message_id == message_id:
            return desk.is_settled(now, self.rules.settle)
        async with self._database.work() as work:
            desk = await work.desks.set_up(person.id)
            await self._leave_message(work, desk, person.telegram_id)
            await work.desks.change(person.id, message_id=message_id)
            await work.commit()
        return True

    async def wake_desks(self) -> None:
        """Deals cards that became free, because a claim or a rest ran out, to desks that wait."""
        now = self._clock.now()
        async with self._database.look() as work:
            if not await work.desks.waiting_for_work(now):
                return
        async with self._database.work() as work:
            await work.audit.hold()
            for person_id in await work.desks.rested(now):
                await self.owe(work, person_id)  # at least the words "your desk is empty"
            await self.to_empty_desks(work)
            await work.commit()

    async def show_anew(self, work: UnitOfWork, person_id: int) -> None:
        """The card on a desk has changed: it shows the newest revision, read from the start."""
        desk = await work.desks.set_up(person_id)
        card = await work.cards.get(desk.card_id) if desk.card_id else None
        if card is not None:
            await self.put(work, person_id, card)
        await self.owe(work, person_id)

    async def take_from_others(self, work: UnitOfWork, card: KeptCard, by: int) -> None:
        """Somebody decided a card that others still had before them: their desks go on."""
        for person_id in await work.desks.showing(card.id):
            if person_id == by:
                continue
            await self.next_card(work, person_id)
            notice = Notice(None, card.id, card.state, self._clock.now())
            await self.owe(work, person_id, notice)

    async def owe(self, work: UnitOfWork, person_id: int, notice: Notice | None = None) -> None:
        """Owes a redraw of a desk, with this notice where one is given."""
        person = await work.people.by_id(person_id)
        assert person is not None  # a foreign key says so
        if notice is not None:
            await work.desks.change(person_id, notice=notice)
        await work.outbox.owe_desk(person_id, person.telegram_id, self._clock.now())
