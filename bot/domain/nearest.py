"""Examples that stand beside a post: what was decided of words like these."""

from dataclasses import dataclass

from bot.domain.codes import HarmCode, PurposeCode


@dataclass(frozen=True)
class Example:
    """A confirmed or a benign text. likeness: 0..1, of the words; 1 is the same text.

    harm: of a confirmed one. purpose: of a benign one, None for plain "not propaganda".
    is_decision: people decided on it here; otherwise it is a line shipped with the project.
    """

    text: str
    likeness: float
    harm: HarmCode | None
    purpose: PurposeCode | None
    is_decision: bool


@dataclass(frozen=True)
class NearestExamples:
    """The nearest of each kind; None where no example reads like the post."""

    confirmed: Example | None = None
    benign: Example | None = None
