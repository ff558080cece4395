"""Row p: when words are over, and what keeps them. Attack know-how leaves all but its capture."""

from datetime import datetime, timedelta

from tests.machine.oracle.answering import Answering, Referral
from tests.machine.oracle.state import OPEN, Post

UNFLAGGED, DECIDED, SENT = (timedelta(days=days) for days in (30, 90, 183))


class Forgetting(Answering):
    def seal(self) -> None:
        """What was referred for its know-how is read by nobody any more."""
        for post in self.posts.values():
            cards = [self.cards[number] for number in post.cards]
            is_over = not any(card.state in (*OPEN, "confirmed") for card in cards)
            to_seal = [
                post.revisions[card.revision - 1]
                for card in cards
                if card.code == "INSTRUCT" and card.state in ("referred", "withdrawn")
            ]
            if is_over and any(not one.is_empty for one in to_seal):
                self.rows["sealed"] += 1
                self.events["sealed"] += 1
                for revision in post.revisions:
                    revision.is_empty = True
                self._stands_alone(post)

    def forget(self) -> None:
        """A night's forgetting."""
        self.seal()
        for post in self.posts.values():
            left = [revision for revision in post.revisions if not revision.is_forgotten]
            if not left or not self._is_over(post):
                continue
            self.rows["p"] += bool(post.cards)
            for revision in left:
                revision.is_forgotten = revision.is_empty = True
            self._stands_alone(post)

    def _stands_alone(self, post: Post) -> None:
        """What lay beside these words lies there by itself."""
        for desk in self.desks.values():
            if desk.beside & set(post.cards):
                desk.beside = frozenset()
                desk.view = "card" if desk.view == "like" else desk.view

    def _is_over(self, post: Post) -> bool:
        cards = [self.cards[number] for number in post.cards]
        read_at = post.revisions[-1].seen_at
        if not cards:
            return self._ended(read_at, UNFLAGGED)
        was_sent = any(card.state in ("referred", "withdrawn") for card in cards)
        time = SENT if was_sent else DECIDED
        referrals = [one for one in map(self.of_card, post.cards) if one is not None]
        keeps = (
            any(card.is_open for card in cards)
            or any(card.state == "confirmed" and self.is_newest(card) for card in cards)
            or any(
                card.last_at is not None and not self._ended(card.last_at, time) for card in cards
            )
            or any(self._is_on_its_way(one) for one in referrals)
            or any(
                one.delivered_at is not None and not self._ended(one.delivered_at, time)
                for one in referrals
            )
        )
        is_held = any(card.case in self.held for card in cards)
        if is_held and not keeps and self._ended(read_at, time):
            self.rows["held back"] += 1
        return self._ended(read_at, time) and not keeps and not is_held

    def _is_on_its_way(self, referral: Referral) -> bool:
        """One that was withdrawn leaves no more, whatever it lies in."""
        is_withdrawn = self.cards[referral.card].state == "withdrawn"
        return referral.state in ("owed", "leased") and not is_withdrawn

    def _ended(self, moment: datetime, time: timedelta) -> bool:
        return moment <= self.now - time
