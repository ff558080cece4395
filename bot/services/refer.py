"""Turns confirmed cards into referrals, and referrals into digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case import UNDO_WINDOW, Card, window_passed
from bot.domain.recipient import Recipient
from bot.domain.referral import Digest, ReferredItem
from bot.ports import Clock
from bot.render.digest import digest_letters
from bot.render.receipts import with_buttons
from bot.services.timetable import next_time
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_MOST_ITEMS = 100  # in one digest; what is left goes into the next number
_BATCH = 100


@dataclass(frozen=True)
class Sent:
    """A digest that is on its way."""

    recipient: str
    number: int
    items: int


class Refer:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def past_undo(self) -> int:
        """Owes what was confirmed and can no longer be undone, row l; how many cards that were.

        While no recipient takes a card's code, it stays as it is.
        """
        now, referred = self._clock.now(), 0
        async with self._database.look() as work:
            if not await self._due(work, now, 1):
                return 0
        async with self._database.work() as work:
            await work.audit.hold()
            recipients = await work.recipients.served()
            for card in await self._due(work, now, _BATCH):
                takers = [one for one in recipients if card.harm in one.codes]
                referred += await self._refer(work, card, takers)
            await work.commit()
        return referred

    async def _due(self, work: UnitOfWork, now: datetime, limit: int) -> Sequence[KeptCard]:
        taken = {code for one in await work.recipients.served() for code in one.codes}
        return await work.cards.confirmed_before(now - UNDO_WINDOW, limit, taken)

    async def _refer(
        self, work: UnitOfWork, card: KeptCard, recipients: Sequence[Recipient]
    ) -> bool:
        now = self._clock.now()
        standing = await work.reviews.standing(card.id, card.revision_id)
        looks = tuple(review.look for review in standing)
        if window_passed(Card(looks), now) is None:
            return False
        for recipient in recipients:
            await work.referrals.owe(recipient.id, standing[-1], now)
        await work.cards.referred(card.id)
        await work.audit.write(
            "referred",
            f"card {card.id}",
            now,
            details={"review": standing[-1].id, "recipients": len(recipients)},
        )
        return True

    async def freshen(self, digest_id: int) -> None:
        """Takes posts that were edited since out of a digest that has not left; same number.

        Once it has been tried it may have arrived, and a number never means two contents.
        """
        async with self._database.work() as work:
            await work.audit.hold()
            if await work.outbox.has_been_tried(digest_id):
                return
            if not await work.referrals.withdraw_edited(digest_id, "edited before it was sent"):
                return
            await self._rewrite(work, digest_id)
            await work.commit()

    async def _rewrite(self, work: UnitOfWork, digest_id: int) -> None:
        number, recipient_id, made_at = await work.digests.made_at(digest_id)
        items = tuple(await work.referrals.in_digest(digest_id))
        entry = await work.audit.write(
            "digest changed",
            f"recipient {recipient_id}",
            self._clock.now(),
            details={"number": number, "items": _numbers(items)},
        )
        recipient = await work.recipients.get(recipient_id)
        digest = Digest(number, recipient.name, made_at, items, entry.hash)
        letters = digest_letters(digest, recipient.language, recipient.timezone) if items else []
        if letters:
            letters = with_buttons(letters, digest_id, recipient.language)
        await work.digests.set_parts(digest_id, len(letters))
        await work.outbox.replace_digest(digest_id, letters)

    async def due_digests(self) -> list[Sent]:
        """Makes the digests whose time of day has come."""
        now = self._clock.now()
        async with self._database.look() as work:
            due = [one for one in await work.recipients.served() if one.next_digest_at <= now]
        made: list[Sent] = []
        for recipient in due:
            made += await self._digests(recipient, timetabled=True)
        return made

    async def digests_now(self) -> list[Sent]:
        """Makes a digest for every recipient that is owed something, whatever the time."""
        await self.past_undo()
        async with self._database.look() as work:
            recipients = await work.recipients.served()
        made: list[Sent] = []
        for recipient in recipients:
            made += await self._digests(recipient, timetabled=False)
        return made

    async def at_once(self) -> list[Sent]:
        """Makes digests of what a profile does not let wait; their receipt is called for.

        A pause does not hold them up: a mistake can be corrected, a threat cannot be sent late.
        """
        async with self._database.look() as work:
            recipients = [one for one in await work.recipients.served() if one.at_once]
            hasty = [one for one in recipients if await work.referrals.owes_at_once(one)]
        made: list[Sent] = []
        for recipient in hasty:
            async with self._database.work() as work:
                await work.audit.hold()
                now = self._clock.now()
                while one := await self._digest(work, recipient, now, is_at_once=True):
                    made.append(one)
                await work.commit()
        return made

    async def _digests(self, recipient: Recipient, *, timetabled: bool) -> list[Sent]:
        """As many digests as the cap asks for, and the next time of day, in one transaction."""
        now = self._clock.now()
        made: list[Sent] = []
        async with self._database.work() as work:
            await work.audit.hold()
            if await work.reversals.paused_since() is not None:
                return []
            while (one := await self._digest(work, recipient, now)) is not None:
                made.append(one)
            if timetabled:
                following = next_time(recipient.digest_at, recipient.timezone, now)
                await work.recipients.change(recipient.id, next_digest_at=following)
            await work.commit()
        return made

    async def _digest(
        self, work: UnitOfWork, recipient: Recipient, now: datetime, *, is_at_once: bool = False
    ) -> Sent | None:
        number = await work.digests.number(recipient.id)  # locks the recipient
        harms = recipient.at_once if is_at_once else None
        items = tuple(await work.referrals.owed_to(recipient.id, _MOST_ITEMS, harms))
        if not items:
            return None
        entry = await work.audit.write(
            "digest made",
            f"recipient {recipient.id}",
            now,
            details={"number": number, "items": _numbers(items)},
        )
        digest = Digest(number, recipient.name, now, items, entry.hash)
        letters = digest_letters(digest, recipient.language, recipient.timezone)
        digest_id = await work.digests.open(
            recipient.id, number, len(letters), now, is_at_once=is_at_once
        )
        letters = with_buttons(letters, digest_id, recipient.language)
        if is_at_once:
            await work.digest_calls.start(digest_id, now)
        await work.referrals.lease([item.number for item in items], digest_id)
        for part, letter in enumerate(letters, 1):
            await work.outbox.owe_digest(recipient.chat_id, letter, digest_id, part, now)
        return Sent(recipient.name, number, len(items))


def _numbers(items: Sequence[ReferredItem]) -> str:
    return ",".join(str(item.number) for item in items)
