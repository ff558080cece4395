"""Everything a model card shows, measured from scores and labels: plain values, no model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from classifiers.calibration import threshold_for_recall
from classifiers.intervals import (
    F64,
    Curve,
    Estimate,
    Flags,
    Ranking,
    precision_recall,
    ranking,
    rate,
)
from classifiers.model_card.slices import (
    Axis,
    BenignKind,
    Names,
    axis,
    benign_kinds,
    length_quarters,
)

BINS = 10  # of the reliability table, with equally many rows each
HISTOGRAM_BINS = 25
RECALLS = (0.8, 0.9)  # operating points shown beside the threshold in use


@dataclass(frozen=True)
class Recall:
    """Positives found elsewhere by the same model at the same threshold.

    For data that holds benign rows alone: without it, nobody can tell a careful model from a blind
    one. data: where it was measured, in words.
    """

    data: str
    hits: int
    n: int


@dataclass(frozen=True, eq=False)
class Scored:
    """n >= 1 labelled rows with the score that a model gave to each.

    data: what the rows are, in words. scores: n, 0..1. positive: n, True for propaganda.
    threshold: flag at or above it. axes: by name, the names of each row (n tuples; a row may carry
    several codes or none). kinds: the axes that tell why a benign row was posted. about: facts to
    print. threshold_notes: sentences about where the threshold comes from. recall_elsewhere: for
    rows that are all benign.
    Raises ValueError where the parts do not fit together.
    """

    model_version: str
    data: str
    threshold: float
    scores: F64
    positive: Flags
    texts: Sequence[str]
    axes: Mapping[str, Names] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    recall_elsewhere: Recall | None = None
    threshold_notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.scores)
        sizes = {"positive": len(self.positive), "texts": len(self.texts)}
        sizes |= {f"axis {name}": len(names) for name, names in self.axes.items()}
        for part, size in sizes.items():
            if size != n:
                raise ValueError(f"{part} has {size} entries, but there are {n} scores.")
        if n == 0:
            raise ValueError("There are no rows to measure.")
        if not ((self.scores >= 0) & (self.scores <= 1)).all():
            raise ValueError("A score is not a number from 0 to 1.")
        unknown = [name for name in self.kinds if name not in self.axes]
        if unknown:
            raise ValueError(f"There is no axis {unknown[0]} to take kinds of benign posts from.")


@dataclass(frozen=True)
class Bin:
    """Rows of neighbouring scores: the mean score, and the share that is positive."""

    low: float
    high: float
    mean_score: float
    share: Estimate


@dataclass(frozen=True)
class Histogram:
    """Counts of scores in len(benign) equal steps from 0 to 1, by label."""

    benign: tuple[int, ...]
    positive: tuple[int, ...]


@dataclass(frozen=True)
class Point:
    """A threshold and what it does to these rows. name: why this threshold. None: no such rows."""

    name: str
    threshold: float
    recall: Estimate | None
    precision: Estimate | None
    benign_flag_rate: Estimate | None


@dataclass(frozen=True)
class Measured:
    """A model on one set of rows. points[0] is the threshold in use.

    curve: None where there is one kind of row only. `dataclasses.asdict` makes it JSON.
    """

    model_version: str
    data: str
    about: tuple[tuple[str, str], ...]
    n: int
    positives: int
    figures: Ranking
    points: tuple[Point, ...]
    curve: Curve | None
    bins: tuple[Bin, ...]
    histogram: Histogram
    axes: tuple[Axis, ...]
    kinds: tuple[BenignKind, ...]
    recall_elsewhere: tuple[str, Estimate] | None
    threshold_notes: tuple[str, ...] = ()

    @property
    def recall_in_use(self) -> Estimate | None:
        """Recall at the threshold in use: of these rows, or of others; None where nobody knows."""
        if self.points[0].recall is not None or self.recall_elsewhere is None:
            return self.points[0].recall
        return self.recall_elsewhere[1]


def measure(scored: Scored) -> Measured:
    """All figures of a card, with their intervals; seconds for ten thousand rows."""
    scores = np.asarray(scored.scores, dtype=np.float64)
    positive = np.asarray(scored.positive, dtype=np.bool_)
    points = _points(scores, positive, scored.threshold)
    thresholds = [point.threshold for point in points]
    kinds = [
        benign_kinds(name, scored.axes[name], scores, positive, thresholds) for name in scored.kinds
    ]
    return Measured(
        model_version=scored.model_version,
        data=scored.data,
        about=tuple(scored.about.items()),
        n=len(scores),
        positives=int(positive.sum()),
        figures=ranking(scores, positive, scored.threshold),
        points=points,
        curve=precision_recall(scores, positive),
        bins=reliability_bins(scores, positive),
        histogram=_histogram(scores, positive),
        axes=_axes(scored, scores, positive),
        kinds=tuple(kind for of_axis in kinds for kind in of_axis),
        recall_elsewhere=_elsewhere(scored.recall_elsewhere),
        threshold_notes=scored.threshold_notes,
    )


def reliability_bins(scores: F64, positive: Flags) -> tuple[Bin, ...]:
    """BINS bins of equal mass, from low to high scores; fewer where many scores are equal.

    Equal scores share a bin: otherwise the order of the rows would decide what the table says.
    """
    order = np.argsort(scores, kind="stable")
    ranked, truth = scores[order], positive[order]
    starts = np.arange(BINS) * len(scores) // BINS
    starts = np.unique(np.searchsorted(ranked, ranked[starts]))
    parts = zip(np.split(ranked, starts[1:]), np.split(truth, starts[1:]), strict=True)
    bins = []
    for part, hits in parts:
        share = rate(int(hits.sum()), len(part))
        if share is not None:
            bins.append(Bin(float(part[0]), float(part[-1]), float(part.mean()), share))
    return tuple(bins)


def _points(scores: F64, positive: Flags, threshold: float) -> tuple[Point, ...]:
    points = [_point("in use", threshold, scores, positive)]
    if positive.any():
        for recall in RECALLS:
            cut = threshold_for_recall(scores[positive], recall)
            points.append(_point(f"finds {100 * recall:.0f} %", cut, scores, positive))
    return tuple(points)


def _point(name: str, threshold: float, scores: F64, positive: Flags) -> Point:
    flagged = scores >= threshold
    hits, flags, yes = int((flagged & positive).sum()), int(flagged.sum()), int(positive.sum())
    return Point(
        name=name,
        threshold=threshold,
        recall=rate(hits, yes),
        precision=rate(hits, flags) if yes else None,
        benign_flag_rate=rate(flags - hits, len(scores) - yes),
    )


def _histogram(scores: F64, positive: Flags) -> Histogram:
    edges = np.linspace(0, 1, HISTOGRAM_BINS + 1)
    benign, _ = np.histogram(scores[~positive], edges)
    found, _ = np.histogram(scores[positive], edges)
    return Histogram(tuple(benign.tolist()), tuple(found.tolist()))


def _axes(scored: Scored, scores: F64, positive: Flags) -> tuple[Axis, ...]:
    axes = [
        axis(name, names, scores, positive, scored.threshold) for name, names in scored.axes.items()
    ]
    quarters, order = length_quarters(scored.texts)
    axes.append(axis("length", quarters, scores, positive, scored.threshold, order))
    return tuple(axes)


def _elsewhere(recall: Recall | None) -> tuple[str, Estimate] | None:
    found = None if recall is None else rate(recall.hits, recall.n)
    return None if recall is None or found is None else (recall.data, found)
