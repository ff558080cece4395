"""Puts a post into another case: people see what look-up by likeness cannot know."""

from bot.domain.case import Refusal
from bot.domain.people import Person
from bot.ports import Clock
from bot.services.deal import Deal
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork


class Regroup:
    """Each verb is about the card on the person's desk, and shows it anew."""

    def __init__(self, database: Database, clock: Clock, deal: Deal) -> None:
        self._database = database
        self._clock = clock
        self._deal = deal

    async def join(self, person: Person, card_id: int, revision_id: int) -> int | Refusal:
        """Joins the case that the card looks like; its number."""
        async with self._database.work() as work:
            card = await self._on_desk(work, person, card_id, revision_id)
            case_id = card.looks_like_case_id if card else None
            if card is None or case_id is None or not await work.cases.exists(case_id):
                return Refusal.NOT_ON_YOUR_DESK
            await self._move(work, person, card, case_id, "card joined")
        return case_id

    async def keep_apart(self, person: Person, card_id: int, revision_id: int) -> int | Refusal:
        """Says that it is no copy; the number of its own case."""
        async with self._database.work() as work:
            card = await self._on_desk(work, person, card_id, revision_id)
            if card is None or card.looks_like_case_id is None:
                return Refusal.NOT_ON_YOUR_DESK
            await work.cases.keep_apart(card.post_id)
            await self._tell(work, person, card, card.case_id, "card kept apart")
        return card.case_id

    async def take_out(self, person: Person, card_id: int, revision_id: int) -> int | Refusal:
        """Gives a wrongly joined post a case of its own; its number."""
        async with self._database.work() as work:
            card = await self._on_desk(work, person, card_id, revision_id)
            if card is None or (await work.cases.spread(card.case_id)).posts < 2:
                return Refusal.NOT_ON_YOUR_DESK
            case_id = await work.cards.open_case(self._clock.now())
            await self._move(work, person, card, case_id, "card taken out")
        return case_id

    async def _on_desk(
        self, work: UnitOfWork, person: Person, card_id: int, revision_id: int
    ) -> KeptCard | None:
        await work.audit.hold()
        card = await work.cards.get(card_id, for_update=True)
        desk = await work.desks.set_up(person.id)
        lies_there = (desk.card_id, desk.revision_id) == (card_id, revision_id)
        return card if card and lies_there and card.state.is_open else None

    async def _move(
        self, work: UnitOfWork, person: Person, card: KeptCard, case_id: int, event: str
    ) -> None:
        await work.cases.move(card.post_id, case_id)
        await self._tell(work, person, card, case_id, event)

    async def _tell(
        self, work: UnitOfWork, person: Person, card: KeptCard, case_id: int, event: str
    ) -> None:
        await self._deal.show_anew(work, person.id)
        await work.audit.write(
            event,
            f"card {card.id}",
            self._clock.now(),
            person.id,
            {"case": case_id, "before": card.case_id, "looked_like": card.looks_like_case_id},
        )
        await work.commit()
