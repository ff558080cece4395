"""Rows a and b, and what people say of cases: joined, kept apart, taken out. Holds go along."""

from datetime import timedelta

from tests.machine.oracle.deciding import Deciding
from tests.machine.oracle.state import Card

MEMORY = timedelta(days=30)


class Grouping(Deciding):
    """held: cases on hold. alike: families of which one resembles the other."""

    held: set[int]
    alike: frozenset[frozenset[int]]

    def homes(self, card: Card) -> tuple[set[int], set[int]]:
        """Cases of which a new card's wording is a copy, and cases that it merely resembles."""
        family = self.words(card).family
        copied, resembled = set[int](), set[int]()
        for one in self.cards.values():
            if one.post == card.post:
                continue
            for revision in self.posts[one.post].revisions:
                if not revision.is_printed or revision.is_empty:
                    continue
                if self.now - revision.seen_at >= MEMORY:
                    continue
                if revision.words.family == family:
                    copied.add(one.case)
                elif {revision.words.family, family} in self.alike:
                    resembled.add(one.case)
        return copied, resembled

    def settled(self, card: Card, case: int, looks_like: int | None) -> None:
        """Told where a new card was put, which has to be one of its homes; it is dealt then."""
        copied, resembled = self.homes(card)
        known = {one.case for one in self.cards.values()}
        if copied:
            assert case in copied, f"a copy of {copied} was put into {case}"
        else:
            assert case not in known, f"{case} is no home of what is a copy of nothing"
        assert looks_like in {None, *resembled}
        assert not copied or looks_like is None
        self.rows["b" if copied else "a"] += 1
        self.rows["resembles"] += looks_like is not None
        card.case, card.looks_like = case, looks_like
        self.to_empty_desks()

    def join(self, who: int) -> bool:
        card = self._before(who)
        if card is None or card.looks_like is None:
            return False
        self._moves(card, card.looks_like)
        self._says(who, card, "joined")
        return True

    def keep_apart(self, who: int) -> bool:
        card = self._before(who)
        if card is None or card.looks_like is None:
            return False
        for number in self.posts[card.post].cards:
            self.cards[number].looks_like = None
        self._says(who, card, "kept apart")
        return True

    def take_out(self, who: int, fresh: int) -> bool:
        """fresh: told, the number of its new case."""
        card = self._before(who)
        if card is None or all(
            one.post == card.post for one in self.cards.values() if one.case == card.case
        ):
            return False
        assert all(one.case != fresh for one in self.cards.values())
        self._moves(card, fresh)
        self._says(who, card, "taken out")
        return True

    def _before(self, who: int) -> Card | None:
        number = self.desks[who].card
        return self.cards[number] if number is not None else None

    def _says(self, who: int, card: Card, what: str) -> None:
        self.rows[what] += 1
        self.events[f"card {what}"] += 1
        self.put(who, card)

    def _moves(self, card: Card, case: int) -> None:
        """The whole post moves; a case without posts is gone, and what it was like is like this."""
        left = card.case
        for number in self.posts[card.post].cards:
            self.cards[number].case, self.cards[number].looks_like = case, None
        if left in self.held:
            self.held.add(case)
        if any(one.case == left for one in self.cards.values()):
            return
        self.held.discard(left)
        for one in self.cards.values():
            if one.looks_like == left:
                one.looks_like = case if one.case != case else None

    # --- holds ------------------------------------------------------------------------------

    def hold(self, case: int) -> str:
        if all(one.case != case for one in self.cards.values()):
            return "no_case"
        if case in self.held:
            return "already"
        self.rows["hold"] += 1
        self.events["held"] += 1
        self.held.add(case)
        return "placed"

    def lift(self, case: int) -> str:
        if case not in self.held:
            return "not_held"
        self.events["hold lifted"] += 1
        self.held.remove(case)
        return "lifted"
