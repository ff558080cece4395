"""People look, press, compare, take back, and say what belongs together."""

import asyncio

from bot.domain.case import Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from bot.domain.people import Person
from bot.services.decide import Decided
from tests.machine.oracle.deciding import Press
from tests.machine.oracle.state import OPEN
from tests.machine.world.posts import Posts

Said = tuple[int, str, str | None]  # who, what, with which code


class Desks(Posts):
    async def holder(self, card: int) -> int:
        """Who has a card on the desk, by place."""
        (who,) = [who for who, desk in self.oracle.desks.items() if desk.card == card]
        return [person.id for person in self.people].index(who)

    def _lies(self, who: int) -> tuple[int, int] | None:
        """The card on a desk, and the number of its revision."""
        desk = self.oracle.desks[self.people[who].id]
        return (desk.card, desk.revision) if desk.card and desk.revision else None

    # --- looking ----------------------------------------------------------------------------

    async def turn(self, who: int, view: View) -> None:
        person, lies = self.people[who], self._lies(who)
        if lies is None:
            return
        expected = self.oracle.turn(person.id, view.value)
        shown = await self.flow.turn.to(person, lies[0], self.revision_id(*lies), view)
        assert shown == expected, (shown, expected)
        self.settle()

    async def differs(self, who: int) -> None:
        person, lies = self.people[who], self._lies(who)
        if lies is None:
            return
        self.oracle.differs(person.id)
        assert await self.flow.turn.differs(person, lies[0], self.revision_id(*lies))
        self.settle()

    async def bring(self, who: int) -> None:
        """The desk comes again as a new message."""
        await self.flow.deal.bring(self.people[who], self.people[who].telegram_id)
        self.settle()

    # --- pressing ---------------------------------------------------------------------------

    async def press(self, who: int, what: str, code: str | None = None, card: int = 0) -> str:
        """Presses for the card on the desk, or for another one; what the presser is told."""
        return await self._pressed(self._press(who, what, code, card))

    async def stale_press(self, who: int) -> None:
        """Presses a button of an older revision than what lies there."""
        press = self._press(who, "dismiss", None)
        if press.revision > 1:
            old = Press(press.who, press.card, press.revision - 1, "dismiss", None)
            assert await self._pressed(old) == "post_changed"

    async def missed(self, who: int, card: int) -> None:
        """Presses a button of a card that may lie elsewhere, of which nothing else is known."""
        press = self._press(who, "dismiss", None, card)
        expected = self.oracle.missed(press)
        revision_id = self.revision_id(press.card, press.revision)
        missed = await self.flow.decide.missed(self.people[who], press.card, revision_id)
        assert _told(missed) == expected, (press, missed, expected)
        self.settle()

    async def same(self, who: int, *, is_stale: bool = False) -> str:
        """Takes the decision of the card beside; with what another button said, nothing."""
        desk = self.oracle.desks[self.people[who].id]
        like = self.oracle.cards[next(iter(desk.beside))] if desk.beside else None
        code = "AID" if is_stale or like is None else like.code or "NONE"
        return await self._pressed(self._press(who, "same", code))

    async def together(self, first: Said, second: Said) -> None:
        """Two presses at the same moment; whichever comes first, the table holds."""
        presses = self._press(*first), self._press(*second)
        orders = []
        for earlier in (0, 1):
            oracle, said = self.oracle.copy(), ["", ""]
            for place in (earlier, 1 - earlier):
                said[place] = oracle.press(presses[place])
            orders.append((said, oracle))
        told = list(await asyncio.gather(*map(self._decide, presses)))
        why = [f"{presses} were told {told}"]
        for said, oracle in orders:
            self._oracle = oracle
            difference = self.agree() if said == told else f"expected {said}"
            if not difference:
                break
            why.append(difference)
        else:
            raise AssertionError("\n".join(why))
        self.settle()

    def _press(self, who: int, what: str, code: str | None, card: int = 0) -> Press:
        person = self.people[who]
        number = card or self.oracle.desks[person.id].card or 0
        known = self.oracle.cards.get(number)
        return Press(person.id, number, known.revision if known else 0, what, code)

    async def _pressed(self, press: Press) -> str:
        expected = self.oracle.press(press)
        said = await self._decide(press)
        assert said == expected, (press, said, expected)
        self.settle()
        return said

    async def _decide(self, press: Press) -> str:
        person = self._person(press.who)
        revision_id = self.revision_id(press.card, press.revision)
        if press.what == "same":
            code = press.code or "NONE"
            return _told(await self.flow.decide.same(person, press.card, revision_id, code))
        harm = HarmCode(press.code) if press.what == "confirm" else None
        purpose = PurposeCode(press.code) if press.what == "dismiss" and press.code else None
        return _told(
            await self.flow.decide.choose(
                person, press.card, revision_id, Choice(press.what), harm, purpose
            )
        )

    def _person(self, number: int) -> Person:
        return next(one for one in self.people if one.id == number)

    async def undo(self, who: int, card: int) -> str:
        person = self.people[who]
        expected = self.oracle.undo(person.id, card)
        said = _told(await self.flow.decide.undo(person, card))
        assert said == expected, (who, card, said, expected)
        self.settle()
        if said in OPEN and self.oracle.desks[person.id].is_on_duty:
            assert self.oracle.desks[person.id].card == card
        return said

    # --- cases ------------------------------------------------------------------------------

    async def join(self, who: int) -> bool:
        return await self._regroup(who, "join")

    async def keep_apart(self, who: int) -> bool:
        return await self._regroup(who, "keep_apart")

    async def take_out(self, who: int) -> bool:
        return await self._regroup(who, "take_out")

    async def _regroup(self, who: int, what: str) -> bool:
        """Whether that was something to say of what lies there."""
        person, (card, revision) = self.people[who], self._lies(who) or (0, 0)
        regroup = getattr(self.flow.regroup, what)
        said = await regroup(person, card, self.revision_id(card, revision))
        if what == "take_out":
            counted = self.oracle.take_out(person.id, said if isinstance(said, int) else 0)
        else:
            counted = getattr(self.oracle, what)(person.id)
        assert counted == isinstance(said, int), (what, card, said)
        self.settle()
        return bool(counted)


def _told(decided: Decided) -> str:
    """The refusal, or else the state that the press led to."""
    word = decided.refusal or decided.state
    assert word is not None
    return str(word.value)
