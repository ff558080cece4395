"""Posts come in, are edited, and get into cases."""

from datetime import timedelta

from bot.domain.post import Post
from tests.factories import CHANNEL, post
from tests.machine.oracle.state import Words
from tests.machine.world.checks import Checks
from tests.machine.world.stage import FAMILIES, FEW, FIRST_MESSAGE, KINDS, LONG, SUBSCRIBERS

_SCORES = {"sure": 0.97, "calm": 0.1}
_FILLER = " ya" * 900  # a second screen


class Posts(Checks):
    async def arrive(
        self,
        family: int,
        kind: str,
        prefix: str = "",
        *,
        views: int | None = None,
        is_long: bool = False,
    ) -> int:
        """A post comes in; its number. views: None in a small channel, where nobody counts them."""
        number = len(self.texts) + 1
        text = f"p{number}r1q {prefix}{KINDS[kind]} {FAMILIES[family]}"
        if is_long and family == LONG:
            text += _FILLER
        channel = CHANNEL if views is not None else FEW
        made = post(text, FIRST_MESSAGE + number, channel=channel, views=views)
        self.texts[number] = (made, family)
        reach = SUBSCRIBERS[FEW] if views is None else views
        opened = self.oracle.arrives(number, _words(text, family, kind), reach)
        await self._take(made)
        if opened:
            await self._case_is_right(number)
        self.settle()
        return number

    async def edit(self, number: int, kind: str) -> None:
        self.clock.advance(timedelta(seconds=1))
        old, family = self.texts[number]
        newest = self.oracle.posts[number].newest + 1
        text = f"p{number}r{newest}q {KINDS[kind]} {FAMILIES[family]}"
        edited = post(
            text,
            old.message_id,
            channel=old.channel,
            views=old.views,
            edited_at=self.clock.now(),
        )
        self.texts[number] = (edited, family)
        cards = self.oracle.posts[number].cards
        is_unsent = bool(cards) and self.oracle.is_unsent(cards[-1])
        what = self.oracle.edited(number, _words(text, family, kind), is_unsent=is_unsent)
        await self._take(edited)
        if what == "first":
            await self._case_is_right(number)
        self.settle()

    async def _take(self, one: Post) -> None:
        await self.flow.ingest.live([one], [])
        while (await self.flow.triage.batch()).judged:
            pass

    async def _case_is_right(self, number: int) -> None:
        card = self.oracle.cards[self.oracle.posts[number].cards[-1]]
        kept = await self.flow.card(card.number)
        self.oracle.settled(card, kept.case_id, kept.looks_like_case_id)


def _words(text: str, family: int, kind: str) -> Words:
    return Words(
        length=len(text),
        family=family,
        is_flagged=kind != "calm",
        likely_purpose=kind == "news",
        is_urgent=kind == "urgent",
        score=_SCORES.get(kind, 0.9),
    )
