"""Learning from moderators: the rows that decisions make, trainings, and their comparison."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil

from bot.domain.codes import HarmCode, PurposeCode

FEWEST_ROWS = 30  # decisions that a candidate may be trained on
FEWEST_OF_A_KIND = 5  # of each label: calibration has five folds
FREE_ROWS = 50  # rows that one person may give whatever the others do


@dataclass(frozen=True)
class LearntRow:
    """A decision as a training example: propaganda with its harm code, or not, with its purpose.

    person_id: who decided. text: of the revision that was decided on. first_decided_at: when
    somebody first decided on the card, which no earlier training can have learnt from.
    """

    card_id: int
    person_id: int
    text: str
    harm: HarmCode | None
    purpose: PurposeCode | None
    first_decided_at: datetime

    @property
    def is_propaganda(self) -> bool:
        return self.harm is not None


@dataclass(frozen=True)
class Lesson:
    """The rows to train on, and how many were left aside and why."""

    rows: tuple[LearntRow, ...]
    capped: int = 0
    contradictory: int = 0
    repeated: int = 0
    reserved: int = 0

    @property
    def positives(self) -> int:
        return sum(row.is_propaganda for row in self.rows)

    @property
    def problem(self) -> "Problem | None":
        """Why nothing can be learnt from this; None when something can."""
        if len(self.rows) < FEWEST_ROWS:
            return Problem.TOO_FEW
        if min(self.positives, len(self.rows) - self.positives) < FEWEST_OF_A_KIND:
            return Problem.ONE_KIND
        return None


class Problem(StrEnum):
    """Why there is no candidate. Interrupted: three times, by stops of the program or worse."""

    TOO_FEW = "too_few"
    ONE_KIND = "one_kind"
    TRAINING = "training"
    INTERRUPTED = "interrupted"


WATCHED_PURPOSES = (
    PurposeCode.NEWS,
    PurposeCode.COUNTER,
    PurposeCode.STUDY,
    PurposeCode.FAITH,
    PurposeCode.POLIT,
    PurposeCode.RIGHTS,
)
MOST_ATTEMPTS = 3  # a training that was interrupted this often is given up


class TrainingState(StrEnum):
    """owed -> running -> compared -> agreed -> promoted; kept and failed end it as well.

    compared: waits for admins. agreed: they promoted it, the disk may not know yet.
    kept: the champion stays, because admins or the comparison said so.
    """

    OWED = "owed"
    RUNNING = "running"
    COMPARED = "compared"
    AGREED = "agreed"
    PROMOTED = "promoted"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True)
class Training:
    """One run of the training job. asked_by: a person's id, None for the timetable. taught_at: when
    its decisions were read, None before."""

    id: int
    state: TrainingState
    asked_by: int | None
    asked_at: datetime
    attempts: int
    candidate: str | None
    champion: str | None
    taught_at: datetime | None


# "Not worse" has to be shown, not just not disproved: the interval may not reach beyond these.
AP_MARGIN = 0.01
BRIER_MARGIN = 0.01
SIGNIFICANT = 0.05
# With hundreds of rows of each of six purposes, chance alone would else object to many a candidate.
SIGNIFICANT_ON_FOLDS = SIGNIFICANT / len(WATCHED_PURPOSES)


@dataclass(frozen=True)
class FlagRate:
    """Flagged posts of one purpose in a set. p_worse: chance of a rise at least as large where
    both models flag equally often (exact sign test on the posts that they differ on)."""

    purpose: PurposeCode
    posts: int
    candidate: int
    champion: int
    p_worse: float


@dataclass(frozen=True)
class Difference:
    """A measure of both models, and the 95 % interval of candidate minus champion."""

    candidate: float
    champion: float
    low: float
    high: float


@dataclass(frozen=True)
class Meeting:
    """Candidate and champion on the same rows. recall: of each at its own threshold, 0..1."""

    posts: int
    positives: int
    average_precision: Difference
    brier: Difference
    candidate_recall: float
    champion_recall: float
    flag_rates: tuple[FlagRate, ...]

    @property
    def worse(self) -> tuple[str, ...]:
        """Of `average_precision` and `brier`, those in which the candidate may be worse."""
        found = list[str]()
        if self.average_precision.high < 0 or self.average_precision.low < -AP_MARGIN:
            found.append("average_precision")
        if self.brier.low > 0 or self.brier.high > BRIER_MARGIN:
            found.append("brier")
        return tuple(found)


@dataclass(frozen=True)
class Comparison:
    """The candidate against the champion, twice.

    frozen: on the set in the repository that decisions cannot enter. folds: on the candidate's
    training rows, each scored by models that did not see it. limit: highest share of a benign
    purpose of the frozen set that may be flagged, 0..1.
    """

    candidate: str
    champion: str
    frozen: Meeting
    folds: Meeting
    limit: float

    @property
    def objections(self) -> tuple[str, ...]:
        """What speaks against the candidate: measures, those of the folds with `_on_folds`, and
        purpose codes."""
        return (
            *self.frozen.worse,
            *(f"{one}_on_folds" for one in self.folds.worse),
            *self.flagged_too_much,
        )

    @property
    def flagged_too_much(self) -> tuple[PurposeCode, ...]:
        """Purposes above the limit, or significantly above the champion's, in the order of codes.

        The limit counts whole posts: of twelve, one may be flagged where 5 % is the limit. It does
        not hold on the folds, where nearly every benign row is hard on purpose.
        """
        found = {
            rate.purpose
            for rate in self.frozen.flag_rates
            if rate.candidate > ceil(self.limit * rate.posts) or rate.p_worse < SIGNIFICANT
        } | {rate.purpose for rate in self.folds.flag_rates if rate.p_worse < SIGNIFICANT_ON_FOLDS}
        return tuple(purpose for purpose in WATCHED_PURPOSES if purpose in found)


class Answer(StrEnum):
    """What an admin may say to a comparison."""

    PROMOTE = "promote"
    KEEP = "keep"


class Voted(StrEnum):
    """What became of an admin's answer. second_needed: another admin has to agree."""

    SECOND_NEEDED = "second_needed"
    PROMOTED = "promoted"
    KEPT = "kept"
    CLOSED = "closed"


_PRESS = re.compile(r"learn:([0-9]{1,18}):(promote|keep)")


@dataclass(frozen=True)
class LearningPress:
    """An admin's button under a comparison."""

    training_id: int
    answer: Answer

    def pack(self) -> str:
        return f"learn:{self.training_id}:{self.answer}"


def unpack_learning(data: str) -> LearningPress | None:
    """The press that was packed; None for anything else."""
    found = _PRESS.fullmatch(data)
    return LearningPress(int(found[1]), Answer(found[2])) if found else None
