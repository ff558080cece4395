"""A regulator who has got a digest."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.domain.codes import HarmCode
from bot.domain.people import Person
from tests.factories import Flow, post

_A_MINUTE = timedelta(seconds=61)


@dataclass
class Sent:
    """A delivered digest: who got it, its id, and the cards and referrals in it, by place."""

    regulator: Person
    digest_id: int
    cards: list[int]
    referrals: list[int]


Deliver = Callable[..., Awaitable[Sent]]


@pytest.fixture
def deliver(flow: Flow) -> Deliver:
    """Has so many posts confirmed, referred and delivered to a new or a known regulator."""

    async def run(
        count: int = 1, harm: HarmCode = HarmCode.INCITE, regulator: Person | None = None
    ) -> Sent:
        person = regulator or await flow.recipient()
        moderator = await flow.moderator("Budi")
        before = len(await flow.cards())
        await flow.arrive(*(post(f"FLAG {_words(before + n)}") for n in range(count)))
        cards = [card for card in (await flow.cards())[before:]]
        for card in cards:
            async with flow.database.work() as work:
                await work.desks.change(moderator.id, card_id=card.id, revision_id=card.revision_id)
                await work.commit()
            assert (await flow.confirm(moderator, card, harm)).refusal is None
        await flow.deal.duty(moderator, on=False, chat_id=moderator.telegram_id)
        flow.clock.advance(_A_MINUTE)
        await flow.refer.digests_now()
        await flow.post_office()
        rows = await flow.rows("SELECT id, digest_id, card_id FROM referrals ORDER BY id")
        mine = [row for row in rows if row.card_id in {card.id for card in cards}]
        return Sent(
            person,
            int(str(mine[-1].digest_id or 0)),
            [card.id for card in cards],
            [int(str(row.id)) for row in mine],
        )

    return run


def _words(number: int) -> str:
    return " ".join(f"{chr(97 + (number * 7 + i) % 26)}{number * 31 + i}" for i in range(12))
