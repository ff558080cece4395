"""Rows c to o, and q: what a press, an edit, a minute, and a second thought make of a card."""

from dataclasses import dataclass, replace
from datetime import timedelta

from tests.machine.oracle.calling import Calling
from tests.machine.oracle.dealing import ROUTINE, URGENT
from tests.machine.oracle.state import (
    DECIDED,
    Before,
    Card,
    Confirmed,
    Desk,
    Look,
    Post,
    Revision,
    Words,
)

NEVER_SENT = "JUSTIFY"
ALWAYS_TWO = "GLORIFY"
HARMS = ["THREAT", "INCITE", "INSTRUCT", "RECRUIT", "FINANCE", "OFFICIAL", "GLORIFY", "JUSTIFY"]
MINUTE = timedelta(seconds=60)


@dataclass(frozen=True)
class Press:
    """what: "same" takes the decision of the card beside, if `code` is still what it says."""

    who: int
    card: int
    revision: int
    what: str
    code: str | None


class Deciding(Calling):
    # --- posts ------------------------------------------------------------------------------

    def arrives(self, number: int, words: Words, reach: int) -> bool:
        """Whether a card is opened; it is dealt when its case is known, see `settled`."""
        self.posts[number] = Post(number, reach, [Revision(words, self.now)])
        if words.is_flagged:
            self._opens(self.posts[number], words)
        return words.is_flagged

    def edited(self, number: int, words: Words, *, is_unsent: bool) -> str:
        """What happens: "first", "replaced", "opened" or "nothing". is_unsent: none has left."""
        post = self.posts[number]
        post.revisions.append(Revision(words, self.now))
        newest = self.cards[post.cards[-1]] if post.cards else None
        if newest is not None and newest.is_open:
            self._replaces(newest, words)
            return "replaced"
        has_to = newest is not None and (newest.state == "confirmed" or is_unsent)
        if not words.is_flagged and not has_to:
            return "nothing"
        self.rows["o"] += newest is not None
        self._opens(post, words)
        if newest is None:
            return "first"
        self.to_empty_desks()
        return "opened"

    def _opens(self, post: Post, words: Words) -> None:
        self.events["card opened"] += 1
        due_at = self.now + (URGENT if words.is_urgent else ROUTINE)
        number = len(self.cards) + 1
        self.cards[number] = Card(
            number,
            post.number,
            post.newest,
            words.score,
            words.is_urgent,
            self.now,
            due_at,
            words.likely_purpose,
            case=self.cards[post.cards[-1]].case if post.cards else 0,
        )
        post.cards.append(number)
        post.revisions[-1].is_printed = True
        if words.is_urgent:
            self.call_to_threat(self.cards[number])

    def _replaces(self, card: Card, words: Words) -> None:
        """Row q: the new words, to be read from the start; no target moves further away."""
        self.rows["q"] += 1
        self.events["card changed"] += 1
        card.revision = self.posts[card.post].newest
        self.posts[card.post].revisions[-1].is_printed = words.is_flagged
        card.likely_purpose = words.likely_purpose
        card.score = max(card.score, words.score)
        card.is_urgent |= words.is_urgent
        card.due_at = min(card.due_at, self.now + (URGENT if words.is_urgent else ROUTINE))
        card.state, card.first, card.looks, card.before = "waiting", "", [], []
        card.held_by = card.held_until = None
        if words.is_urgent:
            self.call_to_threat(card)
        for who, desk in sorted(self.desks.items()):
            if desk.card == card.number:
                self.put(who, card)

    # --- presses ----------------------------------------------------------------------------

    def press(self, press: Press) -> str:
        """What the presser is told."""
        card, desk = self.cards.get(press.card), self.desks[press.who]
        if card is None:
            return "not_on_your_desk"
        refusal = self._misplaced(card, desk, press)
        if refusal is None and press.what == "same":
            like = next((self.cards[one] for one in desk.beside), None)
            if like is None or like.state not in DECIDED or press.code != (like.code or "NONE"):
                refusal = "like_changed"
            else:
                what = "confirm" if like.code in HARMS else "dismiss"
                press = replace(press, what=what, code=like.code)
                self.rows["same"] += 1
        if refusal is None and card.was_looked_at_by(press.who):
            refusal = "already_looked"
        if refusal is None and press.what == "confirm" and not self.has_read(desk, card):
            refusal = "not_opened_in_full"
        if refusal is not None:
            self._shows_what_is_true(desk, card, refusal)
            return refusal
        self._taken(card, desk, press)
        return card.state

    def missed(self, press: Press) -> str:
        """A button of another card than lies there."""
        card, desk = self.cards.get(press.card), self.desks[press.who]
        if card is None:
            return "not_on_your_desk"
        refusal = self._misplaced(card, desk, press) or "post_changed"
        self._shows_what_is_true(desk, card, refusal)
        return refusal

    def _misplaced(self, card: Card, desk: Desk, press: Press) -> str | None:
        if not card.is_open:
            return "already_decided"
        if desk.card != card.number:
            return "not_on_your_desk"
        if press.revision != card.revision or desk.revision != card.revision:
            return "post_changed"
        return None

    def _shows_what_is_true(self, desk: Desk, card: Card, refusal: str) -> None:
        if desk.card != card.number:
            return
        if refusal in ("post_changed", "like_changed"):
            self.put(desk.who, card)
        elif refusal != "not_opened_in_full":
            self.deal_to(desk.who)
        elif desk.view == "like":
            desk.view, desk.page, desk.pages = "full", 0, 1

    def _taken(self, card: Card, desk: Desk, press: Press) -> None:
        two = press.what == "confirm" and self._wants_two(card, desk, press)
        card.before.append(Before(card.state, card.first, card.code))
        card.looks.append(Look(press.who, press.what, self.now))
        desk.looked.append((card.number, self.now))
        self.events["reviewed"] += 1
        if press.what == "confirm":
            assert desk.dealt_at is not None
            took = self.now - desk.dealt_at
            desk.confirmed.append(Confirmed(self.now, took, card.number))
        if press.what == "skip":
            self.rows["g"] += 1
        else:
            self._spoken(card, press, two)
        if not card.is_open:
            card.held_by = card.held_until = None
        self.deal_to(press.who)
        if not card.is_open:
            self.take_from_others(card, press.who)
        elif press.what != "skip":
            self.to_empty_desks()

    def _wants_two(self, card: Card, desk: Desk, press: Press) -> bool:
        newest = desk.confirmed[::-1][:20]
        in_ten_minutes = [one for one in newest if self.now - one.at < timedelta(minutes=10)]
        seconds = sorted(one.took.total_seconds() for one in newest[:10])
        is_fast = len(seconds) == 10 and (seconds[4] + seconds[5]) / 2 < 5
        is_many = len(in_ten_minutes) == 20
        self.rows["fast"] += is_fast
        self.rows["many"] += is_many
        asks = press.code == ALWAYS_TWO or press.code in self.rules.two_for
        return asks or card.likely_purpose or is_fast or is_many

    def _spoken(self, card: Card, press: Press, two: bool) -> None:
        closed = {
            "confirm": "kept" if press.code == NEVER_SENT else "confirmed",
            "dismiss": "dismissed",
            "unsure": "third",
        }[press.what]
        if card.state == "waiting":
            card.first = press.what
            row = {"unsure": "e", "dismiss": "f"}.get(press.what, "d" if two else "c")
            card.state = "second" if row in "de" else closed
        elif card.state == "second":
            agrees = press.what == card.first != "unsure"
            row, card.state = ("h", closed) if agrees else ("i", "third")
        else:
            row, card.state = "j", closed
        self.rows[row] += 1
        card.code = press.code if not card.is_open else None

    def undo(self, who: int, number: int) -> str:
        card = self.cards.get(number)
        if card is None:
            return "nothing_to_undo"
        if card.state == "referred":
            return "already_sent"
        if not card.looks or card.looks[-1].who != who:
            return "nothing_to_undo"
        look = card.looks[-1]
        if self.now > look.at + MINUTE:
            return "window_over"
        if not self.is_newest(card):
            return "post_changed"
        self.rows["k"] += 1
        self.events["review undone"] += 1
        desk, back = self.desks[who], card.before.pop()
        card.looks.pop()
        card.state, card.first, card.code = back.state, back.first, back.code
        desk.confirmed = [one for one in desk.confirmed if (one.card, one.at) != (number, look.at)]
        if desk.is_on_duty:
            self._let_go(who)
            self.put(who, card)
        else:
            self.to_empty_desks()
        return card.state

    # --- afterwards -------------------------------------------------------------------------

    def minute_passed(self) -> list[int]:
        """Row l for whatever is due; these cards."""
        due = [
            card
            for card in self.cards.values()
            if card.state == "confirmed" and self.is_newest(card)
            if card.last_at is not None and self.now > card.last_at + MINUTE
        ]
        for card in due:
            card.state = "referred"
            self.rows["l"] += 1
            self.events["referred"] += 1
        return [card.number for card in due]

    def reopen(self, number: int) -> str:
        card = self.cards[number]
        if card.is_open:
            return "still_open"
        if card.state in ("referred", "withdrawn"):
            return "already_sent"
        if not self.is_newest(card):
            return "post_changed"
        if self.posts[card.post].revisions[card.revision - 1].is_forgotten:
            return "forgotten"
        self.rows["m"] += 1
        self.events["reopened"] += 1
        card.state, card.first, card.code, card.looks, card.before = "waiting", "", None, [], []
        for desk in self.desks.values():
            desk.confirmed = [one for one in desk.confirmed if one.card != number]
        self.to_empty_desks()
        return "reopened"
