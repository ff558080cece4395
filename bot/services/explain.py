"""Takes down why somebody confirmed: reasons, a sentence, what only a person can assess."""

from dataclasses import dataclass

from bot.domain.case import Choice
from bot.domain.codes import HarmCode
from bot.domain.explaining import Field, WhyPress, is_taken, part, pressed, written
from bot.domain.people import Person, Role
from bot.domain.recipient import Requirement
from bot.domain.statement import Statement
from bot.ports import Clock, Letter
from bot.render.checklist import checklist, explained, took
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.reviews import Review
from bot.storage.unit_of_work import UnitOfWork

# What a person answers on the checklist; the others come from data or from a second person.
ANSWERED = frozenset(
    {Requirement.REASONS, Requirement.EXEMPTION, Requirement.RATINGS, Requirement.ENTITY}
)


@dataclass(frozen=True)
class _Own:
    """A confirmation that a person may explain and that has not been sent yet."""

    card: KeptCard
    review: Review
    harm: HarmCode
    said: Statement


class Explain:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def press(self, person: Person, press: WhyPress) -> Letter | None:
        """The checklist after a button; None where there is nothing of theirs left to explain."""
        async with self._database.work() as work:
            await work.audit.hold()
            own = await self._own(work, person, press.card_id)
            said = pressed(own.said, own.harm, press) if own else None
            if own is None or said is None:
                return None
            await self._keep(work, person, own, said)
            letter = await self._letter(work, person, own, said, is_done=press.field is Field.DONE)
            await work.commit()
        return letter

    async def write(self, person: Person, card_id: int, words: str) -> tuple[Letter, Letter] | None:
        """The checklist with what they wrote, and a word on it; None as with `press`."""
        async with self._database.work() as work:
            await work.audit.hold()
            own = await self._own(work, person, card_id)
            if own is None:
                return None
            said, wrote = written(own.said, own.harm, words), part(words)
            await self._keep(work, person, own, said)
            letter = await self._letter(work, person, own, said, is_done=False)
            await work.commit()
        is_kept = is_taken(own.harm, wrote)
        return letter, took(own.card.case_id, wrote, is_taken=is_kept, language=person.language)

    async def _own(self, work: UnitOfWork, person: Person, card_id: int) -> _Own | None:
        """The confirmation that a person may explain: their own, or one that nobody else can."""
        card = await work.cards.get(card_id)
        if card is None or await work.referrals.has_left(card_id):
            return None
        theirs = {one.id for one in await explainers(work, card.id, card.revision_id)}
        for review in reversed(await work.reviews.standing(card.id, card.revision_id)):
            look = review.look
            is_theirs = look.by == person.id or not theirs
            if is_theirs and look.choice is Choice.CONFIRM and look.harm is not None:
                said = (await work.statements.of([review.id])).get(review.id, Statement())
                return _Own(card, review, look.harm, said)
        return None

    async def _keep(self, work: UnitOfWork, person: Person, own: _Own, said: Statement) -> None:
        if said == own.said:
            return
        now = self._clock.now()
        await work.statements.write(own.review.id, said, now)
        # Reasons are codes; a sentence may hold names, and the audit log holds none.
        await work.audit.write(
            "explained",
            f"card {own.card.id}",
            now,
            person.id,
            {"review": own.review.id, "reasons": ",".join(said.reasons)},
        )

    async def _letter(
        self, work: UnitOfWork, person: Person, own: _Own, said: Statement, *, is_done: bool
    ) -> Letter:
        if is_done:
            return explained(own.card.case_id, said, person.language)
        required = await _required(work, own.harm)
        return checklist(own.card.id, own.card.case_id, own.harm, said, required, person.language)


async def explainers(work: UnitOfWork, card_id: int, revision_id: int) -> list[Person]:
    """Who confirmed and is a moderator still, the last one last.

    Where all of them have gone, any moderator may explain: the log says who it was.
    """
    found: list[Person] = []
    for review in await work.reviews.standing(card_id, revision_id):
        person = await work.people.by_id(review.look.by)
        is_it = review.look.choice is Choice.CONFIRM
        if is_it and person is not None and person.holds(Role.MODERATOR):
            found.append(person)
    return found


async def ask_why(
    work: UnitOfWork, clock: Clock, person: Person, card: KeptCard, harm: HarmCode
) -> None:
    """Owes the checklist at once where a recipient requires what only a person can answer."""
    required = await _required(work, harm)
    if required:
        letter = checklist(card.id, card.case_id, harm, Statement(), required, person.language)
        await work.outbox.owe_notice(person.telegram_id, letter, clock.now())


async def _required(work: UnitOfWork, harm: HarmCode) -> frozenset[Requirement]:
    """What the recipients of this code require of a person."""
    takers = [one for one in await work.recipients.served() if harm in one.codes]
    needed = {one for taker in takers for one in taker.required if one in ANSWERED}
    return frozenset(needed if harm is HarmCode.OFFICIAL else needed - {Requirement.ENTITY})
