"""Calls about threats and targets: each once a card, to who is on duty, or else to the admins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.machine.oracle.dealing import ROUTINE, URGENT, Dealing
from tests.machine.oracle.state import Card, Rules

FIRST_LOOK = timedelta(minutes=15)


@dataclass(frozen=True)
class Called:
    """to: people by number; empty for the admins."""

    why: str
    cards: tuple[int, ...]
    to: tuple[int, ...]


class Calling(Dealing):
    """calls: why, and about which card. letters: what is owed since they were last taken."""

    def __init__(self, rules: Rules, now: datetime) -> None:
        super().__init__(rules, now)
        self.calls: set[tuple[str, int]] = set()
        self.letters: list[Called] = []

    def call_to_threat(self, card: Card) -> None:
        if ("threat", card.number) not in self.calls:
            self.calls.add(("threat", card.number))
            self._tell("threat", [card], self.on_duty)

    def remind(self) -> None:
        """A notice a reason. What was missed is not announced as near any more."""
        waiting = [card for card in self.cards.values() if card.is_open]
        missed = self._new("missed", [card for card in waiting if self.now >= card.due_at])
        unseen = self._new("unseen", [card for card in waiting if self._is_unseen(card)])
        near = self._new("near", [card for card in waiting if self._is_near(card)])
        self._tell("near", [card for card in near if card not in missed], self.on_duty)
        self._tell("unseen", unseen, [])
        self._tell("missed", missed, [])

    def _new(self, why: str, cards: list[Card]) -> list[Card]:
        found = [card for card in cards if (why, card.number) not in self.calls]
        self.calls |= {(why, card.number) for card in found}
        return sorted(found, key=lambda card: (not card.is_urgent, card.due_at, card.number))

    def _tell(self, why: str, cards: list[Card], to: list[int]) -> None:
        if cards:
            self.rows[f"call: {why}"] += 1
            self.letters.append(Called(why, tuple(card.number for card in cards), tuple(to)))

    def _is_near(self, card: Card) -> bool:
        return self.now >= card.due_at - (URGENT if card.is_urgent else ROUTINE) / 4

    def _is_unseen(self, card: Card) -> bool:
        """Nobody has said anything of these words for a quarter of an hour; passing is no word."""
        since = self.posts[card.post].revisions[card.revision - 1].seen_at
        is_looked_at = any(look.what != "skip" for look in card.looks)
        return card.is_urgent and not is_looked_at and self.now >= since + FIRST_LOOK
