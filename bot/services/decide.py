"""Takes a moderator's choice: checked, written, audited and answered as one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain import case
from bot.domain.case import DECIDED_STATES, Card, CaseState, Choice, Look, Refusal
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import Desk, Notice, View, has_seen_all
from bot.domain.people import Person
from bot.domain.verdict import Verdict
from bot.ports import Clock
from bot.services.deal import Deal
from bot.services.explain import ask_why
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.reviews import Review
from bot.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Decided:
    """The state a press led to, or why it counts for nothing; `by`: who was first."""

    state: CaseState | None = None
    refusal: Refusal | None = None
    by: str | None = None
    harm: HarmCode | None = None
    purpose: PurposeCode | None = None


@dataclass(frozen=True)
class _Wish:
    """What a press asks for. same_as: the decided card that it was said to be the same as."""

    choice: Choice
    harm: HarmCode | None = None
    purpose: PurposeCode | None = None
    same_as: int | None = None


class Decide:
    def __init__(self, database: Database, clock: Clock, deal: Deal) -> None:
        self._database = database
        self._clock = clock
        self._deal = deal

    async def choose(
        self,
        person: Person,
        card_id: int,
        revision_id: int,
        choice: Choice,
        harm: HarmCode | None = None,
        purpose: PurposeCode | None = None,
    ) -> Decided:
        """The result of a choice; whatever it is, the desk shows what comes next."""
        return await self._chosen(person, card_id, revision_id, _Wish(choice, harm, purpose))

    async def same(self, person: Person, card_id: int, revision_id: int, code: str) -> Decided:
        """The decision of the near-identical card beside this one, taken for this one too.

        code: the decision that stood on the button. Where another stands by now, nothing happens.
        """
        return await self._chosen(person, card_id, revision_id, code)

    async def _chosen(
        self, person: Person, card_id: int, revision_id: int, wish: _Wish | str
    ) -> Decided:
        async with self._database.work() as work:
            await work.audit.hold()
            card = await work.cards.get(card_id, for_update=True)
            desk = await work.desks.set_up(person.id)
            if card is None:
                return Decided(refusal=Refusal.NOT_ON_YOUR_DESK)
            standing = await work.reviews.standing(card.id, card.revision_id)
            refusal = _misplaced(card, revision_id, desk)
            if refusal is None and isinstance(wish, str):
                wish = await self._wish_of(work, desk, wish) or wish
                refusal = Refusal.LIKE_CHANGED if isinstance(wish, str) else None
            if refusal is None and isinstance(wish, _Wish):
                verdict = await work.verdicts.newest_or_none(card.revision_id)
                look = await self._look(work, person, desk, verdict, wish)
                after = case.look_at(Card(tuple(review.look for review in standing)), look)
                if isinstance(after, Card):
                    decided = await self._keep(work, card, desk, after, look, verdict, wish)
                    await work.commit()
                    return decided
                refusal = after
            assert refusal is not None  # else it was kept
            await self._redeal(work, person, desk, card, refusal)
            await work.commit()
        return Decided(refusal=refusal, by=_first(standing, person))

    async def _wish_of(self, work: UnitOfWork, desk: Desk, code: str) -> _Wish | None:
        """What the card beside was decided as; None if that is not what the button said."""
        if desk.like_card_id is None:
            return None
        like = await work.cards.get(desk.like_card_id)
        if (
            like is None
            or like.state not in DECIDED_STATES
            or code != (like.harm or like.purpose or "NONE")
        ):
            return None
        choice = Choice.CONFIRM if like.harm else Choice.DISMISS
        return _Wish(choice, like.harm, like.purpose, same_as=like.id)

    async def missed(self, person: Person, card_id: int, revision_id: int) -> Decided:
        """Why a button of a card that does not lie on the desk does nothing, and a fresh desk."""
        async with self._database.work() as work:
            await work.audit.hold()
            card = await work.cards.get(card_id)
            desk = await work.desks.set_up(person.id)
            if card is None:
                return Decided(refusal=Refusal.NOT_ON_YOUR_DESK)
            standing = await work.reviews.standing(card.id, card.revision_id)
            refusal = _misplaced(card, revision_id, desk) or Refusal.POST_CHANGED
            await self._redeal(work, person, desk, card, refusal)
            await work.commit()
        return Decided(refusal=refusal, by=_first(standing, person))

    async def _look(
        self, work: UnitOfWork, person: Person, desk: Desk, verdict: Verdict | None, wish: _Wish
    ) -> Look:
        assert desk.revision_id is not None  # the card lies on the desk
        now = self._clock.now()
        text = (await work.posts.revision(desk.revision_id)).text
        wants_second = False
        if wish.harm is not None:
            before = await work.reviews.confirmations(person.id, case.MOST_CONFIRMED)
            wants_second = case.wants_second(
                wish.harm,
                likely_purpose=verdict is not None and verdict.likely_purpose is not None,
                two_people_for=self._deal.rules.two_people_for,
                hasty=case.is_hasty(before, now),
            )
        return Look(
            by=person.id,
            choice=wish.choice,
            at=now,
            harm=wish.harm,
            purpose=wish.purpose,
            saw_all=has_seen_all(desk, text, self._deal.rules.excerpt),
            wants_second=wants_second,
        )

    async def _keep(
        self,
        work: UnitOfWork,
        card: KeptCard,
        desk: Desk,
        after: Card,
        look: Look,
        verdict: Verdict | None,
        wish: _Wish,
    ) -> Decided:
        shown = (verdict.score, verdict.model_version) if verdict else (0.0, "none")
        review_id = await work.reviews.write(
            card.id,
            card.post_id,
            card.revision_id,
            look,
            shown,
            dealt_at=desk.dealt_at,
            same_as_card_id=wish.same_as,
            teaches=desk.teaches,
        )
        await self._move(work, card.id, after)
        await work.audit.write(
            "reviewed",
            f"card {card.id}",
            look.at,
            look.by,
            {
                "review": review_id,
                "revision": card.revision_id,
                "choice": look.choice,
                "harm": look.harm,
                "purpose": look.purpose,
                "same_as": wish.same_as,
                "teaches": desk.teaches,
                "state": after.state,
            },
        )
        decided = Decided(after.state, harm=look.harm, purpose=look.purpose)
        notice = Notice(look.choice, card.id, after.state, look.at, look.harm, look.purpose)
        await self._deal.next_card(work, look.by)
        await self._redraw(work, look.by, notice)
        if look.harm is not None and look.harm.is_forwardable:
            await self._ask_why(work, look.by, card, look.harm)
        if not after.state.is_open:
            await self._deal.take_from_others(work, replace(card, state=after.state), look.by)
        elif look.choice is not Choice.SKIP:
            await self._deal.to_empty_desks(work)  # somebody else may look at it now
        return decided

    async def _move(self, work: UnitOfWork, card_id: int, after: Card) -> None:
        last = after.last
        is_closed = not after.state.is_open and last is not None
        await work.cards.move(
            card_id,
            after.state,
            harm=last.harm if is_closed and last else None,
            purpose=last.purpose if is_closed and last else None,
            decided_at=last.at if is_closed and last else None,
        )

    async def undo(self, person: Person, card_id: int) -> Decided:
        """Takes back the person's own last choice on a card, and puts the card before them."""
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            card = await work.cards.get(card_id, for_update=True)
            if card is None:
                return Decided(refusal=Refusal.NOTHING_TO_UNDO)
            standing = await work.reviews.standing(card.id, card.revision_id)
            before = Card(
                tuple(review.look for review in standing), card.state is CaseState.REFERRED
            )
            after = case.undo(before, person.id, now)
            if isinstance(after, Refusal):
                if after in (Refusal.WINDOW_OVER, Refusal.ALREADY_SENT):
                    await self._deal.owe(work, person.id)  # it shows "Withdraw…" instead by now
                    await work.commit()
                return Decided(refusal=after)
            if not await work.posts.is_newest(await work.posts.revision(card.revision_id)):
                return Decided(refusal=Refusal.POST_CHANGED)  # the new words have their own card
            review = standing[-1]
            await work.reviews.undone(review.id, now)
            await self._move(work, card.id, after)
            await work.audit.write(
                "review undone", f"card {card.id}", now, person.id, {"review": review.id}
            )
            await self._give_back(work, person, card)
            await work.commit()
        return Decided(after.state)

    async def _give_back(self, work: UnitOfWork, person: Person, card: KeptCard) -> None:
        """Puts a card before the person who took a choice back, if they are still on duty."""
        desk = await work.desks.set_up(person.id)
        if not desk.is_on_duty:
            await self._deal.to_empty_desks(work)
            return
        await work.queue.release(person.id)
        again = await work.cards.get(card.id)
        assert again is not None  # it was there a moment ago
        await self._deal.put(work, person.id, again)
        await self._redraw(work, person.id, None)

    async def _redeal(
        self, work: UnitOfWork, person: Person, desk: Desk, card: KeptCard, refusal: Refusal
    ) -> None:
        """After a press that counts for nothing, the desk shows what is true now."""
        if desk.card_id == card.id:
            if refusal in (Refusal.POST_CHANGED, Refusal.LIKE_CHANGED):
                await self._deal.put(work, person.id, card)
            elif refusal is Refusal.NOT_OPENED_IN_FULL:
                if desk.view is View.LIKE:  # "the same" opens the text, as confirming does
                    await work.desks.change(person.id, view=View.FULL, page=0, pages_seen=1)
            else:
                await self._deal.next_card(work, person.id)
        # The same press again, or repeated after a crash: what it did can still be undone.
        is_own = desk.notice is not None and desk.notice.card_id == card.id
        await self._redraw(work, person.id, desk.notice if is_own else None)

    async def _ask_why(
        self, work: UnitOfWork, person_id: int, card: KeptCard, harm: HarmCode
    ) -> None:
        person = await work.people.by_id(person_id)
        assert person is not None  # a foreign key says so
        await ask_why(work, self._clock, person, card, harm)

    async def _redraw(self, work: UnitOfWork, person_id: int, notice: Notice | None) -> None:
        person = await work.people.by_id(person_id)
        assert person is not None  # a foreign key says so
        await work.desks.change(person_id, notice=notice)
        await work.outbox.owe_desk(person_id, person.telegram_id, self._clock.now())


def _misplaced(card: KeptCard, revision_id: int, desk: Desk) -> Refusal | None:
    """Why this press cannot be about what lies on the presser's desk."""
    if not card.state.is_open:
        return Refusal.ALREADY_DECIDED
    if desk.card_id != card.id or not desk.is_on_duty:
        return Refusal.NOT_ON_YOUR_DESK
    if (revision_id, desk.revision_id) != (card.revision_id, card.revision_id):
        return Refusal.POST_CHANGED
    return None


def _first(standing: Sequence[Review], person: Person) -> str | None:
    """Who decided before this person did; None where it was they themselves."""
    spoken = [review for review in standing if review.look.choice is not Choice.SKIP]
    if not spoken or spoken[-1].look.by == person.id:
        return None
    return spoken[-1].person_name
