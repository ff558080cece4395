"""Finds the confirmed and the benign example that read most like a post, to stand beside it.

No words are kept here: vectors of hashed n-grams are, for as long as the texts behind them exist,
and the words are read from the database for each answer. What was forgotten, undone or withdrawn
is gone with the next question.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from scipy import sparse

from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.nearest import Example, NearestExamples
from bot.domain.post import Revision
from bot.storage.database import Database
from bot.storage.examples import DecidedRevision
from classifiers.likeness import likeness, vectors
from classifiers.seed import seed_rows
from classifiers.table import Row

Thing = TypeVar("Thing")
MOST_OF_A_KIND = 2000  # decisions; the newest say best what is posted now
_TEXTS_AT_ONCE = 500
# Below, a resemblance is chance: half of 300 everyday posts are within 0.11 of some seed line and
# nine in ten within 0.15, while three quarters of the functional suite are nearer than that.
LEAST_LIKENESS = 0.15


@dataclass(frozen=True)
class _Found:
    """An example without its words: of a decided revision, or a line of the seed corpus."""

    likeness: float
    decided: DecidedRevision | None = None
    line: int = -1


@dataclass
class _Shelf:
    """Vectors of decided revisions: one row of the matrix for each, in the order of the list."""

    decided: list[DecidedRevision] = field(default_factory=list)
    matrix: sparse.csr_matrix | None = None


class Nearest:
    """One for the process: the first question takes two seconds, and the others some 40 ms.

    So it was with 4,000 decisions on two busy cores.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._shelf = _Shelf()
        self._turn = asyncio.Lock()

    async def to(self, revision: Revision) -> NearestExamples:
        """The nearest examples of other posts; of equal ones, decisions come before seed lines."""
        async with self._turn:
            await self._refresh()
            ranked = await asyncio.to_thread(_ranked, revision, self._shelf)
        return NearestExamples(
            await self._first(ranked, is_propaganda=True),
            await self._first(ranked, is_propaganda=False),
        )

    async def _refresh(self) -> None:
        """Makes the shelf hold what is decided now, and nothing else."""
        async with self._database.look() as work:
            decided = await work.examples.decided(MOST_OF_A_KIND)
        if decided == self._shelf.decided:
            return
        known = {one.revision_id: row for row, one in enumerate(self._shelf.decided)}
        fresh = [one for one in decided if one.revision_id not in known]
        kept = [one for one in decided if one.revision_id in known]
        rows = [known[one.revision_id] for one in kept]
        parts = [self._shelf.matrix[rows]] if self._shelf.matrix is not None and rows else []
        for start in range(0, len(fresh), _TEXTS_AT_ONCE):
            some = fresh[start : start + _TEXTS_AT_ONCE]
            async with self._database.look() as work:
                texts = await work.examples.texts([one.revision_id for one in some])
            kept += [one for one in some if one.revision_id in texts]
            words = [texts[one.revision_id] for one in some if one.revision_id in texts]
            parts.append(await asyncio.to_thread(vectors, words))
        stacked = sparse.csr_matrix(sparse.vstack(parts)) if parts else None
        self._shelf = _Shelf(kept, stacked)

    async def _first(self, ranked: Sequence[_Found], *, is_propaganda: bool) -> Example | None:
        for found in ranked:
            harm, purpose = _codes(found)
            if (harm is not None) is not is_propaganda:
                continue
            text = await self._text(found)
            if text is not None:  # otherwise it was forgotten a moment ago
                return Example(text, found.likeness, harm, purpose, found.decided is not None)
        return None

    async def _text(self, found: _Found) -> str | None:
        if found.decided is None:
            return _seed()[found.line].text
        number = found.decided.revision_id
        async with self._database.look() as work:
            return (await work.examples.texts([number])).get(number)


def _ranked(revision: Revision, shelf: _Shelf) -> list[_Found]:
    """Every example near enough, nearest first."""
    asked = vectors([revision.text])
    found = [
        _Found(value, decided=one)
        for one, value in _near(asked, shelf.matrix, shelf.decided)
        if one.post_id != revision.post_id
    ]
    found += [
        _Found(value, line=line)
        for line, value in _near(asked, _seed_vectors(), range(len(_seed())))
    ]
    return sorted(found, key=lambda one: -one.likeness)


def _near(
    asked: sparse.csr_matrix, matrix: sparse.csr_matrix | None, things: Sequence[Thing]
) -> Iterator[tuple[Thing, float]]:
    if matrix is None:
        return
    near = likeness(asked, matrix)
    for row in (near >= LEAST_LIKENESS).nonzero()[0].tolist():
        yield things[row], float(near[row])


def _codes(found: _Found) -> tuple[HarmCode | None, PurposeCode | None]:
    if found.decided is not None:
        return found.decided.harm, found.decided.purpose
    row = _seed()[found.line]
    harm = HarmCode(row.harm[0]) if row.harm else None
    return harm, PurposeCode(row.purpose) if row.purpose else None


@cache
def _seed() -> list[Row]:
    return seed_rows()


@cache
def _seed_vectors() -> sparse.csr_matrix:
    return vectors([row.text for row in _seed()])
