"""Finds the case that a flagged post is a near-identical copy for.

The same words are found by their hash. For others MinHash bands as rows name the candidates, and
the texts themselves decide: docs/decisions/ tells what was measured. Only flagged posts of the last
30 days are compared.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq
from rensa import RMinHash
from sqlalchemy import Select, bindparam, delete, exists, func, literal_column, select, union_all

from bot.storage.store import AnyRow, Store
from bot.storage.tables import bands, revisions, sightings, wordings
from classifiers import normalise

MEMORY = timedelta(days=30)
_PERMUTATIONS, _BANDS, _ROWS = 128, 32, 4  # near 1 at three quarters of the shingles shared
_SHINGLE = 5  # characters
_FIRST_CANDIDATES, _MOST_CANDIDATES = 4, 20  # texts that are compared
_MOST_OF_A_BAND = 16
_AT_ONCE = 500  # wordings that one statement names
_SAME = 70.0  # percent of the longer text, by edits
_CONTAINED = 90.0  # percent of the shorter text, found within the longer
_ALIKE = 50.0  # percent by edits from which people are asked
_PARTLY_CONTAINED = 75.0
_LEAST_CONTAINED = 40  # characters; shorter ones are contained in too much


@dataclass(frozen=True)
class Fingerprint:
    """A normalised text, its hash and those of its bands; none for a text without words."""

    text: str
    hash: int
    bands: tuple[int, ...]


def fingerprint(text: str) -> Fingerprint:
    """What near-duplicate look-up needs to know of a text."""
    plain = " ".join(normalise(text).split())
    return fingerprint_plain(plain) if plain else Fingerprint("", 0, ())


def fingerprint_plain(plain: str) -> Fingerprint:
    """The same of a text that is normalised already and has words."""
    shingles = {plain[i : i + _SHINGLE] for i in range(max(1, len(plain) - _SHINGLE + 1))}
    sketch = RMinHash(num_perm=_PERMUTATIONS, seed=42)
    sketch.update(shingles)
    values: Sequence[int] = sketch.digest()
    return Fingerprint(
        plain,
        _hash(plain.encode("utf-8", "surrogatepass")),
        tuple(_band(i, values) for i in range(_BANDS)),
    )


def _band(index: int, values: Sequence[int]) -> int:
    rows = values[index * _ROWS : (index + 1) * _ROWS]
    return _hash(struct.pack(f"<{_ROWS + 1}Q", index, *rows))


def _hash(content: bytes) -> int:
    """Eight bytes, as the integer that both databases hold."""
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little", signed=True)


def is_near_copy(one: str, other: str) -> bool:
    """Whether two normalised texts say the same but for a few words, or one holds the other."""
    return _agree(one, other, _SAME) or _holds(one, other, _CONTAINED)


def is_alike(one: str, other: str) -> bool:
    """Whether two normalised texts may be copies, so that a person should say."""
    return _agree(one, other, _ALIKE) or _holds(one, other, _PARTLY_CONTAINED)


def _agree(one: str, other: str, percent: float) -> bool:
    return fuzz.ratio(one, other, score_cutoff=percent) > 0


def _holds(one: str, other: str, percent: float) -> bool:
    """Whether the shorter text is found within the longer, by so much.

    To find where takes a hundred times as long as to count the letters that both have in the same
    order. A stretch with which n letters agree by p % has n * p / (200 - p) of them at the least.
    """
    shorter = min(len(one), len(other))
    if shorter < _LEAST_CONTAINED:
        return False
    if LCSseq.similarity(one, other) < shorter * percent / (200 - percent):
        return False
    return fuzz.partial_ratio(one, other, score_cutoff=percent) > 0


def nearness(one: str, other: str) -> float:
    """How much two texts agree, 0 to 1, by edits."""
    return fuzz.ratio(one, other) / 100


@dataclass(frozen=True)
class Resemblance:
    """A case that a text is like. joins: near enough to be put there unasked."""

    case_id: int
    joins: bool


def _best() -> Select[tuple[int | None, str | None]]:
    """Case and text of the wordings that share most bands, the same words before all; neither
    where nobody said them lately.

    Of each band only its newest wordings are read, so that a template of which a thousand versions
    were posted costs no more than one that was posted sixteen times. It is made once: putting 33
    questions together takes longer than asking them.
    """
    newest = [
        select(
            select(bands.c.wording_id, literal_column("1").label("weight"))
            .where(bands.c.band == bindparam(f"band_{place}"))
            .order_by(bands.c.wording_id.desc())
            .limit(_MOST_OF_A_BAND)
            .subquery()
        )
        for place in range(_BANDS)
    ]
    same = select(wordings.c.id, literal_column(f"{_BANDS + 1}")).where(
        wordings.c.hash == bindparam("hash")
    )
    found = union_all(*newest, same).subquery()
    shared = func.sum(found.c.weight)
    best = (
        select(found.c.wording_id, shared.label("shared"))
        .group_by(found.c.wording_id)
        .order_by(shared.desc(), found.c.wording_id.desc())
        .limit(bindparam("most"))
        .subquery()
    )
    of_wording = sightings.alias()
    last = (
        select(of_wording.c.revision_id)
        .where(
            of_wording.c.wording_id == best.c.wording_id,
            of_wording.c.seen_at > bindparam("since", type_=of_wording.c.seen_at.type),
        )
        .order_by(of_wording.c.revision_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(sightings.c.case_id, revisions.c.text)
        .select_from(best)
        .outerjoin(sightings, sightings.c.revision_id == last)
        .outerjoin(revisions, revisions.c.id == sightings.c.revision_id)
        .order_by(best.c.shared.desc(), best.c.wording_id.desc())
    )


_BEST = _best()


def _resemblance(plain: str, row: AnyRow) -> Resemblance | None:
    if row.case_id is None:
        return None
    text = " ".join(normalise(row.text).split())
    if is_near_copy(plain, text):
        return Resemblance(row.case_id, joins=True)
    return Resemblance(row.case_id, joins=False) if is_alike(plain, text) else None


class NearDuplicateStore(Store):
    async def find(self, print_: Fingerprint, now: datetime) -> Resemblance | None:
        """The case of the same words or of the nearest copy, or else one that is alike, or None."""
        if not print_.bands:
            return None
        alike, seen = None, 0
        # A few first: one of these is nearly always it, and each text is a page to be read.
        for most in (_FIRST_CANDIDATES, _MOST_CANDIDATES):
            rows = await self._candidates(print_, now - MEMORY, most)
            for row in rows[seen:]:
                found = _resemblance(print_.text, row)
                if found is not None and found.joins:
                    return found
                alike = alike or found
            seen = len(rows)
            if seen < most:
                break
        return alike

    async def _candidates(
        self, print_: Fingerprint, since: datetime, most: int
    ) -> Sequence[AnyRow]:
        """The wordings that share most bands."""
        bound: dict[str, Any] = {f"band_{place}": one for place, one in enumerate(print_.bands)}
        bound |= {"hash": print_.hash, "since": since, "most": most}
        return (await self._connection.execute(_BEST, bound)).all()

    async def keep(
        self, print_: Fingerprint, revision_id: int, case_id: int, now: datetime
    ) -> None:
        """Has copies of the revision found; words that are known already add no bands."""
        if not print_.bands:
            return
        new = await self._connection.execute(
            self._insert_new(wordings)
            .values(id=revision_id, hash=print_.hash)
            .returning(wordings.c.id)
        )
        if new.one_or_none() is not None:
            rows = [
                {"band": band, "wording_id": revision_id} for band in dict.fromkeys(print_.bands)
            ]
            await self._connection.execute(self._insert_new(bands), rows)
        wording_id = select(wordings.c.id).where(wordings.c.hash == print_.hash).scalar_subquery()
        await self._connection.execute(
            self._insert_new(sightings).values(
                revision_id=revision_id, wording_id=wording_id, case_id=case_id, seen_at=now
            )
        )

    async def forget(self, revision_ids: Select[tuple[int]]) -> int:
        """Has no copies of these revisions found any more; of how many that was still so."""
        theirs = sightings.c.revision_id.in_(revision_ids)
        rows = await self._connection.execute(
            delete(sightings).where(theirs).returning(sightings.c.wording_id)
        )
        gone = [row.wording_id for row in rows]
        still_said = exists().where(sightings.c.wording_id == wordings.c.id)
        for some in _portions(sorted(set(gone))):
            await self._connection.execute(
                delete(wordings).where(wordings.c.id.in_(some), ~still_said)
            )
        return len(gone)

    async def forget_old(self, now: datetime, limit: int) -> int:
        """Leaves what is too old to be compared; of how many revisions, at most `limit`."""
        old = select(sightings.c.revision_id).where(sightings.c.seen_at <= now - MEMORY)
        return await self.forget(old.order_by(sightings.c.revision_id).limit(limit))


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many as a statement may name."""
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]
