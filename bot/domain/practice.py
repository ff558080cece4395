"""Sample cards: written for the project, marked as such, kept apart from everything real."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.codes import HarmCode, PurposeCode


@dataclass(frozen=True)
class Sample:
    """A made-up post. harm or purpose: what it is; neither: simply no propaganda.

    id: its language, a hyphen, and a number. why: a sentence that says what tells.
    """

    id: str
    language: str
    text: str
    harm: HarmCode | None
    purpose: PurposeCode | None
    why: str

    @property
    def is_propaganda(self) -> bool:
        return self.harm is not None


@dataclass(frozen=True)
class Played:
    """An answer to a sample."""

    sample: str
    is_right: bool


@dataclass(frozen=True)
class Exercise:
    """Where a person stands. sample: the next one, None when it is done. wanted: how many count."""

    sample: Sample | None
    passed: int
    wanted: int

    @property
    def is_done(self) -> bool:
        return self.sample is None


@dataclass(frozen=True)
class Answered:
    """What became of an answer: the sample it was about, whether it was right, what comes next.

    sample: None when the button was of no sample that is there.
    """

    sample: Sample | None
    is_right: bool
    exercise: Exercise


def exercise(
    samples: Sequence[Sample], played: Sequence[Played], person_id: int, wanted: int
) -> Exercise:
    """What comes next for a person.

    Half of the wanted samples are propaganda and half are not, in an order of the person's own.
    What was answered wrongly comes again after the others, until it was answered rightly.
    """
    mine = _half_and_half(samples, person_id, wanted)
    right = {one.sample for one in played if one.is_right}
    tries = {sample.id: sum(one.sample == sample.id for one in played) for sample in mine}
    left = sorted((one for one in mine if one.id not in right), key=lambda one: tries[one.id])
    return Exercise(left[0] if left else None, len(mine) - len(left), len(mine))


def _half_and_half(samples: Sequence[Sample], person_id: int, wanted: int) -> list[Sample]:
    drawn = sorted(samples, key=lambda sample: _lot(sample, person_id))
    bad = [sample for sample in drawn if sample.is_propaganda]
    good = [sample for sample in drawn if not sample.is_propaganda]
    mine = bad[: wanted // 2] + good[: wanted - wanted // 2]
    return sorted(mine, key=lambda sample: _lot(sample, -person_id))


def _lot(sample: Sample, salt: int) -> bytes:
    return hashlib.sha256(f"{salt}:{sample.id}".encode()).digest()


def has_passed(played: Sequence[Played], wanted: int) -> bool:
    """Whether so many samples of one language were answered rightly.

    Each language's exercise is half and half by itself; halves of two would be all propaganda.
    """
    right = {one.sample for one in played if one.is_right}
    of_each = Counter(sample.partition("-")[0] for sample in right)
    return max(of_each.values(), default=0) >= wanted


@dataclass(frozen=True)
class PracticePress:
    """A button under a sample card."""

    sample: str
    is_propaganda: bool

    def pack(self) -> str:
        return f"play:{self.sample}:{'yes' if self.is_propaganda else 'no'}"


_PRESS = re.compile(r"play:([a-z0-9-]{1,16}):(yes|no)")


def unpack_practice(data: str) -> PracticePress | None:
    """The press that was packed; None for anything else."""
    found = _PRESS.fullmatch(data)
    return PracticePress(found[1], found[2] == "yes") if found else None
