"""Decided posts as examples for posts that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from bot.domain.case import CaseState
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.receipt import DisputeState
from bot.domain.referral import ReferralState
from bot.storage.store import Store
from bot.storage.tables import cards, disputes, referrals, reviews, revisions

_CONFIRMED = (CaseState.CONFIRMED, CaseState.REFERRED, CaseState.KEPT)


@dataclass(frozen=True)
class DecidedRevision:
    """A decided revision, without its words. harm: None where it was dismissed."""

    revision_id: int
    post_id: int
    harm: HarmCode | None
    purpose: PurposeCode | None


class ExampleStore(Store):
    async def decided(self, most: int) -> list[DecidedRevision]:
        """The latest decisions that can be shown as examples, at most so many of each kind.

        Not: what was undone, withdrawn, forgotten, agreed to be a mistake or decided not to teach,
        and instructions, whose words nobody is to see again once they are decided.
        """
        confirmed = _decided().where(cards.c.state.in_(_CONFIRMED))
        dismissed = _decided().where(cards.c.state == CaseState.DISMISSED)
        found = list[DecidedRevision]()
        for asked in (confirmed, dismissed):
            rows = await self._connection.execute(asked.order_by(cards.c.id.desc()).limit(most))
            found += [
                DecidedRevision(
                    row.revision_id,
                    row.post_id,
                    HarmCode(row.harm) if row.harm else None,
                    PurposeCode(row.purpose) if row.purpose else None,
                )
                for row in rows
            ]
        return found

    async def texts(self, revision_ids: Sequence[int]) -> dict[int, str]:
        """The words of these revisions, of those that still have some."""
        rows = await self._connection.execute(
            select(revisions.c.id, revisions.c.text).where(
                revisions.c.id.in_(revision_ids), func.trim(revisions.c.text) != ""
            )
        )
        return {row.id: row.text for row in rows}


def _decided() -> Select[tuple[int, int, str | None, str | None]]:
    withdrawn = select(referrals.c.card_id).where(referrals.c.state == ReferralState.WITHDRAWN)
    mistaken = (
        select(referrals.c.card_id)
        .join(disputes, disputes.c.referral_id == referrals.c.id)
        .where(disputes.c.state == DisputeState.AGREED)
    )
    not_teaching = select(reviews.c.card_id).where(reviews.c.stands, reviews.c.teaches.is_(False))
    return (
        select(cards.c.revision_id, cards.c.post_id, cards.c.harm, cards.c.purpose)
        .join(revisions, revisions.c.id == cards.c.revision_id)
        .where(
            func.trim(revisions.c.text) != "",
            cards.c.harm.is_distinct_from(HarmCode.INSTRUCT),
            cards.c.id.not_in(withdrawn),
            cards.c.id.not_in(mistaken),
            cards.c.id.not_in(not_teaching),
        )
    )
