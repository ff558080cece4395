"""Asks, once, for what keeps a referral back: whoever confirmed it, or else whoever is on duty.

What no checklist can bring (a picture, a second person) stands in the admins' message of the day.
"""

from datetime import timedelta

from bot.domain.people import Person
from bot.domain.recipient import Recipient, Requirement
from bot.domain.referral import ReferredItem, missing
from bot.ports import Clock
from bot.render.checklist import held_letter
from bot.services.explain import ANSWERED, explainers
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

# The checklist came with the confirmation: who may be at it still is not asked again.
_PATIENCE = timedelta(minutes=10)
_PAUSE = timedelta(minutes=1)  # between two looks at all that is owed
_BATCH = 50  # referrals of one recipient at a time

Held = tuple[ReferredItem, tuple[Requirement, ...]]


class Chase:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._not_before = clock.now()

    async def due(self) -> int:
        """Asks for what is missing; how many referrals that was about."""
        now = self._clock.now()
        if now < self._not_before:
            return 0
        self._not_before = now + _PAUSE
        async with self._database.look() as work:
            strict = [one for one in await work.recipients.served() if one.required]
        return sum([await self._ask_for(recipient) for recipient in strict])

    async def _ask_for(self, recipient: Recipient) -> int:
        async with self._database.look() as work:
            if not await self._held(work, recipient):
                return 0
        async with self._database.work() as work:
            await work.audit.hold()
            held = await self._held(work, recipient)
            for item, needs in held:
                await self._ask(work, recipient, item, needs)
            numbers = [item.number for item, _ in held]
            await work.referrals.held_told(numbers, self._clock.now())
            await work.commit()
        return len(held)

    async def _held(self, work: UnitOfWork, recipient: Recipient) -> list[Held]:
        before = self._clock.now() - _PATIENCE
        items = await work.referrals.untold(recipient.id, before, recipient.at_once)
        held = [(item, missing(item, recipient)) for item in items]
        return [(item, needs) for item, needs in held if ANSWERED & set(needs)][:_BATCH]

    async def _ask(
        self,
        work: UnitOfWork,
        recipient: Recipient,
        item: ReferredItem,
        needs: tuple[Requirement, ...],
    ) -> None:
        asked = [one for one in needs if one in ANSWERED]
        card_id = await work.referrals.card_of(item.number)
        card = await work.cards.get(card_id) if card_id is not None else None
        assert card is not None  # a foreign key says so
        for person in await self._who_can(work, card):
            letter = held_letter(
                card.id, card.case_id, item.link, recipient.name, asked, person.language
            )
            await work.outbox.owe_notice(person.telegram_id, letter, self._clock.now())

    async def _who_can(self, work: UnitOfWork, card: KeptCard) -> list[Person]:
        """Who confirmed it last and is a moderator still; where nobody is, everybody on duty."""
        theirs = await explainers(work, card.id, card.revision_id)
        if theirs:
            return [theirs[-1]]
        found = [await work.people.by_id(one) for one in await work.desks.on_duty()]
        return [person for person in found if person is not None]
