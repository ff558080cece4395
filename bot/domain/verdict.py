"""What a model said of a revision, as it is kept."""

from dataclasses import dataclass

from bot.domain.codes import HarmCode, PurposeCode


@dataclass(frozen=True)
class Verdict:
    """A kept prediction. score and threshold: 0..1. reasons: words and weights, strongest first."""

    revision_id: int
    model_version: str
    score: float
    threshold: float
    is_flagged: bool
    is_known: bool
    likely_harm: HarmCode | None
    likely_purpose: PurposeCode | None
    reasons: tuple[tuple[str, float], ...]
