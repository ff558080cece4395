"""Has every new revision judged, and opens cards for what a person must look at.

It is driven by rows: a revision stays unjudged until its verdict, card and audit entry are
committed together, so a crash in between only means that it is judged again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.case import CaseState, EditEffect, after_edit
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.language import language_told
from bot.domain.post import Revision
from bot.domain.verdict import Verdict
from bot.ports import Classifier, Clock
from bot.services.deal import Deal
from bot.services.open_card import Opening, open_card
from bot.services.remind import call_to_threat
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.storage.near_duplicates import Fingerprint, fingerprint
from bot.storage.unit_of_work import UnitOfWork
from classifiers import Prediction

T = TypeVar("T")
BATCH = 200  # posts a classifier call: measured 3.5 times as fast as one by one


@dataclass(frozen=True)
class Triaged:
    """How many revisions were judged, and of those flagged; how many cases were opened."""

    judged: int = 0
    flagged: int = 0
    cases: int = 0

    def __add__(self, other: "Triaged") -> "Triaged":
        return Triaged(
            self.judged + other.judged, self.flagged + other.flagged, self.cases + other.cases
        )


class Triage:
    def __init__(
        self, database: Database, clock: Clock, classifier: Classifier, deal: Deal
    ) -> None:
        self._database = database
        self._clock = clock
        self._classifier = classifier
        self._deal = deal
        self._turn = asyncio.Lock()  # two at once would judge the same, and one of them in vain

    async def batch(self) -> Triaged:
        """Judges the oldest unjudged revisions, at most 200; none left: `judged` is 0."""
        async with self._turn:
            return await self._batch()

    async def after(self, keep: Callable[[], Awaitable[T]]) -> tuple[T, Triaged]:
        """Has posts kept, then judges all that wait; nobody else's turn comes in between."""
        async with self._turn:
            kept, triaged = await keep(), Triaged()
            while (batch := await self._batch()).judged:
                triaged += batch
        return kept, triaged

    async def _batch(self) -> Triaged:
        async with self._database.look() as work:
            revisions = await work.posts.unjudged(BATCH)
        if not revisions:
            return Triaged()
        predictions = await self._classifier.predict([revision.text for revision in revisions])
        given = {
            revision.id: _verdict(revision, prediction)
            for revision, prediction in zip(revisions, predictions, strict=True)
            if prediction.readable
        }
        prints = {
            revision.id: fingerprint(revision.text)
            for revision in revisions
            if revision.id in given and given[revision.id].is_flagged
        }
        return await self._keep(revisions, given, prints)

    async def _keep(
        self,
        revisions: list[Revision],
        given: dict[int, Verdict],
        prints: dict[int, Fingerprint],
    ) -> Triaged:
        # What is neither flagged nor an edit changes no card; in most batches nothing is.
        telling = [one for one in revisions if one.id in prints or one.number > 1]
        async with self._database.work(patient=True) as work:
            if telling:
                await work.audit.hold()
            await work.verdicts.keep(list(given.values()), self._clock.now())
            await work.posts.judged([revision.id for revision in revisions])
            cases = await self._open_cards(work, telling, given, prints) if telling else 0
            await work.commit()
        return Triaged(len(revisions), len(prints), cases)

    async def _open_cards(
        self,
        work: UnitOfWork,
        revisions: list[Revision],
        given: dict[int, Verdict],
        prints: dict[int, Fingerprint],
    ) -> int:
        """Puts on cards what a person must look at; how many cases were opened."""
        opened, before = 0, await work.cards.count_cases()
        for revision in revisions:
            opened += await self._card(
                work, revision, given.get(revision.id), prints.get(revision.id)
            )
        if opened:
            await self._deal.to_empty_desks(work)
        return await work.cards.count_cases() - before

    async def _card(
        self,
        work: UnitOfWork,
        revision: Revision,
        verdict: Verdict | None,
        print_: Fingerprint | None,
    ) -> bool:
        """Whether the revision now waits on a card that was not there before."""
        earlier = await work.cards.newest_of_post(revision.post_id) if revision.number > 1 else None
        effect = after_edit(
            earlier.state if earlier else None,
            is_flagged=print_ is not None,
            is_unsent=earlier is not None and await self._is_unsent(work, earlier),
        )
        if effect is EditEffect.REPLACES and earlier is not None:
            await self._replace_words(work, earlier, revision, verdict)
            if print_ is not None:
                await work.near_duplicates.keep(
                    print_, revision.id, earlier.case_id, self._clock.now()
                )
        elif effect is EditEffect.NEW_CARD:
            await self._open(work, revision, verdict, print_ or fingerprint(revision.text), earlier)
        return effect is EditEffect.NEW_CARD

    async def _replace_words(
        self, work: UnitOfWork, card: KeptCard, revision: Revision, verdict: Verdict | None
    ) -> None:
        """An open card shows the edited post, and earlier looks at it fall away."""
        now, is_urgent = self._clock.now(), _is_urgent(verdict)
        await work.captures.take(revision.id, now)
        await work.cards.show_revision(
            card,
            revision.id,
            verdict.score if verdict else 0.0,
            is_urgent=is_urgent,
            due_at=self._deal.rules.targets.due_at(now, is_urgent=is_urgent),
            language=language_told(revision.text),
        )
        await work.audit.write(
            "card changed",
            f"card {card.id}",
            now,
            details={"revision": revision.id, "before": card.revision_id},
        )
        if is_urgent:
            await call_to_threat(work, self._clock, card.id, card.case_id)
        for person_id in await work.desks.showing(card.id):
            await self._deal.show_anew(work, person_id)

    async def _is_unsent(self, work: UnitOfWork, card: KeptCard) -> bool:
        if card.state is CaseState.CONFIRMED:
            return True
        if card.state is not CaseState.REFERRED:
            return False
        if await work.referrals.withdraw_unsent(card.id, "edited before it was sent"):
            return True
        # A digest on its way leaves it out, see `Refer.freshen`.
        return await work.referrals.is_on_its_way(card.id)

    async def _open(
        self,
        work: UnitOfWork,
        revision: Revision,
        verdict: Verdict | None,
        print_: Fingerprint,
        earlier: KeptCard | None,
    ) -> None:
        """A card in the case of its near-identical copies, or in a new case. Rows a, b, o."""
        opening = Opening(
            post_id=revision.post_id,
            revision_id=revision.id,
            print_=print_,
            score=verdict.score if verdict else 0.0,
            model_version=verdict.model_version if verdict else None,
            language=language_told(revision.text),
            is_urgent=_is_urgent(verdict),
            case_id=earlier.case_id if earlier else None,
        )
        now = self._clock.now()
        card_id = await open_card(work, opening, now, self._deal.rules.targets)
        await work.rechecks.owe(revision.post_id, now)
        if opening.is_urgent:
            card = await work.cards.get(card_id)
            assert card is not None  # opened just now
            await call_to_threat(work, self._clock, card_id, card.case_id)


def _is_urgent(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.likely_harm is HarmCode.THREAT


def _verdict(revision: Revision, prediction: Prediction) -> Verdict:
    """What the model says; where the channel has a threshold of its own, that one decides."""
    threshold = revision.channel_threshold or prediction.threshold
    is_flagged = prediction.flagged
    if revision.channel_threshold is not None:
        is_flagged = prediction.readable and prediction.score >= threshold
    return Verdict(
        revision.id,
        prediction.model_version,
        prediction.score,
        threshold,
        is_flagged,
        prediction.known,
        HarmCode(prediction.harm[0].code) if prediction.harm else None,
        PurposeCode(prediction.purpose.code) if prediction.purpose else None,
        tuple((reason.words, reason.weight) for reason in prediction.reasons),
    )
