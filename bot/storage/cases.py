"""Cases as groups: how far their posts went, what was decided, and posts that change their case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, exists, func, select, update

from bot.domain.case import DECIDED_STATES, CaseState
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import Spread
from bot.storage.store import AnyRow, Store
from bot.storage.tables import cards, cases, channels, holds, posts, revisions, sightings

_MOST_COMPARED = 20  # decided cards of a case that a new one is compared with
_MOST_SHOWN = 10


@dataclass(frozen=True)
class Placed:
    """A card with where its post stands. text: of the revision that was decided on."""

    card_id: int
    case_id: int
    post_id: int
    state: CaseState
    harm: HarmCode | None
    purpose: PurposeCode | None
    decided_at: datetime | None
    posted_at: datetime
    message_id: int
    chat_id: int | None
    username: str | None
    title: str
    text: str


_PLACED = (
    select(
        cards.c.id.label("card_id"),
        cards.c.case_id,
        cards.c.post_id,
        cards.c.state,
        cards.c.harm,
        cards.c.purpose,
        cards.c.decided_at,
        posts.c.posted_at,
        posts.c.message_id,
        channels.c.chat_id,
        channels.c.username,
        channels.c.title,
        revisions.c.text,
    )
    .join(posts, posts.c.id == cards.c.post_id)
    .join(channels, channels.c.id == posts.c.channel_id)
    .join(revisions, revisions.c.id == cards.c.revision_id)
)
_IS_DECIDED = cards.c.state.in_(DECIDED_STATES)


class CaseStore(Store):
    async def spread(self, case_id: int) -> Spread:
        """How many posts of how many channels the case holds."""
        found = await self._connection.execute(
            select(func.count(posts.c.id.distinct()), func.count(posts.c.channel_id.distinct()))
            .join(cards, cards.c.post_id == posts.c.id)
            .where(cards.c.case_id == case_id)
        )
        return Spread(*found.one())

    async def decided(self, case_id: int, but: int, post_id: int) -> Sequence[Placed]:
        """The newest decided cards of a case, but one; at most 20, none whose words are gone.

        Those of this post come first, however old.
        """
        rows = await self._connection.execute(
            _PLACED.where(
                cards.c.case_id == case_id,
                cards.c.id != but,
                _IS_DECIDED,
                func.trim(revisions.c.text) != "",
            )
            .order_by(
                (cards.c.post_id == post_id).desc(),
                cards.c.decided_at.desc(),
                cards.c.id.desc(),
            )
            .limit(_MOST_COMPARED)
        )
        return [_placed(row) for row in rows]

    async def placed(self, card_id: int) -> Placed:
        return _placed((await self._connection.execute(_PLACED.where(cards.c.id == card_id))).one())

    async def others(self, case_id: int, but_post: int) -> Sequence[Placed]:
        """The newest cards of the case's other posts, at most 10."""
        rows = await self._connection.execute(
            _PLACED.where(cards.c.case_id == case_id, cards.c.post_id != but_post)
            .order_by(cards.c.id.desc())
            .limit(_MOST_SHOWN)
        )
        return [_placed(row) for row in rows]

    async def of_channel(
        self, post_id: int, but: int
    ) -> tuple[dict[CaseState, int], Sequence[Placed]]:
        """Of the post's channel, one card left out: cards by state, and the newest decided ones."""
        channel = select(posts.c.channel_id).where(posts.c.id == post_id).scalar_subquery()
        counts = await self._connection.execute(
            select(cards.c.state, func.count())
            .join(posts, posts.c.id == cards.c.post_id)
            .where(posts.c.channel_id == channel, cards.c.id != but)
            .group_by(cards.c.state)
        )
        newest = await self._connection.execute(
            _PLACED.where(posts.c.channel_id == channel, cards.c.id != but, _IS_DECIDED)
            .order_by(cards.c.decided_at.desc(), cards.c.id.desc())
            .limit(_MOST_SHOWN)
        )
        by_state = {CaseState(state): count for state, count in counts.all()}
        return by_state, [_placed(row) for row in newest]

    async def exists(self, case_id: int) -> bool:
        return await self._connection.scalar(select(cases.c.id).where(cases.c.id == case_id)) == (
            case_id
        )

    async def move(self, post_id: int, case_id: int) -> None:
        """Puts a post with all its cards into another case, where its copies will join it.

        What was on hold stays so: only an admin lets words go.
        """
        before = await self._connection.scalars(
            select(cards.c.case_id).where(cards.c.post_id == post_id).distinct()
        )
        left = [one for one in before.all() if one != case_id]
        of_post = select(revisions.c.id).where(revisions.c.post_id == post_id)
        await self._connection.execute(
            update(cards)
            .where(cards.c.post_id == post_id)
            .values(case_id=case_id, looks_like_case_id=None)
        )
        await self._connection.execute(
            update(sightings).where(sightings.c.revision_id.in_(of_post)).values(case_id=case_id)
        )
        for one in left:
            await self._hold_too(case_id, one)
            await self._drop_if_empty(one, case_id)

    async def _hold_too(self, case_id: int, like: int) -> None:
        """Where the other case is on hold, this one is too, for the same reason."""
        held = (
            await self._connection.execute(select(holds).where(holds.c.case_id == like))
        ).one_or_none()
        if held is not None:
            kept = dict(held._mapping) | {"case_id": case_id}
            await self._connection.execute(self._insert_new(holds).values(kept))

    async def _drop_if_empty(self, case_id: int, instead: int) -> None:
        """A case without posts is gone; what looked like it looks like the other one, unless it
        lies there.
        """
        if await self._connection.scalar(select(exists().where(cards.c.case_id == case_id))):
            return
        await self._connection.execute(
            update(cards)
            .where(cards.c.looks_like_case_id == case_id)
            .values(looks_like_case_id=case((cards.c.case_id != instead, instead), else_=None))
        )
        await self._connection.execute(
            update(sightings).where(sightings.c.case_id == case_id).values(case_id=instead)
        )
        await self._connection.execute(delete(holds).where(holds.c.case_id == case_id))
        await self._connection.execute(delete(cases).where(cases.c.id == case_id))

    async def keep_apart(self, post_id: int) -> None:
        """The post stays in its case, whatever it looks like."""
        await self._connection.execute(
            update(cards).where(cards.c.post_id == post_id).values(looks_like_case_id=None)
        )


def _placed(row: AnyRow) -> Placed:
    kept = dict(row._mapping)
    return Placed(
        **kept
        | {
            "state": CaseState(row.state),
            "harm": HarmCode(row.harm) if row.harm else None,
            "purpose": PurposeCode(row.purpose) if row.purpose else None,
        }
    )
