"""What is referred, answered, disputed, withdrawn; and the pause. Row n.

When a digest is made and when it arrives it is told, and holds it against what may happen.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tests.machine.oracle.grouping import Grouping

MONTH = timedelta(days=30)
AT_ONCE = "THREAT"
NEXT = {
    "owed": {"leased", "withdrawn"},
    "leased": {"delivered", "withdrawn"},
    "delivered": {"answered", "withdrawn"},
    "answered": {"withdrawn"},
}


@dataclass
class Referral:
    """answer: the one that stands."""

    card: int
    code: str
    state: str = "owed"
    delivered_at: datetime | None = None
    answer: str | None = None


@dataclass
class Dispute:
    card: int
    state: str = "open"


class Answering(Grouping):
    """referrals and disputes: by their numbers. asked: card, and who asked to withdraw it."""

    referrals: dict[int, Referral]
    disputes: dict[int, Dispute]
    asked: dict[int, int]
    pause_at: float
    pause_least: int
    is_paused: bool
    resumed_at: datetime | None

    def of_card(self, card: int) -> Referral | None:
        return next((one for one in self.referrals.values() if one.card == card), None)

    def is_unsent(self, card: int) -> bool:
        """Whether nothing of it has arrived. What is owed is taken back by an edit."""
        referral = self.of_card(card)
        if self.cards[card].state != "referred" or referral is None:
            return False
        if referral.state == "owed":
            referral.state = "withdrawn"
            return True
        return referral.state == "leased"

    def told(self, number: int, card: int, state: str, delivered_at: datetime | None) -> None:
        """What became of a referral, step by step."""
        known = self.referrals.get(number)
        if known is None:
            found = self.cards[card]
            assert found.state == "referred", found
            assert found.code is not None
            known = self.referrals[number] = Referral(card, found.code)
        if known.state == state:
            return
        steps = [known.state, state]
        if (known.state, state) == ("owed", "delivered"):  # made and delivered between two looks
            steps.insert(1, "leased")
        for before, after in pairwise(steps):
            assert after in NEXT.get(before, ()), f"referral {number}: {before}, then {after}"
            self._may(known, after)
        known.state, known.delivered_at = state, delivered_at

    def _may(self, referral: Referral, after: str) -> None:
        card = self.cards[referral.card]
        if after == "leased":
            assert card.state == "referred", f"{card} was put into a digest"
            assert self.is_newest(card), f"{card} was edited, and put into a digest"
            if self.is_paused:
                assert referral.code == AT_ONCE, f"{card} did not wait for the pause to end"
        if after == "withdrawn":
            assert card.state == "withdrawn" or not self.is_newest(card), card
        assert after != "answered", "nobody answered"

    # --- receipts ---------------------------------------------------------------------------

    def answer(self, number: int, code: str, *, is_theirs: bool) -> tuple[str, int | None]:
        """ "kept", "unchanged" or "foreign"; and the card that moderators are asked about."""
        referral = self.referrals.get(number)
        is_open = referral is not None and referral.state in ("delivered", "answered")
        kept, asked = "foreign", None
        if referral is not None and is_open and is_theirs:
            kept = "unchanged" if referral.answer == code else "kept"
        if referral is not None and kept == "kept":
            self.rows["answer"] += 1
            self.events["answered"] += 1
            for one in self.disputes.values():
                if one.card == referral.card and one.state == "open":
                    one.state = "dropped"
            referral.state, referral.answer = "answered", code
            asked = referral.card if code == "not_violating" else None
        if code == "not_violating":
            self._considers()
        return kept, asked

    def asked_about(self, card: int) -> set[int]:
        """Moderators who did not confirm it; all where there is nobody else."""
        confirmed = {look.who for look in self.cards[card].looks if look.what == "confirm"}
        return self.moderators - confirmed or self.moderators

    def opens_dispute(self, number: int, card: int) -> None:
        assert number not in self.disputes
        self.disputes[number] = Dispute(card)

    def disputed(self, who: int, number: int, word: str) -> bool:
        """Whether a moderator's word counts: the first does, of somebody who was asked."""
        dispute = self.disputes.get(number)
        if dispute is None or dispute.state != "open" or who not in self.asked_about(dispute.card):
            return False
        self.rows[f"dispute {word}"] += 1
        self.events["dispute decided"] += 1
        dispute.state = word
        return True

    # --- withdrawals ------------------------------------------------------------------------

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
        self.events["withdrawal asked"] += 1
        self.asked[number] = who
        return "asked"

    def second(self, who: int, number: int, *, agrees: bool) -> str:
        asked_by = self.asked.get(number)
        if asked_by is None:
            return "closed"
        if agrees and who == asked_by:
            return "same_person"
        del self.asked[number]
        self.events["withdrawn" if agrees else "withdrawal declined"] += 1
        if not agrees:
            return "declined"
        self.rows["n"] += 1
        self.cards[number].state = "withdrawn"
        self._considers()
        return "withdrawn"

    # --- the pause --------------------------------------------------------------------------

    def _considers(self) -> None:
        """More than this share of what was delivered lately was taken back: nothing more goes."""
        since = max(self.now - MONTH, self.resumed_at or self.now - MONTH)
        lately = [
            one
            for one in self.referrals.values()
            if one.delivered_at is not None and one.delivered_at > since
        ]
        back = [
            one
            for one in lately
            if one.answer == "not_violating" or self.cards[one.card].state == "withdrawn"
        ]
        if self.is_paused or len(lately) < self.pause_least:
            return
        if len(back) / len(lately) > self.pause_at:
            self.is_paused = True
            self.rows["pause"] += 1
            self.events["sending paused"] += 1

    def resume(self) -> bool:
        was_paused, self.is_paused = self.is_paused, False
        if was_paused:
            self.resumed_at = self.now
            self.events["sending resumed"] += 1
        return was_paused
