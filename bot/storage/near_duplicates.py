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
from sqlalchemy import func, select

from bot.storage.store import Store
from bot.storage.tables import bands, revisions
from classifiers import normalise

MEMORY = timedelta(days=30)
_PERMUTATIONS, _BANDS, _ROWS = 128, 32, 4  # near 1 at three quarters of the shingles shared
_SHINGLE = 5  # characters
_MOST_CANDIDATES = 20  # a template posted a thousand times is found with a few of its copies
_SAME = 70.0  # percent of the longer text, by edits
_CONTAINED = 90.0  # percent of the shorter text, found within the longer
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


class NearDuplicateStore(Store):
    async def find(self, print_: Fingerprint, now: datetime) -> int | None:
        """The case of the nearest copy, or None."""
        if not print_.bands:
            return None
        rows = await self._connection.execute(
            select(bands.c.case_id, revisions.c.text)
            .join(revisions, revisions.c.id == bands.c.revision_id)
            .where(bands.c.band.in_(print_.bands), bands.c.seen_at > now - MEMORY)
            .group_by(bands.c.revision_id, bands.c.case_id, revisions.c.text)
            .order_by(func.count().desc(), bands.c.revision_id.desc())
            .limit(_MOST_CANDIDATES)
        )
        for row in rows:
            if is_near_copy(print_.text, " ".join(normalise(row.text).split())):
                return int(row.case_id)
        return None

    async def keep(
        self, print_: Fingerprint, revision_id: int, case_id: int, now: datetime
    ) -> None:
        rows = [
            {"band": band, "revision_id": revision_id, "case_id": case_id, "seen_at": now}
            for band in dict.fromkeys(print_.bands)
        ]
        if rows:
            await self._connection.execute(self._insert_new(bands), rows)
