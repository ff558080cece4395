"""Draws a desk from its row at the moment when it leaves."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.case import DECIDED_STATES, CaseState
from bot.domain.channel import post_link
from bot.domain.desk import CopyLine, Desk, DeskCard, History, Likeness, View
from bot.domain.excerpt import Excerpt, differing, excerpt_of
from bot.domain.people import Role
from bot.domain.post import Revision
from bot.domain.verdict import Verdict
from bot.ports import Clock, Letter
from bot.render.card import draw_card
from bot.render.desk import draw_closed, draw_idle
from bot.services.deal import Deal
from bot.services.nearest import Nearest
from bot.storage.cards import KeptCard
from bot.storage.cases import Placed
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from classifiers import normalise

_BESIDE = 300  # characters of a post that are shown when others are to be compared with it


class Draw:
    def __init__(self, database: Database, clock: Clock, deal: Deal, nearest: Nearest) -> None:
        self._database = database
        self._clock = clock
        self._rules = deal.rules
        self._nearest = nearest

    async def desk(self, person_id: int) -> tuple[Letter, int | None]:
        """The desk as it stands now, and the message that shows it, None for a new one."""
        now = self._clock.now()
        async with self._database.look() as work:
            person = await work.people.by_id(person_id)
            desk = await work.desks.of(person_id)
            if person is None or desk is None:
                raise LookupError(f"no desk of person {person_id}")
            if not person.holds(Role.MODERATOR):
                return draw_closed(person.language), desk.message_id
            if desk.card_id is None:
                return draw_idle(desk, person.language, self._rules, now), desk.message_id
            content = await self._content(work, desk)
        if content.view is View.MORE:
            content = replace(content, examples=await self._nearest.to(content.revision))
        return draw_card(content, person.language, self._rules, now), desk.message_id

    async def _content(self, work: UnitOfWork, desk: Desk) -> DeskCard:
        assert desk.card_id is not None  # checked by `desk`
        assert desk.revision_id is not None  # goes with the card
        card = await work.cards.get(desk.card_id)
        assert card is not None  # a foreign key says so
        revision = await work.posts.revision(desk.revision_id)
        verdict = await work.verdicts.newest_or_none(revision.id)
        reach = await work.posts.reach(card.post_id)
        return DeskCard(
            card_id=card.id,
            case_id=card.case_id,
            revision=revision,
            verdict=verdict,
            view=desk.view,
            page=desk.page,
            notice=desk.notice,
            excerpt=self._excerpt(desk, revision, verdict),
            spread=await work.cases.spread(card.case_id),
            views=reach.views,
            subscribers=reach.subscribers,
            is_deleted=reach.is_deleted,
            looks_like=card.looks_like_case_id,
            likeness=await self._likeness(work, desk, card, revision),
            teaches=desk.teaches,
            others=await self._others(work, card) if desk.view is View.COPIES else (),
            history=await self._history(work, card) if desk.view is View.HISTORY else History(),
        )

    def _excerpt(self, desk: Desk, revision: Revision, verdict: Verdict | None) -> Excerpt:
        """What the card shows of the text; less of it where examples stand beside it."""
        most = min(self._rules.excerpt, _BESIDE) if desk.view is View.MORE else self._rules.excerpt
        reasons = [words for words, weight in verdict.reasons if weight > 0] if verdict else []
        return excerpt_of(revision.text, reasons, most, normalise)

    async def _likeness(
        self, work: UnitOfWork, desk: Desk, card: KeptCard, revision: Revision
    ) -> Likeness | None:
        if desk.like_card_id is None:
            return None
        like = await work.cases.placed(desk.like_card_id)
        if like.state not in DECIDED_STATES or like.decided_at is None:
            return None  # taken back meanwhile: there is nothing to be the same as
        return Likeness(
            card_id=like.card_id,
            case_id=like.case_id,
            channel=_name(like),
            link=_link(like),
            decided_at=like.decided_at,
            harm=like.harm,
            purpose=like.purpose,
            differing=differing(like.text, revision.text, self._rules.excerpt),
            is_earlier=like.post_id == card.post_id,
        )

    async def _others(self, work: UnitOfWork, card: KeptCard) -> Sequence[CopyLine]:
        return [_line(one) for one in await work.cases.others(card.case_id, card.post_id)]

    async def _history(self, work: UnitOfWork, card: KeptCard) -> History:
        counts, newest = await work.cases.of_channel(card.post_id, card.id)
        return History(
            confirmed=counts.get(CaseState.CONFIRMED, 0) + counts.get(CaseState.REFERRED, 0),
            kept=counts.get(CaseState.KEPT, 0),
            dismissed=counts.get(CaseState.DISMISSED, 0),
            waiting=sum(count for state, count in counts.items() if state.is_open),
            newest=tuple(_line(one) for one in newest),
        )


def _line(placed: Placed) -> CopyLine:
    return CopyLine(
        channel=_name(placed),
        link=_link(placed),
        posted_at=placed.posted_at,
        state=placed.state,
        harm=placed.harm,
        purpose=placed.purpose,
        card_id=placed.card_id,
        case_id=placed.case_id,
    )


def _name(placed: Placed) -> str:
    return f"@{placed.username}" if placed.username else placed.title


def _link(placed: Placed) -> str:
    return post_link(placed.chat_id, placed.username, placed.message_id)
