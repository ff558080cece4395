"""By when a flagged post is to be looked at and decided: our own targets, not a law's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NEAR = 4  # a target is near in the last quarter of its time


class Call(StrEnum):
    """Why people were called about a card; each happens once a card.

    threat: it may announce an attack. near: its target is near. unseen: nobody looked at a threat
    in time. missed: it was not decided in time.
    """

    THREAT = "threat"
    NEAR = "near"
    UNSEEN = "unseen"
    MISSED = "missed"


@dataclass(frozen=True)
class Targets:
    """first_look: of a post that may announce an attack. urgent: until such a one is decided.

    routine: until any other one is decided.
    """

    first_look: timedelta = timedelta(minutes=15)
    urgent: timedelta = timedelta(hours=2)
    routine: timedelta = timedelta(hours=24)

    def due_at(self, opened_at: datetime, *, is_urgent: bool) -> datetime:
        """By when a card is to be decided."""
        return opened_at + self.time(is_urgent=is_urgent)

    def near_at(self, due_at: datetime, *, is_urgent: bool) -> datetime:
        """From when on that is near."""
        return due_at - self.time(is_urgent=is_urgent) / NEAR

    def time(self, *, is_urgent: bool) -> timedelta:
        return self.urgent if is_urgent else self.routine
