"""The case table of docs/flow.md read once more, naively: states, histories, and snapshots.

It shares no code with `bot.domain`, which folds over looks instead. What is not the table's own
(which card lies on which desk, which number a case has) it is told.
"""

from collections import Counter
from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPEN = ("waiting", "second", "third")
DECIDED = ("confirmed", "kept", "dismissed", "referred")
NEVER_SENT = "JUSTIFY"
ALWAYS_TWO = "GLORIFY"
MINUTE = timedelta(seconds=60)


@dataclass
class Card:
    """revision: the one that it shows. looked: who, since it shows that. first: P's word."""

    number: int
    post: int
    revision: int
    likely_purpose: bool
    state: str = "waiting"
    first: str = ""
    code: str | None = None
    looked: list[int] = field(default_factory=list)
    last_at: datetime | None = None
    before: list["Card"] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass
class Post:
    """newest: its newest revision's number. cards: their numbers, oldest first."""

    number: int
    newest: int = 1
    cards: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Confirmed:
    at: datetime
    took: timedelta
    card: int


@dataclass(frozen=True)
class Press:
    """read: the whole text was on the screen. took: since the card was dealt."""

    who: int
    card: int
    revision: int
    what: str
    code: str | None
    read: bool
    took: timedelta


class Oracle:
    """rows: how often each row of the table was gone through."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.cards: dict[int, Card] = {}
        self.posts: dict[int, Post] = {}
        self.confirmed: dict[int, list[Confirmed]] = {}
        self.asked: dict[int, int] = {}  # card: who asked to withdraw it

    def copy(self) -> "Oracle":
        return deepcopy(self)

    # --- posts ------------------------------------------------------------------------------

    def arrives(self, number: int, *, flagged: bool, likely_purpose: bool) -> bool:
        """Whether a card is opened; whether that is row a or b is for whoever sees the case."""
        self.posts[number] = Post(number)
        if flagged:
            self._opens(self.posts[number], likely_purpose)
        return flagged

    def edited(self, number: int, *, flagged: bool, likely_purpose: bool, is_unsent: bool) -> str:
        """What happens: "first", "replaced", "opened" or "nothing"."""
        post = self.posts[number]
        post.newest += 1
        if not post.cards:
            if flagged:
                self._opens(post, likely_purpose)
            return "first" if flagged else "nothing"
        card = self.cards[post.cards[-1]]
        if card.is_open:
            self.rows["q"] += 1
            fresh = Card(card.number, number, post.newest, likely_purpose)
            self.cards[card.number] = fresh
            return "replaced"
        if flagged or card.state == "confirmed" or (card.state == "referred" and is_unsent):
            self.rows["o"] += 1
            self._opens(post, likely_purpose)
            return "opened"
        return "nothing"

    def _opens(self, post: Post, likely_purpose: bool) -> None:
        number = len(self.cards) + 1
        self.cards[number] = Card(number, post.number, post.newest, likely_purpose)
        post.cards.append(number)

    # --- presses ----------------------------------------------------------------------------

    def press(self, press: Press, lies: dict[int, tuple[int, int]], now: datetime) -> str:
        """What the presser is told. lies: the card and revision on each desk on duty."""
        card = self.cards.get(press.card)
        if card is None:
            return "not_on_your_desk"
        if not card.is_open:
            return "already_decided"
        on_desk = lies.get(press.who)
        if on_desk is None or on_desk[0] != card.number:
            return "not_on_your_desk"
        if press.revision != card.revision or on_desk[1] != card.revision:
            return "post_changed"
        if press.who in card.looked:
            return "already_looked"
        if press.what == "confirm" and not press.read:
            return "not_opened_in_full"
        two = press.what == "confirm" and self._wants_two(card, press, now)
        card.before.append(Card(**{**vars(card), "looked": list(card.looked), "before": []}))
        card.looked.append(press.who)
        card.last_at = now
        if press.what == "confirm":
            mine = self.confirmed.setdefault(press.who, [])
            mine.append(Confirmed(now, press.took, card.number))
        if press.what == "skip":
            self.rows["g"] += 1
        else:
            self._spoken(card, press, two)
        del lies[press.who]
        return card.state

    def _wants_two(self, card: Card, press: Press, now: datetime) -> bool:
        newest = self.confirmed.get(press.who, [])[::-1][:20]
        in_ten_minutes = [one for one in newest if now - one.at < timedelta(minutes=10)]
        seconds = sorted(one.took.total_seconds() for one in newest[:10])
        is_fast = len(seconds) == 10 and (seconds[4] + seconds[5]) / 2 < 5
        is_many = len(in_ten_minutes) == 20
        return press.code == ALWAYS_TWO or card.likely_purpose or is_fast or is_many

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

    def undo(self, who: int, number: int, now: datetime) -> str:
        card = self.cards.get(number)
        if card is None:
            return "nothing_to_undo"
        if card.state == "referred":
            return "already_sent"
        if not card.looked or card.looked[-1] != who:
            return "nothing_to_undo"
        assert card.last_at is not None
        if now > card.last_at + MINUTE:
            return "window_over"
        if card.revision != self.posts[card.post].newest:
            return "post_changed"
        self.rows["k"] += 1
        *earlier, back = card.before
        back.before = earlier
        mine = self.confirmed.get(who, [])
        if mine and mine[-1].card == number and mine[-1].at == card.last_at:
            mine.pop()
        self.cards[number] = back
        return back.state

    # --- afterwards -------------------------------------------------------------------------

    def window(self, now: datetime, *, has_recipient: bool) -> None:
        """Row l for whatever is due."""
        for card in self.cards.values():
            if card.state != "confirmed" or not has_recipient:
                continue
            assert card.last_at is not None
            if now > card.last_at + MINUTE and card.revision == self.posts[card.post].newest:
                card.state = "referred"
                self.rows["l"] += 1

    def reopen(self, number: int, *, is_forgotten: bool) -> str:
        card = self.cards[number]
        if card.is_open:
            return "still_open"
        if card.state in ("referred", "withdrawn"):
            return "already_sent"
        if card.revision != self.posts[card.post].newest:
            return "post_changed"
        if is_forgotten:
            return "forgotten"
        self.rows["m"] += 1
        self.cards[number] = Card(number, card.post, card.revision, card.likely_purpose)
        for who, theirs in self.confirmed.items():
            self.confirmed[who] = [one for one in theirs if one.card != number]
        return "reopened"

    def ask(self, who: int, number: int) -> str:
        card = self.cards[number]
        if card.is_open:
            return "still_open"
        if card.state == "withdrawn":
            return "already_withdrawn"
        if card.state != "referred":
            return "not_sent"
        if number in self.asked:
            return "already_asked"
        self.asked[number] = who
        return "asked"

    def second(self, who: int, number: int, *, agrees: bool) -> str:
        asked_by = self.asked.get(number)
        if asked_by is None:
            return "closed"
        if agrees and who == asked_by:
            return "same_person"
        del self.asked[number]
        if not agrees:
            return "declined"
        self.rows["n"] += 1
        self.cards[number].state = "withdrawn"
        return "withdrawn"

    def forgotten(self, posts: Collection[int]) -> None:
        """Row p: the words of these posts went."""
        for number in posts:
            theirs = [self.cards[one] for one in self.posts[number].cards]
            newest = self.posts[number].newest
            for card in theirs:
                assert not card.is_open, card
                assert card.state != "confirmed" or card.revision != newest, card
            self.rows["p"] += bool(theirs)
