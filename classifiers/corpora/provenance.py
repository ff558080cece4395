"""Whether a model may learn from rows, by the licences of the corpora that they name."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from classifiers.corpora.corpus import Corpus
from classifiers.corpora.errors import LicenceError
from classifiers.corpora.licence import Shipping, may_ship
from classifiers.table import Row


@dataclass(frozen=True)
class Origin:
    """A corpus that rows were taken from. licence: "" where the catalogue does not know it.

    shipping: of a model that learnt from it; UNKNOWN too for a corpus that is not in the catalogue.
    """

    corpus: str
    rows: int
    licence: str
    shipping: Shipping


def origins(
    rows: Sequence[Row], corpora: Sequence[Corpus], allowed: Collection[str] = ()
) -> list[Origin]:
    """The corpora that rows name, by name; rows that name none are the operator's own.

    allowed: corpora that the operator takes on their own responsibility, by name.
    Raises LicenceError for a corpus of the catalogue whose licence does not clearly allow a shipped
    model, unless it is allowed; and for a corpus to measure with, in any case.
    """
    known = {corpus.name: corpus for corpus in corpora}
    counts = Counter(row.corpus for row in rows if row.corpus)
    for name in sorted(counts):
        if name in known:
            first = next(row for row in rows if row.corpus == name)
            _check(known[name], first, allowed)
    return [_origin(name, counts[name], known.get(name)) for name in sorted(counts)]


def facts(found: Sequence[Origin]) -> dict[str, Any]:
    """For the artefact; {} where no row names a corpus.

    may_ship: whether every corpus clearly allows it.
    """
    if not found:
        return {}
    may = all(origin.shipping is Shipping.ALLOWED for origin in found)
    return {"corpora": [asdict(origin) for origin in found], "may_ship": may}


def _check(corpus: Corpus, first: Row, allowed: Collection[str]) -> None:
    if corpus.use == "measure":
        raise LicenceError(
            f"{first.place}, column corpus: {corpus.name} is there to measure with; a model that "
            "learnt from it could not be measured any more. Leave its rows out."
        )
    if not may_ship(corpus) and corpus.name not in allowed:
        raise LicenceError(
            f"{first.place}, column corpus: the licence of {corpus.name} "
            f"({corpus.licence.name}, stated by {corpus.licence.stated_by}) does not clearly allow "
            "to ship a model that learnt from it. For a model that stays with you, or with the "
            f"owner's permission: --allow-corpus {corpus.name}."
        )


def _origin(name: str, rows: int, corpus: Corpus | None) -> Origin:
    if corpus is None:
        return Origin(name, rows, "", Shipping.UNKNOWN)
    return Origin(name, rows, corpus.licence.name, corpus.licence.shipping)
