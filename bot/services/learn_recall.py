"""Estimates how much of the propaganda was flagged, from the sample of what was not."""

from collections.abc import Sequence

from scipy.special import gammaincinv

from bot.domain.quality import FEWEST_CONFIRMED, FEWEST_DECIDED, Recall, SampleOutcome

_TAIL = 0.025  # of each side: 95 % between


def estimate_recall(outcomes: Sequence[SampleOutcome], confirmed: int, undecided: int) -> Recall:
    """The estimated recall and its 95 % interval.

    outcomes: of every drawn post. confirmed, undecided: flagged posts of the same time that people
    confirmed, and that nobody has decided yet.
    Each sampled propaganda post stands for 1 / probability posts (Horvitz-Thompson), sampled posts
    without a decision for as many as the decided ones of their stratum. The interval is that of
    Fay and Feuer (1997) for weighted counts, which is conservative and says something sensible
    when nothing was found; at its ends the undecided flagged posts count as the worst they can be.
    """
    decided = [one for one in outcomes if one.is_propaganda is not None]
    weights = _weights(outcomes, decided)
    hits = [w for w, one in zip(weights, decided, strict=True) if one.is_propaganda]
    missed = sum(hits)
    if len(decided) < FEWEST_DECIDED or confirmed < FEWEST_CONFIRMED:
        return Recall(len(decided), len(hits), missed)
    fewest, most = _interval(hits, max(weights))
    return Recall(
        decided=len(decided),
        hits=len(hits),
        missed=missed,
        share=confirmed / (confirmed + missed),
        low=confirmed / (confirmed + most),
        high=(confirmed + undecided) / (confirmed + undecided + fewest),
    )


def _weights(outcomes: Sequence[SampleOutcome], decided: Sequence[SampleOutcome]) -> list[float]:
    """How many posts each decided one stands for. A stratum nobody has decided on is shared out."""
    drawn, known = _by_stratum(outcomes), _by_stratum(decided)
    covered = sum(drawn[stratum] for stratum in known)
    rest = sum(drawn.values()) / covered if covered else 1.0
    return [rest * drawn[one.stratum] / known[one.stratum] / one.probability for one in decided]


def _by_stratum(outcomes: Sequence[SampleOutcome]) -> dict[int, float]:
    """Estimated number of posts in each stratum."""
    found: dict[int, float] = {}
    for one in outcomes:
        found[one.stratum] = found.get(one.stratum, 0.0) + 1 / one.probability
    return found


def _interval(hits: Sequence[float], largest: float) -> tuple[float, float]:
    """Fewest and most missed posts. hits: a weight each; largest: of all decided posts."""
    total, variance = sum(hits), sum(weight**2 for weight in hits)
    low = variance / total * float(gammaincinv(total**2 / variance, _TAIL)) if hits else 0.0
    total, variance = total + largest, variance + largest**2
    return low, variance / total * float(gammaincinv(total**2 / variance, 1 - _TAIL))
