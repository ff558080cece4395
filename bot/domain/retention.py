"""How long words are kept, and what remains of them. Row p of docs/flow.md."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Shelf(StrEnum):
    """Why a post's words are still here, which says for how long."""

    UNFLAGGED = "unflagged"
    DISMISSED = "dismissed"
    REFERRED = "referred"


@dataclass(frozen=True)
class Terms:
    """How long words stay: after they were read (unflagged), decided on, or sent last."""

    unflagged: timedelta = timedelta(days=30)
    dismissed: timedelta = timedelta(days=90)
    referred: timedelta = timedelta(days=183)

    def of(self, shelf: Shelf) -> timedelta:
        return {
            Shelf.UNFLAGGED: self.unflagged,
            Shelf.DISMISSED: self.dismissed,
            Shelf.REFERRED: self.referred,
        }[shelf]

    def before(self, shelf: Shelf, now: datetime) -> datetime:
        """What ended before this moment is forgotten."""
        return now - self.of(shelf)


@dataclass(frozen=True)
class Expired:
    """A post whose words are over. hashes: of its revisions, oldest first."""

    post_id: int
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class Forgotten:
    """Counts of what was forgotten, or of what would be.

    posts: by shelf. digests: stored messages that quoted them. updates: set aside in the inbox.
    sealed: INSTRUCT posts whose words left everything but the capture. files: that nothing names.
    prints: revisions too old to have copies looked for, whose hashes went.
    """

    unflagged: int = 0
    dismissed: int = 0
    referred: int = 0
    digests: int = 0
    updates: int = 0
    letters: int = 0
    sealed: int = 0
    files: int = 0
    prints: int = 0

    def __add__(self, other: "Forgotten") -> "Forgotten":
        mine, theirs = vars(self), vars(other)
        return Forgotten(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def total(self) -> int:
        return sum(vars(self).values())


class Held(StrEnum):
    """What became of a wish to keep a case's words, or to let them go again."""

    PLACED = "placed"
    ALREADY = "already"
    NO_CASE = "no_case"
    NO_REASON = "no_reason"
    LIFTED = "lifted"
    NOT_HELD = "not_held"


def tombstone(expired: Sequence[Expired]) -> str:
    """SHA-256 over ids and content hashes: whoever has the words can show that they were these."""
    lines = [f"{one.post_id}:{','.join(one.hashes)}" for one in expired]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
