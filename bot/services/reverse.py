"""Takes decisions back: reopens what has not left, withdraws what has, and owes corrections.

Rows m and n of docs/flow.md.
"""

from dataclasses import dataclass

from bot.domain.case import CaseState
from bot.domain.channel import post_link
from bot.domain.people import Person, Role
from bot.domain.reversal import (
    CORRECTED_WITHIN,
    Correction,
    CorrectionPress,
    Reversal,
    SecondPress,
    WithdrawalState,
    fair_reason,
    reopening,
    seconding,
    withdrawing,
)
from bot.ports import Clock
from bot.render.reversal import correction_letter, second_letter
from bot.services.deal import Deal
from bot.services.pause import Pause
from bot.services.tell import tell_admins
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork

_BATCH = 100


@dataclass(frozen=True)
class CaseCard:
    """One post of a case, as somebody who types a command tells it from the others."""

    card_id: int
    case_id: int
    message_id: int
    link: str
    state: CaseState


class Reverse:
    def __init__(self, database: Database, clock: Clock, deal: Deal, pause: Pause) -> None:
        self._database = database
        self._clock = clock
        self._deal = deal
        self._pause = pause

    async def cards(self, case_id: int, message_id: int | None = None) -> list[CaseCard]:
        """The decided cards of a case; of one post of it where its message number is given."""
        async with self._database.look() as work:
            found = [
                await _case_card(work, card)
                for card in await work.cards.of_case(case_id)
                if not card.state.is_open
            ]
        return [one for one in found if message_id in (None, one.message_id)]

    async def card_of_referral(self, number: int) -> list[CaseCard]:
        """The card that a referral is about; empty for a number that there is not."""
        async with self._database.look() as work:
            card_id = await work.referrals.card_of(number)
            card = await work.cards.get(card_id) if card_id is not None else None
            return [await _case_card(work, card)] if card else []

    # --- row m ------------------------------------------------------------------------------

    async def reopen(self, admin: Person, card_id: int, reason: str) -> Reversal:
        """Has a decided card looked at again from the start; nothing of it has been referred."""
        now, words = self._clock.now(), fair_reason(reason)
        if words is None:
            return Reversal.NO_REASON
        async with self._database.work() as work:
            await work.audit.hold()
            card = await work.cards.get(card_id, for_update=True)
            if card is None:
                return Reversal.NO_CASE
            revision = await work.posts.revision(card.revision_id)
            found = reopening(
                card.state,
                is_newest=await work.posts.is_newest(revision),
                is_forgotten=await work.posts.is_forgotten(revision.id),
            )
            if found is not Reversal.REOPENED:
                return found
            await work.reviews.all_undone(card.id, now)
            await work.cards.move(card.id, CaseState.WAITING)
            await work.audit.write(
                "reopened", f"card {card.id}", now, admin.id, {"before": card.state}
            )
            await work.reversals.reopened(card.id, admin.id, words, now)
            await self._deal.to_empty_desks(work)
            await work.commit()
        return found

    async def withdrawable(self, card_id: int) -> tuple[Reversal, CaseCard | None]:
        """What would come of a wish to withdraw a card (ASKED: it can be), and the card.

        Both can have changed by the time that the wish is made; `ask` looks again.
        """
        async with self._database.look() as work:
            card = await work.cards.get(card_id)
            if card is None:
                return Reversal.NO_CASE, None
            found = withdrawing(card.state, await work.reversals.pending(card.id))
            return found, await _case_card(work, card)

    # --- row n ------------------------------------------------------------------------------

    async def ask(self, person: Person, card_id: int, reason: str) -> tuple[Reversal, int]:
        """The first person's wish; with it, how many others were asked to agree."""
        words = fair_reason(reason)
        if words is None:
            return Reversal.NO_REASON, 0
        async with self._database.work() as work:
            await work.audit.hold()
            card = await work.cards.get(card_id, for_update=True)
            if card is None:
                return Reversal.NO_CASE, 0
            found = withdrawing(card.state, await work.reversals.pending(card.id))
            if found is not Reversal.ASKED:
                return found, 0
            now = self._clock.now()
            withdrawal_id = await work.reversals.ask(card.id, person.id, words, now)
            await work.audit.write(
                "withdrawal asked",
                f"card {card.id}",
                now,
                person.id,
                {"withdrawal": withdrawal_id},
            )
            others = await self._ask_others(work, person, card, withdrawal_id, words)
            await work.commit()
        return found, others

    async def _ask_others(
        self, work: UnitOfWork, asker: Person, card: KeptCard, withdrawal_id: int, reason: str
    ) -> int:
        named = await _case_card(work, card)
        others = [one for one in await work.people.holding(Role.MODERATOR) if one.id != asker.id]
        for other in others:
            letter = second_letter(
                withdrawal_id, named.case_id, named.link, asker.name, reason, other.language
            )
            await work.outbox.owe_notice(other.telegram_id, letter, self._clock.now())
        return len(others)

    async def second(self, person: Person, press: SecondPress) -> Reversal:
        """The second person's word. Agreed: nothing more leaves, and corrections are owed."""
        async with self._database.work() as work:
            await work.audit.hold()
            withdrawal = await work.reversals.withdrawal(press.withdrawal_id)
            if withdrawal is None:
                return Reversal.CLOSED
            found = seconding(withdrawal, person.id, agrees=press.agrees)
            if found not in (Reversal.WITHDRAWN, Reversal.DECLINED):
                return found
            now, is_agreed = self._clock.now(), found is Reversal.WITHDRAWN
            state = WithdrawalState.AGREED if is_agreed else WithdrawalState.DECLINED
            await work.reversals.second(withdrawal.id, state, person.id, now)
            await work.audit.write(
                "withdrawn" if is_agreed else "withdrawal declined",
                f"card {withdrawal.card_id}",
                now,
                person.id,
                {"withdrawal": withdrawal.id},
            )
            if is_agreed:
                await self._withdraw(work, withdrawal.card_id)
            await work.commit()
        return found

    async def _withdraw(self, work: UnitOfWork, card_id: int) -> None:
        await work.cards.withdrawn(card_id)
        await work.referrals.withdraw_unsent(card_id, "withdrawn before it was sent")
        await self._owe_corrections(work)
        await self._pause.consider(work)

    # --- corrections ------------------------------------------------------------------------

    async def correct(self) -> int:
        """Owes corrections for what arrived after it was withdrawn; tells admins of late ones."""
        now = self._clock.now()
        async with self._database.look() as work:
            is_quiet = not await work.reversals.uncorrected(1)
            is_quiet &= not await work.reversals.has_overdue(now - CORRECTED_WITHIN)
        if is_quiet:
            return 0
        async with self._database.work() as work:
            await work.audit.hold()
            owed = await self._owe_corrections(work)
            for late in await work.reversals.overdue(now - CORRECTED_WITHIN, now):
                recipient = await work.recipients.get(late.recipient_id)
                await tell_admins(
                    work,
                    self._clock,
                    "told-correction-late",
                    number=late.number,
                    name=recipient.name,
                )
            await work.commit()
        return owed

    async def _owe_corrections(self, work: UnitOfWork) -> int:
        now, owed = self._clock.now(), await work.reversals.uncorrected(_BATCH)
        for row in owed:
            one = await work.reversals.owe_correction(
                row.id, row.recipient_id, row.withdrawal_id, now
            )
            recipient = await work.recipients.get(one.recipient_id)
            letter = correction_letter(one, recipient.language)
            await work.outbox.owe_correction(recipient.chat_id, letter, one.id, now)
            await work.audit.write(
                "correction owed",
                f"referral {one.referral}",
                now,
                details={"correction": one.number, "recipient": one.recipient_id},
            )
        return len(owed)

    async def restored(self, person: Person, press: CorrectionPress) -> Correction | None:
        """Keeps what a recipient says to a correction; None where it is none of theirs."""
        async with self._database.work() as work:
            await work.audit.hold()
            one = await work.reversals.correction(press.correction_id)
            theirs = {recipient.id for recipient in await work.recipients.answered_by(person)}
            if one is None or one.recipient_id not in theirs:
                return None
            if one.outcome is not press.outcome:
                now = self._clock.now()
                await work.reversals.restored(one.id, press.outcome, person.id, now)
                await work.audit.write(
                    "correction answered",
                    f"referral {one.referral}",
                    now,
                    person.id,
                    {"correction": one.number, "outcome": press.outcome},
                )
                await work.commit()
        return await self._again(press.correction_id)

    async def _again(self, correction_id: int) -> Correction | None:
        async with self._database.look() as work:
            return await work.reversals.correction(correction_id)


async def _case_card(work: UnitOfWork, card: KeptCard) -> CaseCard:
    revision = await work.posts.revision(card.revision_id)
    link = post_link(revision.chat_id, revision.username, revision.message_id)
    return CaseCard(card.id, card.case_id, revision.message_id, link, card.state)
