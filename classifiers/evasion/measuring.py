"""Recall and flag rate of a model on clean texts and on the same texts with tricks in them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from classifiers.evasion.kinds import Kind
from classifiers.evasion.perturbing import perturb_all
from classifiers.intervals import Estimate, rate
from classifiers.table import Row

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

KEPT_AIM = 0.9  # of the clean recall
SIGNIFICANT = 0.05
RESAMPLES = 1000
SEED = 20170801


class Scorer(Protocol):
    """What is measured: `classifiers.Model`, or anything that scores texts as it does."""

    @property
    def version(self) -> str: ...
    @property
    def threshold(self) -> float: ...
    def scores(self, texts: Sequence[str]) -> F64:
        """n scores, 0..1; flagged at the threshold or above."""


@dataclass(frozen=True)
class Outcome:
    """One kind, or two at a time, on the rows whose text it changed (each kind of a pair, too).

    The clean figures are of the same rows. recall_kept: perturbed recall as a share of the clean
    one, with a paired 95 % bootstrap interval. newly_flagged, no_longer_flagged: benign rows that
    crossed the threshold. rise_p: chance of so many crossings upwards among all crossings if both
    ways were as likely (exact, one-sided). None: no such rows, or none found clean.
    """

    kinds: tuple[Kind, ...]
    recall_clean: Estimate | None
    recall: Estimate | None
    recall_kept: Estimate | None
    flag_rate_clean: Estimate | None
    flag_rate: Estimate | None
    newly_flagged: int
    no_longer_flagged: int
    rise_p: float

    @property
    def name(self) -> str:
        return " + ".join(self.kinds)

    @property
    def keeps_recall(self) -> bool:
        """Whether the perturbed recall is KEPT_AIM of the clean one or more."""
        return self.recall_kept is None or self.recall_kept.value >= KEPT_AIM

    @property
    def flags_no_more(self) -> bool:
        """Whether no more benign rows are flagged than clean."""
        return self.newly_flagged <= self.no_longer_flagged

    @property
    def rise_is_chance(self) -> bool:
        """Whether a rise of the flag rate, if any, is what chance alone may give."""
        return self.flags_no_more or self.rise_p > SIGNIFICANT


@dataclass(frozen=True)
class Report:
    """All outcomes: kinds first, then pairs. share: of the words of each text that were changed."""

    model_version: str
    threshold: float
    share: float
    seed: int
    n: int
    positives: int
    outcomes: tuple[Outcome, ...]


def measure(
    model: Scorer,
    rows: Sequence[Row],
    kinds: Sequence[Kind] = tuple(Kind),
    pairs: bool = True,
    share: float = 1.0,
    seed: int = SEED,
    advance: Callable[[float], None] = lambda share: None,
) -> Report:
    """Measure a model on labelled rows, each kind by itself and, with pairs, any two together.

    The same seed gives the same texts, whatever other kinds are measured. advance: hears the share
    done, 0..1.
    """
    positive = np.array([row.label == 1 for row in rows], dtype=bool)
    clean = _flagged(model, [row.text for row in rows])
    combined: list[tuple[Kind, ...]] = [(kind,) for kind in kinds]
    combined += list(combinations(kinds, 2)) if pairs else []
    outcomes = []
    for number, chosen in enumerate(combined, start=1):
        changed, texts = perturbed_texts([row.text for row in rows], chosen, share, seed)
        flagged = _flagged(model, texts)
        outcomes.append(_outcome(chosen, positive[changed], clean[changed], flagged))
        advance(number / len(combined))
    return Report(
        model_version=model.version,
        threshold=model.threshold,
        share=share,
        seed=seed,
        n=len(rows),
        positives=int(positive.sum()),
        outcomes=tuple(outcomes),
    )


def perturbed_texts(
    texts: Sequence[str], kinds: Sequence[Kind], share: float = 1.0, seed: int = SEED
) -> tuple[NDArray[np.int64], list[str]]:
    """Which texts these kinds change, every single one of them, and those texts changed."""
    changed, found = [], []
    for number, text in enumerate(texts):
        if all(perturb_all(text, (kind,), _draws(seed, number), share) != text for kind in kinds):
            changed.append(number)
            found.append(perturb_all(text, kinds, _draws(seed, number), share))
    return np.array(changed, dtype=np.int64), found


def _draws(seed: int, number: int) -> random.Random:
    return random.Random(f"{seed} {number}")  # noqa: S311 - nobody must be surprised by it


def _flagged(model: Scorer, texts: Sequence[str]) -> Flags:
    if not texts:
        return np.zeros(0, dtype=bool)
    return np.asarray(model.scores(texts) >= model.threshold)


def _outcome(kinds: tuple[Kind, ...], positive: Flags, clean: Flags, flagged: Flags) -> Outcome:
    up = int((~positive & flagged & ~clean).sum())
    down = int((~positive & clean & ~flagged).sum())
    return Outcome(
        kinds=kinds,
        recall_clean=_rate(clean[positive]),
        recall=_rate(flagged[positive]),
        recall_kept=_kept(clean[positive], flagged[positive]),
        flag_rate_clean=_rate(clean[~positive]),
        flag_rate=_rate(flagged[~positive]),
        newly_flagged=up,
        no_longer_flagged=down,
        rise_p=float(binom.sf(up - 1, up + down, 0.5)),
    )


def _rate(flagged: Flags) -> Estimate | None:
    return rate(int(flagged.sum()), len(flagged))


def _kept(clean: Flags, flagged: Flags) -> Estimate | None:
    """Ratio of two recalls of the same rows; resamples without a clean hit do not count."""
    if not clean.any():
        return None
    drawn = np.random.default_rng(SEED).integers(0, len(clean), (RESAMPLES, len(clean)))
    before, after = clean[drawn].sum(axis=1), flagged[drawn].sum(axis=1)
    usable = before > 0
    low, high = np.percentile(after[usable] / before[usable], [2.5, 97.5])
    value = float(flagged.sum() / clean.sum())
    return Estimate(value, float(low), float(high), len(clean))
