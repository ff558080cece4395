"""Shows another view of the card that lies on a desk; decides nothing."""

from typing import Any

from bot.domain.desk import Desk, View, has_seen_all, pages_of
from bot.domain.people import Person
from bot.services.deal import Deal
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork


class Turn:
    def __init__(self, database: Database, deal: Deal) -> None:
        self._database = database
        self._deal = deal

    async def to(self, person: Person, card_id: int, revision_id: int, view: View) -> View | None:
        """The view that is shown now; None if this card does not lie on the desk.

        Who wants to confirm a text that is not read to the end gets its pages instead. CARD asks
        for the card as it was dealt, which may be beside one that was decided.
        """
        async with self._database.work() as work:
            desk = await work.desks.set_up(person.id)
            if (desk.card_id, desk.revision_id) != (card_id, revision_id):
                return None
            changed = await self._turned(work, desk, view)
            await self._show(work, desk, changed)
        return View(changed["view"])

    async def differs(self, person: Person, card_id: int, revision_id: int) -> bool:
        """It is not the same as the one beside it: it stands by itself. Whether it lies there."""
        return await self._change(person, card_id, revision_id, view=View.CARD, like_card_id=None)

    async def teach(self, person: Person, card_id: int, revision_id: int) -> bool | None:
        """Lets the decision to come teach a model, or not, in turns; None if it lies elsewhere."""
        async with self._database.work() as work:
            desk = await work.desks.set_up(person.id)
            if (desk.card_id, desk.revision_id) != (card_id, revision_id):
                return None
            await self._show(work, desk, {"teaches": not desk.teaches, "view": View.MORE})
        return not desk.teaches

    async def _change(
        self, person: Person, card_id: int, revision_id: int, **changed: object
    ) -> bool:
        async with self._database.work() as work:
            desk = await work.desks.set_up(person.id)
            if (desk.card_id, desk.revision_id) != (card_id, revision_id):
                return False
            await self._show(work, desk, changed)
        return True

    async def _show(self, work: UnitOfWork, desk: Desk, changed: dict[str, Any]) -> None:
        await work.desks.change(desk.person_id, **changed)
        await self._deal.owe(work, desk.person_id)
        await work.commit()

    async def _turned(self, work: UnitOfWork, desk: Desk, view: View) -> dict[str, Any]:
        assert desk.revision_id is not None  # a card lies on it
        text = (await work.posts.revision(desk.revision_id)).text
        if view is View.HARM and not has_seen_all(desk, text, self._deal.rules.excerpt):
            view = View.FULL  # nobody confirms what they have not read
        if view is View.CARD:
            return {"view": desk.home}
        if view is not View.FULL:
            return {"view": view}
        page = (desk.page + 1) % len(pages_of(text)) if desk.view is View.FULL else 0
        return {"view": view, "page": page, "pages_seen": max(desk.pages_seen, page + 1)}
