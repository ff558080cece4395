"""What a moderator did, for that moderator's eyes: no list compares anybody with anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.domain.case import CaseState, Choice

_SAID = {
    Choice.CONFIRM: (CaseState.CONFIRMED, CaseState.KEPT, CaseState.REFERRED),
    Choice.DISMISS: (CaseState.DISMISSED,),
}


@dataclass(frozen=True)
class OwnLook:
    """A look that stands. took: None where it was not measured. state: of the card by now.

    has_company: somebody else looked at the card too.
    """

    choice: Choice
    at: datetime
    took: timedelta | None
    state: CaseState
    has_company: bool


@dataclass(frozen=True)
class OwnFigures:
    """counts: looks by choice. median: of the time a card lay there, None without any.

    shared: cards that others looked at too and that are closed; borne_out: those that ended as this
    person had said. until_rest: cards until the next rest, None where there are no rests.
    """

    today: int
    counts: dict[Choice, int]
    median: timedelta | None
    shared: int
    borne_out: int
    until_rest: int | None


def own_figures(looks: Sequence[OwnLook], midnight: datetime, until_rest: int | None) -> OwnFigures:
    """The figures over these looks. midnight: when the person's day began."""
    times = [look.took.total_seconds() for look in looks if look.took is not None]
    shared = [look for look in looks if look.has_company and _is_judged(look)]
    return OwnFigures(
        today=sum(look.at >= midnight for look in looks),
        counts={choice: sum(look.choice is choice for look in looks) for choice in Choice},
        median=timedelta(seconds=median(times)) if times else None,
        shared=len(shared),
        borne_out=sum(look.state in _SAID[look.choice] for look in shared),
        until_rest=until_rest,
    )


def _is_judged(look: OwnLook) -> bool:
    return look.choice in _SAID and not look.state.is_open
