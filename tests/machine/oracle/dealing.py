"""Which card comes next, to whom, and for how long it is theirs; rests and practice."""

from datetime import timedelta

from tests.machine.oracle.state import DECIDED, LONG_AGO, Card, Desk, State

CLAIM = timedelta(minutes=10)
URGENT, ROUTINE = timedelta(hours=2), timedelta(hours=24)


class Dealing(State):
    # --- shifts -----------------------------------------------------------------------------

    def duty(self, who: int, *, on: bool) -> str:
        desk = self.desks[who]
        if on and not desk.looked and len(desk.practised) < self.rules.practice:
            self.rows["practice"] += 1
            return "practice_first"
        self.events["duty on" if on else "duty off"] += 1
        if not on:
            self._let_go(who)
        desk.clear()
        desk.is_on_duty = on
        if on:
            last = desk.looked[-1][1] if desk.looked else None
            if desk.counted_from is None or last is None or self.now - last >= self.rules.rest:
                desk.counted_from, desk.rests_until = self.now, None
            self.deal_to(who)
        return "started" if on else "ended"

    def goes(self, who: int, *, is_removed: bool) -> None:
        """Removed, or the bot is blocked: what lay there goes to others."""
        desk = self.desks[who]
        if is_removed:
            desk.is_moderator = False
            self.events["removed"] += 1
        elif desk.is_on_duty and desk.is_moderator:
            self.events["duty off"] += 1
        self._let_go(who)
        desk.clear()
        desk.is_on_duty = False
        self.to_empty_desks()

    def comes_back(self, who: int) -> None:
        self.desks[who].is_moderator = True
        self.events.update(("invited", "joined"))

    # --- the next card ----------------------------------------------------------------------

    def deal_to(self, who: int) -> None:
        """Puts the best of what this person may have on the desk, or leaves it empty."""
        desk = self.desks[who]
        self._let_go(who)
        desk.clear()
        if not desk.is_on_duty or self._rests(desk):
            return
        free = [card for card in self.cards.values() if self.may_have(who, card)]
        if free:
            self.put(who, min(free, key=self._rank))

    def may_have(self, who: int, card: Card) -> bool:
        """Never what they looked at, nor what somebody else holds just now."""
        is_held = card.held_until is not None and card.held_until > self.now
        is_others = is_held and card.held_by != who
        return card.is_open and not is_others and not card.was_looked_at_by(who)

    def _rank(self, card: Card) -> tuple[object, ...]:
        """Threats; then past the target, then near it; then reach; then the score; then age."""
        time = URGENT if card.is_urgent else ROUTINE
        late = 0 if self.now >= card.due_at else 1 if self.now >= card.due_at - time / 4 else 2
        reach = self.posts[card.post].reach
        return (not card.is_urgent, late, -reach, -card.score, card.opened_at, card.number)

    def put(self, who: int, card: Card) -> None:
        desk = self.desks[who]
        card.held_by, card.held_until = who, self.now + CLAIM
        desk.card, desk.revision = card.number, card.revision
        desk.beside = self._decided_beside(card)
        desk.view = "like" if desk.beside else "card"
        desk.page = desk.pages = 0
        desk.dealt_at = self.now

    def _decided_beside(self, card: Card) -> frozenset[int]:
        """Its post's own earlier card before all others; nothing once somebody looked at it."""
        if card.state != "waiting":
            return frozenset()
        decided = [
            one
            for one in self.cards.values()
            if one.case == card.case and one is not card and one.state in DECIDED
            if not self.posts[one.post].revisions[one.revision - 1].is_empty
        ]
        own = [one.number for one in decided if one.post == card.post]
        return frozenset(own or [one.number for one in decided])

    def _rests(self, desk: Desk) -> bool:
        """A rest begins with the last card of a stretch."""
        if desk.rests_until is not None and self.now < desk.rests_until:
            return True
        if not self.rules.stretch or desk.counted_from is None:
            return False
        seen = {card for card, at in desk.looked if at >= desk.counted_from}
        if len(seen) < self.rules.stretch:
            return False
        self.rows["rest"] += 1
        desk.rests_until = desk.counted_from = self.now + self.rules.rest
        return True

    def _let_go(self, who: int) -> None:
        for card in self.cards.values():
            if card.held_by == who:
                card.held_by = card.held_until = None

    def to_empty_desks(self) -> None:
        for who, desk in sorted(self.desks.items()):
            waits = desk.is_on_duty and desk.is_moderator and desk.card is None
            if waits and (desk.rests_until or LONG_AGO) <= self.now:
                self.deal_to(who)

    def take_from_others(self, card: Card, by: int) -> None:
        """It was decided: every other desk that still shows it goes on."""
        for who, desk in sorted(self.desks.items()):
            if who != by and desk.card == card.number:
                self.deal_to(who)

    # --- what a desk shows ------------------------------------------------------------------

    def has_read(self, desk: Desk, card: Card) -> bool:
        words = self.words(card)
        return words.length <= self.rules.excerpt or desk.pages >= self._pages(card)

    def _pages(self, card: Card) -> int:
        return -(-self.words(card).length // self.rules.page)

    def turn(self, who: int, view: str) -> str:
        """What is shown then: confirming a text that is not read opens it instead."""
        desk = self.desks[who]
        assert desk.card is not None
        card = self.cards[desk.card]
        if view == "harm" and not self.has_read(desk, card):
            view = "full"
        if view == "full":
            desk.page = (desk.page + 1) % self._pages(card) if desk.view == "full" else 0
            desk.pages = max(desk.pages, desk.page + 1)
        if view == "card":
            view = "like" if desk.beside else "card"
        desk.view = view
        return view

    def differs(self, who: int) -> None:
        """It stands by itself from now on."""
        self.desks[who].view, self.desks[who].beside = "card", frozenset()
