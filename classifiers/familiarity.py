"""Whether a text looks like what the model was trained on at all.

Words that training never saw weigh nothing, so a text in an unseen language would come out "clean".
Two cheap signs say so instead: letters of a script that training hardly saw, and windows of letters
that are rarer than those of nearly every training text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from classifiers.features import F32, Cells
from classifiers.ngrams import WINDOWS, WORDS
from classifiers.scripts import SCRIPTS, letters_by_script

FEWEST_WINDOWS = 20  # a shorter text is judged by its script alone
_QUANTILE = 0.995
_FEWEST_TEXTS = 10
_SMALLEST_SHARE = 0.005
_FOREIGN_SHARE = 0.5


@dataclass(frozen=True)
class Familiarity:
    """scripts: names of those that training saw enough of.
    rarest: mean rarity (ln of n over texts with the window) above which a text is unknown."""

    scripts: tuple[str, ...]
    rarest: float

    def foreign_script(self, letters: NDArray[np.int64]) -> NDArray[np.bool_]:
        """For each row of `letters_by_script`: more than half of it is of other scripts."""
        seen = np.array([name in self.scripts for name in SCRIPTS])
        total = letters.sum(axis=1)
        return np.asarray(letters[:, ~seen].sum(axis=1) > _FOREIGN_SHARE * total)

    def too_rare(self, cells: Cells, idf: F32, never_seen: float) -> NDArray[np.bool_]:
        """For each text: its windows are rarer than training's. never_seen: rarity of idf 0."""
        windows = cells.column >= WORDS
        row = cells.row[windows]
        weight = idf[cells.column[windows]]
        rarity = np.where(weight > 0, weight - 1, never_seen)
        count = np.bincount(row, minlength=cells.texts)
        mean = np.bincount(row, weights=rarity, minlength=cells.texts) / np.maximum(count, 1)
        return np.asarray((count >= FEWEST_WINDOWS) & (mean > self.rarest))


def learn_familiarity(texts: Sequence[str], counts: sparse.csr_matrix) -> Familiarity:
    """From the training texts (normalised) and their count matrix."""
    letters = letters_by_script(texts)
    main = letters.argmax(axis=1)[letters.sum(axis=1) > 0]
    often = np.bincount(main, minlength=len(SCRIPTS))
    enough = np.maximum(_FEWEST_TEXTS, _SMALLEST_SHARE * len(texts))
    enough = min(enough, max(1, len(texts) // 2))
    names = tuple(name for name, texts_in in zip(SCRIPTS, often, strict=True) if texts_in >= enough)
    return Familiarity(names, _rarest_of_training(counts))


def _rarest_of_training(counts: sparse.csr_matrix) -> float:
    """The high quantile of mean rarity, each text judged as if it had not been in training."""
    windows = sparse.csr_matrix(counts[:, WORDS:])
    texts = windows.shape[0]
    frequency = np.bincount(windows.indices, minlength=WINDOWS)
    without_itself = np.log(texts / frequency[windows.indices])  # frequency - 1, plus 1
    size = np.diff(windows.indptr)
    sums = np.add.reduceat(np.append(without_itself, 0.0), windows.indptr[:-1])
    long_enough = size >= FEWEST_WINDOWS
    if not long_enough.any():
        return float(np.log(1 + texts))
    return float(np.quantile(sums[long_enough] / size[long_enough], _QUANTILE))
