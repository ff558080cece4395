"""The catalogue file read into frozen values, with every contradiction refused."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from classifiers.corpora.corpus import ASPECTS, Columns, Corpus, CorpusFile, Host
from classifiers.corpora.errors import CatalogueError, CorpusError
from classifiers.corpora.licence import NOT_STATED, PERMISSIVE, RESTRICTIVE, Licence

SHIPPED = Path(__file__).with_name("catalogue.toml")
FORMATS = ("csv", "tsv", "json", "tokens")
USES = ("train", "measure")
SPLITS = ("train", "test", "probe")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def load_catalogue(path: Path = SHIPPED) -> tuple[Corpus, ...]:
    """All corpora of a catalogue, in its order. Raises CatalogueError with the entry's name."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors
        raise CatalogueError(f"The catalogue {path} cannot be read: {error}.") from error
    try:
        hosts = {name: _host(entry) for name, entry in document.get("hosts", {}).items()}
    except (TypeError, LookupError, AttributeError, ValueError) as error:
        raise CatalogueError(f"{path.name}, hosts: {error} is missing or not known.") from error
    corpora = tuple(_corpus(entry, hosts) for entry in document.get("corpus", ()))
    names = [corpus.name for corpus in corpora]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise CatalogueError(f"{path.name}: {min(doubled)} stands in it twice.")
    return corpora


def find(name: str, corpora: tuple[Corpus, ...]) -> Corpus:
    """The corpus of that name. Raises CorpusError, which lists the names there are."""
    for corpus in corpora:
        if corpus.name == name:
            return corpus
    known = ", ".join(corpus.name for corpus in corpora)
    raise CorpusError(f"No corpus is called {name!r}; there are {known}.")


def _host(entry: Mapping[str, Any]) -> Host:
    host = Host(entry["page"], entry["raw"], tuple(entry.get("redirects", ())))
    # An unknown {placeholder} shall be found here, not in the middle of a download.
    host.page.format(repository="owner/name")
    host.raw.format(repository="owner/name", commit="0" * 40, path="file")
    return host


def _corpus(entry: Mapping[str, Any], hosts: Mapping[str, Host]) -> Corpus:
    name = str(entry.get("name", "an entry without a name"))
    try:
        corpus = _built(dict(entry), hosts)
    except (TypeError, KeyError, AttributeError) as error:
        raise CatalogueError(f"Catalogue, {name}: {error} is missing or not known.") from error
    for contradiction in _contradictions(corpus):
        raise CatalogueError(f"Catalogue, {name}: {contradiction}.")
    return corpus


def _built(entry: dict[str, Any], hosts: Mapping[str, Host]) -> Corpus:
    verified = tuple(entry.pop("verified"))
    licence = Licence(**entry.pop("licence"), verified="licence" in verified)
    columns = entry.pop("columns", None)
    host = entry.pop("host", None)
    return Corpus(
        **{**entry, "languages": tuple(entry["languages"]), "files": _files(entry)},
        licence=licence,
        verified=verified,
        host=None if host is None else hosts[host],
        columns=None if columns is None else _columns(columns),
    )


def _columns(entry: Mapping[str, Any]) -> Columns:
    return Columns(**{**entry, "positive": tuple(entry.get("positive", ()))})


def _files(entry: Mapping[str, Any]) -> tuple[CorpusFile, ...]:
    return tuple(file for line in entry.get("files", ()) for file in _numbered(dict(line)))


def _numbered(line: dict[str, Any]) -> Iterator[CorpusFile]:
    """A line with first and last stands for one file a number, {n} in its path."""
    numbers = range(line.pop("first"), line.pop("last") + 1) if "first" in line else range(1)
    for number in numbers:
        path = line["path"].replace("{n}", str(number))
        yield CorpusFile(**{"save_as": PurePosixPath(path).name, **line, "path": path})


def _contradictions(corpus: Corpus) -> Iterator[str]:
    if not _NAME.fullmatch(corpus.name):
        yield "the name may hold small letters, digits and single hyphens"
    if corpus.use not in USES:
        yield f"use is one of {', '.join(USES)}"
    if corpus.licence.name not in {*PERMISSIVE, *RESTRICTIVE, NOT_STATED}:
        yield f"nobody has decided what the licence {corpus.licence.name!r} allows"
    if unknown := set(corpus.verified) - set(ASPECTS):
        yield f"verified names {min(unknown)!r}; it may name {', '.join(ASPECTS)}"
    if corpus.columns is not None and corpus.columns.format not in FORMATS:
        yield f"format is one of {', '.join(FORMATS)}"
    yield from _contradictions_of_place(corpus)
    yield from _contradictions_of_files(corpus)


def _contradictions_of_place(corpus: Corpus) -> Iterator[str]:
    if (corpus.host is None) != (corpus.repository == ""):
        yield "host and repository go together"
    if corpus.repository and not _REPOSITORY.fullmatch(corpus.repository):
        yield "the repository is written owner/name"
    if "place" in corpus.verified and corpus.host is None:
        yield "a verified place needs a host and a repository"
    if "columns" in corpus.verified and corpus.columns is None:
        yield "verified columns need columns"


def _contradictions_of_files(corpus: Corpus) -> Iterator[str]:
    pinned = [file.commit is not None for file in corpus.files]
    if ("commit" in corpus.verified) != (any(pinned) and all(pinned)):
        yield "a commit stands with every file when verified, and with none otherwise"
    names = [file.save_as for file in corpus.files]
    if len(set(names)) != len(names):
        yield "two files would be saved under one name"
    for file in corpus.files:
        if file.split not in SPLITS or (corpus.use == "measure" and file.split == "train"):
            yield f"split is one of {', '.join(SPLITS)}, and no corpus to measure with is train"
        if not _is_plain_name(file.save_as):
            yield f"{file.save_as!r} cannot be a file's name here"
        if file.commit is not None and not _COMMIT.fullmatch(file.commit):
            yield f"the commit of {file.path} is not 40 hexadecimal digits"
        if file.sha256 is not None and not _SHA256.fullmatch(file.sha256):
            yield f"the checksum of {file.path} is not 64 hexadecimal digits"


def _is_plain_name(name: str) -> bool:
    """Nothing that could leave the corpus's folder, on any system, or hide in it."""
    return re.fullmatch(r"\w[\w. -]*", name) is not None
