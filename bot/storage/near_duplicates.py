"""Finds the case that a flagged post is a near-identical copy for.

MinHash bands as rows name the candidates, and the texts themselves decide: docs/decisions/ tells
what was measured. Only flagged posts of the last 30 days are compared.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from rapidfuzz import fuzz
from rensa import RMinHash
from sqlalchemy import Select, bindparam, func, select, union_all

from bot.storage.store import AnyRow, Store
from bot.storage.tables import bands, revisions
from classifiers import normalise

MEMORY = timedelta(days=30)
_PERMUTATIONS, _BANDS, _ROWS = 128, 32, 4  # near 1 at three quarters of the shingles shared
_SHINGLE = 5  # characters
_MOST_CANDIDATES = 20  # a template posted a thousand times is found with a few of its copies
_MOST_OF_A_BAND = 50
_SAME = 70.0  # percent of the longer text, by edits
_CONTAINED = 90.0  # percent of the shorter text, found within the longer
_ALIKE = 50.0  # percent by edits from which people are asked
_PARTLY_CONTAINED = 75.0
_LEAST_CONTAINED = 40  # characters; shorter ones are contained in too much


@dataclass(frozen=True)
class Fingerprint:
    """A normalised text and the hashes of its bands; none for a text without words."""

    text: str
    bands: tuple[int, ...]


def fingerprint(text: str) -> Fingerprint:
    """What near-duplicate look-up needs to know of a text."""
    plain = " ".join(normalise(text).split())
    if not plain:
        return Fingerprint("", ())
    shingles = {plain[i : i + _SHINGLE] for i in range(max(1, len(plain) - _SHINGLE + 1))}
    sketch = RMinHash(num_perm=_PERMUTATIONS, seed=42)
    sketch.update(sorted(shingles))
    values: Sequence[int] = sketch.digest()
    return Fingerprint(plain, tuple(_band(i, values) for i in range(_BANDS)))


def _band(index: int, values: Sequence[int]) -> int:
    rows = values[index * _ROWS : (index + 1) * _ROWS]
    digest = blake2b(struct.pack(f"<{_ROWS + 1}Q", index, *rows), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def is_near_copy(one: str, other: str) -> bool:
    """Whether two normalised texts say the same but for a few words, or one holds the other."""
    if fuzz.ratio(one, other, score_cutoff=_SAME):
        return True
    if min(len(one), len(other)) < _LEAST_CONTAINED:
        return False
    return fuzz.partial_ratio(one, other, score_cutoff=_CONTAINED) > 0


def is_alike(one: str, other: str) -> bool:
    """Whether two normalised texts may be copies, so that a person should say."""
    if fuzz.ratio(one, other, score_cutoff=_ALIKE):
        return True
    if min(len(one), len(other)) < _LEAST_CONTAINED:
        return False
    return fuzz.partial_ratio(one, other, score_cutoff=_PARTLY_CONTAINED) > 0


def nearness(one: str, other: str) -> float:
    """How much two texts agree, 0 to 1, by edits."""
    return fuzz.ratio(one, other) / 100


@dataclass(frozen=True)
class Resemblance:
    """A case that a text is like. joins: near enough to be put there unasked."""

    case_id: int
    joins: bool


def _best() -> Select[tuple[int, str]]:
    """Case and text of the revisions that share most bands, the nearest first.

    Of each band only its newest revisions are read, so that a template which was posted ten
    thousand times costs no more than one that was posted fifty times. It is made once: putting 32
    questions together takes longer than asking them.
    """
    newest = [
        select(
            select(bands.c.revision_id, bands.c.case_id, bands.c.seen_at)
            .where(bands.c.band == bindparam(f"band_{place}"))
            .order_by(bands.c.revision_id.desc())
            .limit(_MOST_OF_A_BAND)
            .subquery()
        )
        for place in range(_BANDS)
    ]
    found = union_all(*newest).subquery()
    best = (
        select(found.c.revision_id, found.c.case_id, func.count().label("shared"))
        .where(found.c.seen_at > bindparam("since", type_=bands.c.seen_at.type))
        .group_by(found.c.revision_id, found.c.case_id)
        .order_by(func.count().desc(), found.c.revision_id.desc())
        .limit(_MOST_CANDIDATES)
        .subquery()
    )
    return (
        select(best.c.case_id, revisions.c.text)
        .join(revisions, revisions.c.id == best.c.revision_id)
        .order_by(best.c.shared.desc(), best.c.revision_id.desc())
    )


_BEST = _best()


class NearDuplicateStore(Store):
    async def find(self, print_: Fingerprint, now: datetime) -> Resemblance | None:
        """The case of the nearest copy, or else one that is alike, or None."""
        if not print_.bands:
            return None
        alike = None
        for row in await self._candidates(print_, now):
            text = " ".join(normalise(row.text).split())
            if is_near_copy(print_.text, text):
                return Resemblance(row.case_id, joins=True)
            if alike is None and is_alike(print_.text, text):
                alike = Resemblance(row.case_id, joins=False)
        return alike

    async def _candidates(self, print_: Fingerprint, now: datetime) -> Sequence[AnyRow]:
        """The revisions that share most bands, at most 20."""
        bound = {f"band_{place}": band for place, band in enumerate(print_.bands)}
        rows = await self._connection.execute(_BEST, bound | {"since": now - MEMORY})
        return rows.all()

    async def keep(
        self, print_: Fingerprint, revision_id: int, case_id: int, now: datetime
    ) -> None:
        rows = [
            {"band": band, "revision_id": revision_id, "case_id": case_id, "seen_at": now}
            for band in dict.fromkeys(print_.bands)
        ]
        if rows:
            await self._connection.execute(self._insert_new(bands), rows)
