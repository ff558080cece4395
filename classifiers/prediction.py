"""What a model says of one text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """A word or a pair of words with what it added to the decision value; positive pushes
    towards propaganda. The weights of all words of a text and the model's constant add up to the
    decision value exactly, so a reason is part of the sum, not an estimate of it."""

    words: str
    weight: float


@dataclass(frozen=True)
class CodeScore:
    """A harm or purpose code with its calibrated probability, 0..1."""

    code: str
    score: float


@dataclass(frozen=True)
class Prediction:
    """score: calibrated probability of propaganda, 0..1; 0 where there was nothing to read.
    threshold: the model's own. flagged: readable and score >= threshold.
    harm: codes at or above their own thresholds, best first; empty where the model has none.
    purpose: the likeliest purpose code at or above its threshold.
    reasons: strongest first, at most six.
    readable: False for a text without a letter: nothing to read, never "clean".
    known: False where a readable text's language or script lies outside what was learnt."""

    score: float
    threshold: float
    flagged: bool
    harm: tuple[CodeScore, ...]
    purpose: CodeScore | None
    reasons: tuple[Reason, ...]
    readable: bool
    known: bool
    model_version: str
