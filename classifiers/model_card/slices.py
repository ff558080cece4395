"""Figures of parts of the rows: by language, group, code, length, and by kind of benign post."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifiers.intervals import (
    F64,
    BoundedRate,
    Estimate,
    Flags,
    Ranking,
    bounded_rate,
    ranking,
    rate,
)

Names = Sequence[tuple[str, ...]]
NO_NAME = "(none)"
MOST_SLICES = 40  # of one axis; a table beyond that is not read, and what is left out is counted


@dataclass(frozen=True)
class Slice:
    """The rows of one name. recall is over its positives, benign_flag_rate over its benign rows."""

    name: str
    n: int
    positives: int
    figures: Ranking
    recall: Estimate | None
    benign_flag_rate: Estimate | None


@dataclass(frozen=True)
class Axis:
    """What rows are told apart by. left_out: names beyond the MOST_SLICES of most rows."""

    name: str
    slices: tuple[Slice, ...]
    left_out: int = 0


@dataclass(frozen=True)
class BenignKind:
    """Benign rows of one name: how many are flagged at each operating point, in their order."""

    axis: str
    name: str
    n: int
    rates: tuple[BoundedRate, ...]


def axis(
    name: str,
    names: Names,
    scores: F64,
    positive: Flags,
    threshold: float,
    order: Sequence[str] | None = None,
) -> Axis:
    """A slice for every name, by name or in the given order.

    names: those of each row; a row with several stands in several slices, one without in NO_NAME.
    """
    members = _members(names)
    kept = _largest(members)
    sequence = sorted(kept) if order is None else [known for known in order if known in kept]
    slices = tuple(_slice(key, members[key], scores, positive, threshold) for key in sequence)
    return Axis(name, slices, len(members) - len(kept))


def benign_kinds(
    name: str, names: Names, scores: F64, positive: Flags, thresholds: Sequence[float]
) -> tuple[BenignKind, ...]:
    """How often benign rows of each name are flagged at each threshold; most rows first."""
    benign = np.flatnonzero(~positive)
    members = _members([names[row] for row in benign.tolist()])
    kinds = []
    for key in _largest(members):
        of_kind = scores[benign[members[key]]]
        rates = tuple(bounded_rate(int((of_kind >= cut).sum()), len(of_kind)) for cut in thresholds)
        kinds.append(BenignKind(name, key, len(of_kind), rates))
    return tuple(kinds)


def length_quarters(texts: Sequence[str]) -> tuple[list[tuple[str, ...]], list[str]]:
    """The quarter of each text by its length in signs, and the quarters from short to long.

    Equal lengths stay together, so there are fewer than four where many texts are equally long.
    """
    lengths = np.array([len(text) for text in texts])
    cuts = np.quantile(lengths, [0.25, 0.5, 0.75], method="inverted_cdf")
    quarters = np.searchsorted(cuts, lengths)
    labels = {}
    for quarter in np.unique(quarters).tolist():
        inside = lengths[quarters == quarter]
        labels[quarter] = f"{inside.min()} to {inside.max()} signs"
    return [(labels[quarter],) for quarter in quarters.tolist()], list(labels.values())


def _members(names: Names) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, of_row in enumerate(names):
        for name in dict.fromkeys(name or NO_NAME for name in of_row or ("",)):
            found.setdefault(name, []).append(row)
    return found


def _largest(members: dict[str, list[int]]) -> list[str]:
    return sorted(members, key=lambda name: (-len(members[name]), name))[:MOST_SLICES]


def _slice(name: str, rows: list[int], scores: F64, positive: Flags, threshold: float) -> Slice:
    of_slice, truth = scores[rows], positive[rows]
    flagged = of_slice >= threshold
    positives = int(truth.sum())
    return Slice(
        name=name,
        n=len(rows),
        positives=positives,
        figures=ranking(of_slice, truth, threshold),
        recall=rate(int((flagged & truth).sum()), positives),
        benign_flag_rate=rate(int((flagged & ~truth).sum()), len(rows) - positives),
    )
