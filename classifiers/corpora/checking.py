"""What lies in a folder of corpora, hashed again and compared with the catalogue."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from classifiers.corpora.corpus import Corpus
from classifiers.corpora.fetching import sha256_of


class State(StrEnum):
    """NOT_PINNED: it is here, but the catalogue has no checksum, so nobody can call it fine."""

    FINE = "fine"
    WRONG = "wrong"
    MISSING = "missing"
    NOT_PINNED = "not pinned"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Finding:
    """sha256: as seen now, None where there was nothing to read."""

    corpus: str
    path: Path
    state: State
    sha256: str | None


def check(corpora: Iterable[Corpus], folder: Path) -> Iterator[Finding]:
    """One finding for each file the catalogue names, in its order."""
    for corpus in corpora:
        for file in corpus.files:
            path = corpus.local(folder, file)
            yield Finding(corpus.name, path, *_state(path, file.sha256))


def _state(path: Path, expected: str | None) -> tuple[State, str | None]:
    if not path.exists():
        return State.MISSING, None
    try:
        seen = sha256_of(path)
    except OSError:
        return State.UNREADABLE, None
    if expected is None:
        return State.NOT_PINNED, seen
    return (State.FINE if seen == expected else State.WRONG), seen
