"""How alike texts read, for showing a person the examples nearest to a post.

Not a score: two posts can share nearly all their words and be opposites, which is why the nearest
example of each kind is shown.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy import sparse

from classifiers.features import F32, F64, presence_matrix, weighted_matrix
from classifiers.model import LONGEST_TEXT
from classifiers.ngrams import BUCKETS
from classifiers.normalise import normalise
from classifiers.seed import seed_rows


def vectors(texts: Sequence[str]) -> sparse.csr_matrix:
    """(n, BUCKETS) rows of length 1, or 0 for a text without n-grams. Raw texts, of any length.

    About 5,000 texts a second. The texts cannot be read back from them, but a guess could be
    checked: drop the vector when the text has to be forgotten.
    """
    presence = presence_matrix([normalise(text[:LONGEST_TEXT]) for text in texts])
    rows = weighted_matrix(presence, _rarity())
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    scale = sparse.diags(1 / np.where(length > 0, length, 1.0))
    return sparse.csr_matrix(scale @ rows, dtype=np.float32)


def likeness(one: sparse.csr_matrix, others: sparse.csr_matrix) -> F64:
    """Cosine of one row (1, BUCKETS) with each of n others, 0..1."""
    dense = one.toarray().ravel()
    return np.asarray(others @ dense, dtype=np.float64).clip(0, 1)


@cache
def _rarity() -> F32:
    """ln((1 + n) / (1 + lines with the bucket)) + 1 over the seed corpus.

    Unlike a model's idf it gives most weight to what the seed corpus never says: that a model
    learnt nothing of a word does not make two posts that share it less alike.
    """
    presence = presence_matrix([normalise(row.text) for row in seed_rows()])
    frequency = np.bincount(presence.indices, minlength=BUCKETS)
    rarity = np.log((1 + presence.shape[0]) / (1 + frequency)) + 1
    return rarity.astype(np.float32)
