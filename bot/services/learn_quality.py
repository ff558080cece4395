"""Says how good the models are: precision from reviews, recall from the sample, drift of scores."""

from datetime import timedelta

from bot.domain.case import CaseState
from bot.domain.codes import PurposeCode
from bot.domain.quality import ModelQuality
from bot.ports import Clock
from bot.services.learn_recall import estimate_recall
from bot.storage.database import Database

LATELY = timedelta(days=7)
_CONFIRMED = (CaseState.CONFIRMED, CaseState.REFERRED, CaseState.KEPT)
# Flagged in error: as dismissed ones are, those that two people took back after they were sent.
_MISTAKEN = (CaseState.DISMISSED, CaseState.WITHDRAWN)
_MOST_MODELS = 6  # in one picture

_States = dict[tuple[CaseState, PurposeCode | None], int]


class Quality:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def by_model(self) -> list[ModelQuality]:
        """The newest model first, at most six; none before the first post was judged."""
        async with self._database.look() as work:
            versions = (await work.quality.versions())[:_MOST_MODELS]
            flagged = await work.quality.flagged()
            covered = await work.quality.flagged(drawn_only=True)
            outcomes = await work.samples.outcomes()
            bands = await work.quality.bands(self._clock.now() - LATELY)
        found = []
        for version in versions:
            states = flagged.get(version, {})
            sampled = covered.get(version, {})
            now, before = bands.get(version, ((), ()))
            found.append(
                ModelQuality(
                    version=version,
                    confirmed=_confirmed(states),
                    dismissed=sum(_false_flags(states).values()),
                    undecided=_open(states),
                    false_flags=_false_flags(states),
                    recall=estimate_recall(
                        outcomes.get(version, ()), _confirmed(sampled), _open(sampled)
                    ),
                    bands_now=now,
                    bands_before=before,
                )
            )
        return found


def _confirmed(states: _States) -> int:
    return sum(count for (state, _), count in states.items() if state in _CONFIRMED)


def _open(states: _States) -> int:
    return sum(count for (state, _), count in states.items() if state.is_open)


def _false_flags(states: _States) -> dict[PurposeCode | None, int]:
    """By purpose; a withdrawn post has none, like one that was dismissed without."""
    found: dict[PurposeCode | None, int] = {}
    for (state, purpose), count in states.items():
        if state in _MISTAKEN:
            found[purpose] = found.get(purpose, 0) + count
    return found
