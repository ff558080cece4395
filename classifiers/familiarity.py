"""Whether a text looks like what the model was trained on at all.

Words that training never saw weigh nothing, so a text in an unseen language would come out "clean".
Two cheap signs say so instead: letters of a script that training hardly saw, and windows of four
letters that are rarer than those of nearly every training text of the same script.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.features import F32, F64, Cells
from classifiers.ngrams import WINDOWS, WORDS
from classifiers.scripts import SCRIPTS, letters_by_script

FEWEST_WINDOWS = 20  # a shorter text is judged by its script alone
_QUANTILE = 0.995
# The limit lies this share of the way from that quantile to a text of windows never seen: training
# texts of one kind must not make posts of another kind foreign.
_MARGIN = 0.15
_FEWEST_TEXTS = 10
_SMALLEST_SHARE = 0.005
_FOREIGN_SHARE = 0.5


@dataclass(frozen=True)
class Familiarity:
    """scripts: names of those that training saw enough of.
    rarest: for each, the mean rarity (ln of texts over texts with the window) of a text's windows
    above which the text is unknown."""

    scripts: tuple[str, ...]
    rarest: tuple[float, ...]

    def foreign_script(self, letters: NDArray[np.int64]) -> NDArray[np.bool_]:
        """For each row of `letters_by_script`: more than half of it is of other scripts."""
        seen = np.array([name in self.scripts for name in SCRIPTS])
        total = letters.sum(axis=1)
        return np.asarray(letters[:, ~seen].sum(axis=1) > _FOREIGN_SHARE * total)

    def too_rare(
        self, letters: NDArray[np.int64], cells: Cells, idf: F32, never_seen: float
    ) -> NDArray[np.bool_]:
        """For each text: its windows are rarer than training's in the same script.

        never_seen: the rarity of a window whose idf is 0.
        """
        limits = dict(zip(self.scripts, self.rarest, strict=True))
        limit = np.array([limits.get(name, np.inf) for name in SCRIPTS])[letters.argmax(axis=1)]
        windows = (cells.column >= WORDS) & (cells.column < WORDS + WINDOWS)
        weight = idf[cells.column[windows]]
        rarity = np.where(weight > 0, weight - 1, never_seen)
        count, mean = _mean_by_text(cells.row[windows], rarity, cells.texts)
        return np.asarray((count >= FEWEST_WINDOWS) & (mean > limit))


def learn_familiarity(texts: Sequence[str], presence: sparse.csr_matrix) -> Familiarity:
    """From the training texts (normalised) and their presence matrix."""
    letters = letters_by_script(texts)
    main = np.where(letters.sum(axis=1) > 0, letters.argmax(axis=1), -1)
    often = np.bincount(main + 1, minlength=len(SCRIPTS) + 1)[1:]
    enough = min(max(_FEWEST_TEXTS, _SMALLEST_SHARE * len(texts)), max(1, len(texts) // 2))
    count, rarity = _rarity_without_itself(presence)
    limits = {}
    for number, name in enumerate(SCRIPTS):
        if often[number] >= enough:
            long_enough = rarity[(main == number) & (count >= FEWEST_WINDOWS)]
            limits[name] = _limit(long_enough, float(np.log1p(len(texts))))
    return Familiarity(tuple(limits), tuple(limits.values()))


def _limit(rarity: F64, highest: float) -> float:
    if len(rarity) < _FEWEST_TEXTS:
        return highest
    usual = float(np.quantile(rarity, _QUANTILE))
    return usual + _MARGIN * max(0.0, highest - usual)


def _rarity_without_itself(presence: sparse.csr_matrix) -> tuple[NDArray[np.int64], F64]:
    """Windows and mean rarity of each text, judged as if it had not been in training."""
    windows = sparse.csr_matrix(presence[:, WORDS : WORDS + WINDOWS])
    texts = windows.shape[0]
    frequency = np.bincount(windows.indices, minlength=WINDOWS)
    rarity = np.log(texts / frequency[windows.indices])  # of the other texts, one added to both
    row = np.repeat(np.arange(texts, dtype=np.int64), np.diff(windows.indptr))
    return _mean_by_text(row, rarity, texts)


def _mean_by_text(
    row: NDArray[np.int64], rarity: NDArray[np.floating], texts: int
) -> tuple[NDArray[np.int64], F64]:
    """How many values each text has, and their mean (0 for none)."""
    count = np.bincount(row, minlength=texts)
    total = np.asarray(np.bincount(row, weights=rarity, minlength=texts), dtype=np.float64)
    return count, total / np.maximum(count, 1)
