"""Turns confirmed cards into referrals, and referrals into digests."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case import UNDO_WINDOW, Card, window_passed
from bot.domain.codes import HarmCode
from bot.domain.recipient import Recipient, RecipientState
from bot.domain.referral import ReferredItem, missing
from bot.ports import Clock, Letter
from bot.render.digest import empty_letter
from bot.services.timetable import next_time
from bot.services.write import EDITED, Write
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_BATCH = 100


@dataclass(frozen=True)
class Sent:
    """A digest that is on its way."""

    recipient: str
    number: int
    items: int


@dataclass(frozen=True)
class Preview:
    """What would leave for a recipient now. held: how many are kept back for want of something."""

    recipient: str
    items: int
    held: int
    letters: tuple[Letter, ...]


class Refer:
    def __init__(self, database: Database, clock: Clock, write: Write) -> None:
        self._database = database
        self._clock = clock
        self._write = write

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
            if not await work.referrals.withdraw_edited(digest_id, EDITED):
                return
            kept = await work.digests.get(digest_id)
            items = await work.referrals.in_digest(digest_id)
            await work.audit.write(
                "digest changed",
                f"recipient {kept.recipient_id}",
                self._clock.now(),
                details={"number": kept.number, "items": _numbers(items)},
            )
            await work.outbox.take_back(digest_id)
            await work.digests.to_be_rewritten(digest_id)
            await work.commit()
        await self._write.one(digest_id)

    async def due_digests(self) -> list[Sent]:
        """Makes the digests whose time of day has come, and writes what a crash left unwritten.

        A group that the bot is not in gets its digest when it is back.
        """
        now = self._clock.now()
        await self._write.due()
        async with self._database.look() as work:
            served = await work.recipients.served()
        due = [one for one in served if one.next_digest_at <= now and one.away_since is None]
        made: list[Sent] = []
        for recipient in due:
            made += await self._digests(recipient, is_timetabled=True)
        return made

    async def digests_now(self) -> list[Sent]:
        """Makes a digest for every recipient that is owed something, whatever the time."""
        await self.past_undo()
        async with self._database.look() as work:
            recipients = await work.recipients.served()
        made: list[Sent] = []
        for recipient in recipients:
            if recipient.away_since is None:
                made += await self._digests(recipient)
        return made

    async def at_once(self) -> list[Sent]:
        """Makes digests of what a profile does not let wait; their receipt is called for.

        A pause does not hold them up: a mistake can be corrected, a threat cannot be sent late.
        """
        async with self._database.look() as work:
            recipients = [one for one in await work.recipients.served() if one.at_once]
        made: list[Sent] = []
        for recipient in recipients:
            made += await self._digests(recipient, codes=recipient.at_once)
        return made

    async def preview(self) -> list[Preview]:
        """What would leave for each recipient now; nothing of it is kept."""
        await self.past_undo()
        previews: list[Preview] = []
        async with self._database.look() as work:
            for recipient in await work.recipients.served():
                owed = await work.referrals.owed_to(recipient.id)
                ready = [item for item in owed if not missing(item, recipient)]
                shown = tuple(ready[: recipient.most_items])
                letters = await self._write.preview(work, recipient, shown) if shown else []
                held = len(owed) - len(ready)
                previews.append(Preview(recipient.name, len(ready), held, tuple(letters)))
        return previews

    async def _digests(
        self,
        recipient: Recipient,
        *,
        codes: Collection[HarmCode] | None = None,
        is_timetabled: bool = False,
    ) -> list[Sent]:
        """As many digests as the cap asks for, and the next time of day, in one transaction."""
        now = self._clock.now()
        made: list[tuple[int, Sent]] = []
        async with self._database.look() as work:
            if not is_timetabled and not await work.referrals.is_owed(recipient.id, codes):
                return []
        async with self._database.work() as work:
            await work.audit.hold()
            if codes is None and await work.reversals.paused_since() is not None:
                return []
            recipient = await work.recipients.get(recipient.id)
            while (one := await self._digest(work, recipient, codes, now)) is not None:
                made.append(one)
            if is_timetabled:
                following = next_time(recipient.digest_at, recipient.timezone, now)
                await work.recipients.change(recipient.id, next_digest_at=following)
                if not made and recipient.tells_empty:
                    await self._tell_empty(work, recipient, now)
            await work.commit()
        for digest_id, _ in made:
            await self._write.one(digest_id)
        return [sent for _, sent in made]

    async def _digest(
        self,
        work: UnitOfWork,
        recipient: Recipient,
        codes: Collection[HarmCode] | None,
        now: datetime,
    ) -> tuple[int, Sent] | None:
        number = await work.digests.number(recipient.id)  # locks the recipient
        owed = await work.referrals.owed_to(recipient.id, codes)
        ready = [item for item in owed if not missing(item, recipient)]
        items = ready[: recipient.most_items]
        if not items:
            return None
        entry = await work.audit.write(
            "digest made",
            f"recipient {recipient.id}",
            now,
            details={"number": number, "items": _numbers(items)},
        )
        digest_id = await work.digests.open(
            recipient.id,
            number,
            entry.hash,
            now,
            is_at_once=codes is not None,
            is_test=recipient.state is RecipientState.TEST,
        )
        if codes is not None:
            await work.digest_calls.start(digest_id, now)
        await work.referrals.lease([item.number for item in items], digest_id)
        return digest_id, Sent(recipient.name, number, len(items))

    async def _tell_empty(self, work: UnitOfWork, recipient: Recipient, now: datetime) -> None:
        letter = empty_letter(recipient, now)
        await work.outbox.owe_notice(recipient.chat_id, letter, now)


def _numbers(items: Sequence[ReferredItem]) -> str:
    return ",".join(str(item.number) for item in items)
