"""Deals cards to desks: one at a time, to people on duty, each card to one person at a time.

A desk's content is a row; its message is drawn from that row when it leaves (`draw`), so what a
desk shows is what the database says, however often a send was repeated.
"""

from datetime import timedelta
from typing import Any

from bot.domain.desk import Desk, DeskCard, View, has_seen_all, pages_of
from bot.domain.people import Person, Role
from bot.ports import Clock, Letter
from bot.render.desk import draw_card, draw_closed, draw_idle
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

CLAIM = timedelta(minutes=10)  # long enough to read a long post, short enough to free a left one


class Deal:
    def __init__(
        self, database: Database, clock: Clock, timezone: str, *, shows_score: bool = True
    ) -> None:
        self._database = database
        self._clock = clock
        self._timezone = timezone
        self._shows_score = shows_score

    async def duty(self, person: Person, *, on: bool, chat_id: int) -> bool:
        """Starts or ends a shift; a fresh desk message is owed. Whether anything changed."""
        async with self._database.work() as work:
            await work.audit.hold()
            desk = await work.desks.set_up(person.id)
            if not on:
                await work.cards.release(person.id)
            await work.desks.change(
                person.id,
                is_on_duty=on,
                message_id=None,
                card_id=None,
                revision_id=None,
                view=View.IDLE,
                notice=None,
            )
            if on:
                await self.next_card(work, person.id)
            await work.outbox.owe_desk(person.id, chat_id, self._clock.now())
            await work.audit.write(
                "duty on" if on else "duty off", f"person {person.id}", self._clock.now(), person.id
            )
            await work.commit()
        return desk.is_on_duty != on

    async def bring(self, person: Person, chat_id: int) -> None:
        """The desk as it is, as a new message at the end of the chat."""
        async with self._database.work() as work:
            await work.desks.set_up(person.id)
            await work.desks.change(person.id, message_id=None)
            await work.outbox.owe_desk(person.id, chat_id, self._clock.now())
            await work.commit()

    async def close(self, work: UnitOfWork, person: Person) -> None:
        """Empties a desk for good: its card goes to others, its message loses the text."""
        await work.desks.set_up(person.id)
        await work.cards.release(person.id)
        await work.desks.change(
            person.id,
            is_on_duty=False,
            card_id=None,
            revision_id=None,
            view=View.IDLE,
            notice=None,
        )
        await work.outbox.owe_desk(person.id, person.telegram_id, self._clock.now())
        await self.to_empty_desks(work)

    async def next_card(self, work: UnitOfWork, person_id: int) -> bool:
        """Puts the next card on a desk, or empties it; whether there was one. None off duty."""
        now = self._clock.now()
        await work.cards.release(person_id)
        desk = await work.desks.set_up(person_id)
        card = await work.cards.next_for(person_id, now) if desk.is_on_duty else None
        if card is None:
            await work.desks.change(person_id, card_id=None, revision_id=None, view=View.IDLE)
            return False
        await self.put(work, person_id, card.id, card.revision_id)
        return True

    async def put(self, work: UnitOfWork, person_id: int, card_id: int, revision_id: int) -> None:
        """Puts a certain card on a desk and claims it."""
        await work.cards.claim(card_id, person_id, self._clock.now() + CLAIM)
        await work.desks.change(
            person_id,
            card_id=card_id,
            revision_id=revision_id,
            view=View.CARD,
            page=0,
            pages_seen=0,
        )

    async def to_empty_desks(self, work: UnitOfWork) -> None:
        """Work arrived: desks that wait get a card each, as a new message that is heard."""
        for desk in await work.desks.waiting_for_work():
            if not await self.next_card(work, desk.person_id):
                continue
            await work.desks.change(desk.person_id, message_id=None, notice=None)
            await self._owe(work, desk.person_id)

    async def wake_desks(self) -> None:
        """Deals cards that became free, because a claim ran out, to desks that wait."""
        async with self._database.work() as work:
            await work.audit.hold()
            if await work.desks.waiting_for_work():
                await self.to_empty_desks(work)
                await work.commit()

    async def show_anew(self, work: UnitOfWork, person_id: int) -> None:
        """The card on a desk has changed: it shows the newest revision, read from the start."""
        desk = await work.desks.set_up(person_id)
        card = await work.cards.get(desk.card_id) if desk.card_id else None
        if card is not None:
            await self.put(work, person_id, card.id, card.revision_id)
        await self._owe(work, person_id)

    async def turn(self, person: Person, card_id: int, revision_id: int, view: View) -> View | None:
        """Shows another view of the card that lies on the desk; None if it does not lie there.

        Who wants to confirm a text that is not read to the end gets its pages instead.
        """
        async with self._database.work() as work:
            desk = await work.desks.set_up(person.id)
            if (desk.card_id, desk.revision_id) != (card_id, revision_id):
                return None
            changed = await self._turned(work, desk, view)
            await work.desks.change(person.id, **changed)
            await self._owe(work, person.id)
            await work.commit()
        return View(changed["view"])

    async def _turned(self, work: UnitOfWork, desk: Desk, view: View) -> dict[str, Any]:
        assert desk.revision_id is not None  # a card lies on it
        text = (await work.posts.revision(desk.revision_id)).text
        pages = pages_of(text)
        if view is View.HARM and not has_seen_all(desk, text):
            view = View.FULL  # nobody confirms what they have not read
        if view is not View.FULL:
            return {"view": view}
        page = (desk.page + 1) % len(pages) if desk.view is View.FULL else 0
        return {"view": view, "page": page, "pages_seen": max(desk.pages_seen, page + 1)}

    async def adopt(self, person: Person, message_id: int) -> None:
        """The message that was pressed is the desk message from now on.

        A message sent just before a crash has no row that knows its number; it still works.
        """
        async with self._database.work() as work:
            desk = await work.desks.set_up(person.id)
            if desk.message_id != message_id:
                await work.desks.change(person.id, message_id=message_id)
                await work.commit()

    async def _owe(self, work: UnitOfWork, person_id: int) -> None:
        person = await work.people.by_id(person_id)
        if person is not None:
            await work.outbox.owe_desk(person_id, person.telegram_id, self._clock.now())

    async def draw(self, person_id: int) -> tuple[Letter, int | None]:
        """The desk as it stands now, and the message that shows it, None for a new one."""
        async with self._database.look() as work:
            person = await work.people.by_id(person_id)
            desk = await work.desks.of(person_id)
            if person is None or desk is None:
                raise LookupError(f"no desk of person {person_id}")
            if not person.holds(Role.MODERATOR):
                return draw_closed(person.language), desk.message_id
            if desk.card_id is None:
                return draw_idle(desk.is_on_duty, desk.notice, person.language), desk.message_id
            content = await self._content(work, desk)
        return self._card(content, person.language), desk.message_id

    def _card(self, content: DeskCard, language: str) -> Letter:
        return draw_card(content, language, self._timezone, shows_score=self._shows_score)

    async def _content(self, work: UnitOfWork, desk: Desk) -> DeskCard:
        assert desk.card_id is not None  # checked by `draw`
        assert desk.revision_id is not None  # goes with the card
        card = await work.cards.get(desk.card_id)
        assert card is not None  # a foreign key says so
        revision = await work.posts.revision(desk.revision_id)
        return DeskCard(
            card_id=card.id,
            case_id=card.case_id,
            posts_in_case=await work.cards.in_case(card.case_id),
            revision=revision,
            verdict=await work.verdicts.newest_or_none(revision.id),
            view=desk.view,
            page=desk.page,
            notice=desk.notice,
        )
