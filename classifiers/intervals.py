"""How far a measured figure may be from the truth: exact for rates, by bootstrap for the rest.

An interval speaks of other rows drawn as these were. It knows nothing of other sources, of wrong
labels, or of another training run.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

CONFIDENCE = 0.95
RESAMPLES = 500  # enough that the ends of a 95 % interval repeat to about a tenth of its width
SEED = 20170801
FEWEST_OF_A_KIND = 10  # below, a percentile bootstrap covers far less than it says: none is given
RECALL_GRID = np.arange(1, 101) / 100
_CELLS_AT_ONCE = 2_000_000  # resamples times rows held together: 16 MB a matrix


@dataclass(frozen=True)
class Estimate:
    """A figure, the two-sided 95 % interval around it, and the number of rows behind it.

    low, high: None where the rows are too few for an interval. hits: the count behind a rate,
    None for what is not a rate.
    """

    value: float
    low: float | None
    high: float | None
    n: int
    hits: int | None = None


@dataclass(frozen=True)
class BoundedRate:
    """A rate with the bound that the true one exceeds in at most 5 % of samples, one-sided."""

    hits: int
    n: int
    value: float
    upper: float


@dataclass(frozen=True)
class Ranking:
    """Figures of n scores. None: undefined, as a ranking is for one kind of row.

    calibration_bias: mean score minus share of positives; above 0, the scores promise too much.
    """

    average_precision: Estimate | None
    roc_auc: Estimate | None
    brier: Estimate
    calibration_bias: Estimate
    macro_f1: Estimate | None


@dataclass(frozen=True)
class Curve:
    """Precision at each recall of RECALL_GRID, with a pointwise 95 % bootstrap band.

    The precision is that of the highest threshold that reaches the recall: not interpolated. low
    and high are empty where the rows are too few.
    """

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def rate(hits: int, n: int) -> Estimate | None:
    """hits of n with the Clopper-Pearson interval (1934); None for n = 0."""
    if n == 0:
        return None
    tail = (1 - CONFIDENCE) / 2
    low = float(beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return Estimate(hits / n, low, high, n, hits)


def bounded_rate(hits: int, n: int) -> BoundedRate:
    """hits of n >= 1 with the one-sided 95 % Clopper-Pearson upper bound."""
    upper = float(beta.ppf(CONFIDENCE, hits + 1, n - hits)) if hits < n else 1.0
    return BoundedRate(hits, n, hits / n, upper)


def ranking(scores: F64, positive: Flags, threshold: float) -> Ranking:
    """The figures of n >= 1 scores at a threshold; the same arguments give the same intervals."""
    ordered = _Ordered(scores, positive, threshold)
    point = ordered.figures(np.ones((1, len(scores))))[0]
    drawn = np.concatenate([ordered.figures(weights) for weights in _draws(len(scores))])
    both = 0 < ordered.positives < len(scores)
    kinds = min(ordered.positives, len(scores) - ordered.positives)

    def estimate(column: int, rows: int) -> Estimate:
        value = float(point[column])
        if rows < FEWEST_OF_A_KIND:
            return Estimate(value, None, None, len(scores))
        low, high = _percentiles(drawn[:, column])
        return Estimate(value, float(low), float(high), len(scores))

    return Ranking(
        average_precision=estimate(0, kinds) if both else None,
        roc_auc=estimate(1, kinds) if both else None,
        brier=estimate(2, len(scores)),
        calibration_bias=estimate(3, len(scores)),
        macro_f1=estimate(4, kinds) if both else None,
    )


def precision_recall(scores: F64, positive: Flags) -> Curve | None:
    """The curve of scores with both kinds of rows; None where there is one kind only."""
    ordered = _Ordered(scores, positive, 0.5)
    if not 0 < ordered.positives < len(scores):
        return None
    point = ordered.precision_on_grid(np.ones((1, len(scores))))[0]
    low = high = ()
    if min(ordered.positives, len(scores) - ordered.positives) >= FEWEST_OF_A_KIND:
        drawn = [ordered.precision_on_grid(weights) for weights in _draws(len(scores))]
        band = _percentiles(np.concatenate(drawn))
        low, high = tuple(band[0].tolist()), tuple(band[1].tolist())
    return Curve(tuple(RECALL_GRID.tolist()), tuple(point.tolist()), low, high)


def _draws(n: int) -> Iterator[F64]:
    """Blocks of resamples: how often each of n rows was drawn, (resamples of the block, n)."""
    draws = np.random.default_rng(SEED)
    block = max(1, min(RESAMPLES, _CELLS_AT_ONCE // n))
    for start in range(0, RESAMPLES, block):
        size = min(block, RESAMPLES - start)
        drawn = draws.integers(0, n, (size, n)) + n * np.arange(size)[:, None]
        yield np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)


def _percentiles(drawn: F64) -> F64:
    """The ends of the interval for each column; resamples without one kind of row do not count."""
    tail = 100 * (1 - CONFIDENCE) / 2
    return np.asarray(np.nanpercentile(drawn, [tail, 100 - tail], axis=0))


class _Ordered:
    """Scores in falling order, so that figures of many weightings are sums along the rows."""

    def __init__(self, scores: F64, positive: Flags, threshold: float) -> None:
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        self.positive = positive[order].astype(np.float64)
        self.positives = int(positive.sum())
        # Equal scores rise or fall together: a threshold can only stand behind the last of them.
        self.ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
        flagged = (ranked >= threshold).astype(np.float64)
        self.sums = np.column_stack(
            [
                (ranked - self.positive) ** 2,
                ranked - self.positive,
                flagged,
                self.positive,
                flagged * self.positive,
            ]
        )

    def figures(self, weights: F64) -> F64:
        """(k, 5) average precision, AUC, Brier, bias, macro-F1 of (k, n) weights; NaN: undefined.

        Every row of weights adds up to n.
        """
        n = weights.shape[1]
        found, flags = self._cumulated(weights)
        square, bias, flagged, yes, hits = (weights @ self.sums).T
        gained = np.diff(found, axis=1, prepend=0.0)
        others = flags - found
        passed = np.diff(others, axis=1, prepend=0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = np.nan_to_num(found / flags)
            average = (gained * precision).sum(axis=1) / yes
            below = (n - yes)[:, None] - others + passed / 2
            auc = (gained * below).sum(axis=1) / (yes * (n - yes))
            f1_yes = 2 * hits / (flagged + yes)
            f1_no = 2 * (n - flagged - yes + hits) / (2 * n - flagged - yes)
        macro = (f1_yes + f1_no) / 2
        columns = np.column_stack([average, auc, square / n, bias / n, macro])
        columns[(yes == 0) | (yes == n)] *= [np.nan, np.nan, 1, 1, np.nan]
        return columns

    def precision_on_grid(self, weights: F64) -> F64:
        """(k, 100) precision where each recall of the grid is first reached; NaN: undefined."""
        found, flags = self._cumulated(weights)
        answer = np.full((len(weights), len(RECALL_GRID)), np.nan)
        for row, (hits, total) in enumerate(zip(found, flags, strict=True)):
            if hits[-1]:
                first = np.searchsorted(hits, RECALL_GRID * hits[-1] - 1e-9)
                answer[row] = hits[first] / total[first]
        return answer

    def _cumulated(self, weights: F64) -> tuple[F64, F64]:
        """Weighted positives, and rows, flagged at each possible threshold, from high to low."""
        found = np.cumsum(weights * self.positive, axis=1)[:, self.ends]
        flags = np.cumsum(weights, axis=1)[:, self.ends]
        return found, flags
