"""Takes recipients' answers: Received, one for each referral, and what moderators say of them.

Only a recipient's own people may answer, and an answer may be changed; each one is kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.people import Person, Role
from bot.domain.receipt import (
    AnswerableDigest,
    DisputePress,
    DisputeState,
    Noted,
    ReplyCode,
    SheetRow,
    Unanswered,
    Way,
    Written,
    asks_for_a_look,
)
from bot.ports import Clock
from bot.render.receipts import Told, dispute_letter, told_letter
from bot.services.pause import Pause
from bot.storage.database import Database
from bot.storage.disputes import Dispute
from bot.storage.unit_of_work import UnitOfWork

_GATHERED = timedelta(minutes=10)  # answers come in bunches: those who confirmed get one message
_BATCH = 200


@dataclass(frozen=True)
class Answers:
    """What became of several answers. foreign: numbers that this recipient has never got.

    noted: those that were kept, each with what it was given for.
    """

    kept: int = 0
    unchanged: int = 0
    foreign: tuple[int, ...] = ()
    noted: tuple[Noted, ...] = ()


class Answer:
    def __init__(self, database: Database, clock: Clock, pause: Pause) -> None:
        self._database = database
        self._clock = clock
        self._pause = pause

    # --- a digest ---------------------------------------------------------------------------

    async def received(self, person: Person, digest_id: int) -> bool | None:
        """Keeps that a digest was received, and ends the calls; whether this was the first press.

        None for a digest that is none of this person's.
        """
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            if not await self._is_theirs(work, person, digest_id):
                return None
            if not await work.receipts.received(digest_id, person.id, now):
                return False
            await work.digest_calls.end(digest_id, now)
            await work.audit.write("digest received", f"digest {digest_id}", now, person.id)
            await work.commit()
        return True

    async def digest(self, person: Person, digest_id: int) -> AnswerableDigest | None:
        """A digest of this person's; None for any other."""
        async with self._database.look() as work:
            if not await self._is_theirs(work, person, digest_id):
                return None
            return await work.receipts.digest(digest_id)

    async def digest_of_message(self, person: Person, message_id: int) -> AnswerableDigest | None:
        """The digest that a message in this person's chat, or in their group, carries."""
        chat_id = person.group or person.telegram_id
        async with self._database.look() as work:
            found = await work.receipts.digest_of_message(chat_id, message_id)
        return await self.digest(person, found) if found is not None else None

    def now(self) -> datetime:
        """The moment from which ages are told."""
        return self._clock.now()

    async def unanswered(self, person: Person) -> Unanswered:
        async with self._database.look() as work:
            theirs = [one.id for one in await work.recipients.answered_by(person)]
            corrections = await work.reversals.unanswered_corrections(theirs)
            return Unanswered(
                tuple(await work.receipts.open_digests(theirs)),
                tuple((one.number, one.owed_at) for one in corrections),
            )

    async def _is_theirs(self, work: UnitOfWork, person: Person, digest_id: int) -> bool:
        recipient_id = await work.receipts.recipient_of(digest_id)
        theirs = {one.id for one in await work.recipients.answered_by(person)}
        return recipient_id is not None and recipient_id in theirs

    # --- answers ----------------------------------------------------------------------------

    async def one(self, person: Person, referral: int, code: ReplyCode) -> Answers:
        return await self._keep(person, {referral: code}, Way.BUTTON)

    async def written(
        self, person: Person, digest: AnswerableDigest | None, lines: Sequence[Written]
    ) -> Answers:
        """Answers from a message; places count within the digest."""
        items = digest.items if digest else ()
        by_place = {item.place: item.number for item in items}
        said: dict[int, ReplyCode] = {}
        foreign = list[int]()
        for line in lines:
            numbers = [*line.numbers, *(item.number for item in items if line.is_all)]
            foreign += [place for place in line.places if place not in by_place]
            numbers += [by_place[place] for place in line.places if place in by_place]
            said |= dict.fromkeys(numbers, line.code)
        kept = await self._keep(person, said, Way.REPLY)
        return replace(kept, foreign=(*foreign, *kept.foreign))

    async def sheet(self, person: Person, rows: Collection[SheetRow]) -> Answers:
        """Answers from a spreadsheet that came back."""
        return await self._keep(person, {row.number: row.code for row in rows}, Way.SHEET)

    async def _keep(self, person: Person, said: dict[int, ReplyCode], way: Way) -> Answers:
        kept = list[int]()
        async with self._database.work() as work:
            await work.audit.hold()
            recipients = [one.id for one in await work.recipients.answered_by(person)]
            theirs = await work.receipts.delivered_to(recipients, said)
            for number in sorted(theirs):
                if await self._keep_one(work, person, number, said[number], way):
                    kept.append(number)
            if any(asks_for_a_look(code) for code in said.values()):
                await self._pause.consider(work)
            noted = tuple(await work.receipts.noted(kept))
            await work.commit()
        foreign = tuple(sorted(set(said) - theirs))
        return Answers(len(kept), len(theirs) - len(kept), foreign, noted)

    async def _keep_one(
        self, work: UnitOfWork, person: Person, number: int, code: ReplyCode, way: Way
    ) -> bool:
        now = self._clock.now()
        receipt_id = await work.receipts.answer(number, person.id, code, way, now)
        if receipt_id is None:
            return False
        await work.audit.write(
            "answered",
            f"referral {number}",
            now,
            person.id,
            {"receipt": receipt_id, "code": code, "way": way},
        )
        if asks_for_a_look(code):
            dispute_id = await work.disputes.open(number, receipt_id, now)
            await self._ask_moderators(work, dispute_id)
        return True

    # --- what moderators say of "not violating" ---------------------------------------------

    async def _ask_moderators(self, work: UnitOfWork, dispute_id: int) -> None:
        """Those who did not confirm it are asked; all of them where there is nobody else."""
        dispute = await work.disputes.get(dispute_id)
        assert dispute is not None  # opened above
        for one in await self._unbiased(work, dispute):
            letter = dispute_letter(
                dispute.id,
                dispute.case_id,
                dispute.harm,
                dispute.text,
                dispute.link,
                dispute.recipient,
                one.language,
            )
            await work.outbox.owe_notice(one.telegram_id, letter, self._clock.now())

    async def _unbiased(self, work: UnitOfWork, dispute: Dispute) -> Sequence[Person]:
        moderators = await work.people.holding(Role.MODERATOR)
        confirmed = await work.disputes.confirmers(dispute.card_id)
        return [one for one in moderators if one.id not in confirmed] or moderators

    async def decide(self, person: Person, press: DisputePress) -> tuple[bool, Dispute | None]:
        """A moderator's word on a dispute; whether it counted: the first of somebody asked does.

        One that did not count, and leaves the dispute open, was about their own confirmation.
        """
        async with self._database.work() as work:
            await work.audit.hold()
            dispute = await work.disputes.get(press.dispute_id)
            if dispute is None or dispute.state is not DisputeState.OPEN:
                return False, dispute
            if person.id not in {one.id for one in await self._unbiased(work, dispute)}:
                return False, dispute
            now = self._clock.now()
            await work.disputes.decide(dispute.id, press.state, person.id, now)
            await work.audit.write(
                "dispute decided",
                f"referral {dispute.referral_id}",
                now,
                person.id,
                {"dispute": dispute.id, "state": press.state},
            )
            await work.commit()
        return True, dispute

    # --- those who confirmed hear of it -----------------------------------------------------

    async def tell(self) -> int:
        """Tells those who confirmed what recipients answered, a while after; how many answers."""
        before = self._clock.now() - _GATHERED
        async with self._database.look() as work:
            if not await work.receipts.untold(before, 1):
                return 0
        async with self._database.work() as work:
            receipt_ids = await work.receipts.untold(before, _BATCH)
            of_each: dict[int, list[Told]] = {}
            for one in await work.receipts.to_tell(receipt_ids):
                line = Told(one.card_id, one.case_id, one.recipient, one.code, one.is_withdrawn)
                of_each.setdefault(one.person_id, []).append(line)
            for person_id, lines in of_each.items():
                person = await work.people.by_id(person_id)
                if person is None or not person.holds(Role.MODERATOR):
                    continue
                for letter in told_letter(lines, person.language):
                    await work.outbox.owe_notice(person.telegram_id, letter, self._clock.now())
            await work.receipts.told(receipt_ids, self._clock.now())
            await work.commit()
        return len(receipt_ids)
