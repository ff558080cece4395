"""One entry of the catalogue, as frozen values."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from classifiers.corpora.licence import Licence

# What somebody looked up at the source for an entry; what is not named in it is unverified.
ASPECTS = ("place", "commit", "columns", "licence")


@dataclass(frozen=True)
class Host:
    """Where repositories are published.

    page, raw: templates with {repository}, {commit} and {path}; redirects: further hosts to which
    it may send a download (its own is always allowed).
    """

    page: str
    raw: str
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True)
class CorpusFile:
    """path: inside the repository; save_as: its name here.

    commit: 40 hexadecimal digits, or None where nobody looked it up: then it is not downloaded.
    sha256: 64 hexadecimal digits, or None = not pinned yet: then nothing calls it checked.
    split: what its rows are for: `train`, `test`, or `probe` in a test suite.
    """

    path: str
    save_as: str
    commit: str | None = None
    sha256: str | None = None
    split: str = "train"


@dataclass(frozen=True)
class Columns:
    """How a file becomes rows of text and label.

    format: csv, tsv, json or tokens (a word a line, a blank line between sentences).
    text, label, group: a column's name, its number from 1 where `header` is false, or a path with
    * for "each" in JSON; "" where there is none. positive: the cells of `label` that mean 1, every
    other means 0; without a `label` all rows are 0.
    """

    format: str
    text: str
    label: str = ""
    positive: tuple[str, ...] = ()
    group: str = ""
    encoding: str = "utf-8-sig"  # with or without a byte order mark
    header: bool = True


@dataclass(frozen=True)
class Corpus:
    """use: `train`, or `measure` for test suites that no model may learn from.

    positive: what label 1 means, "" where every row is 0. repository: owner/name, "" where the
    place of publication is not known. verified: those of ASPECTS that were looked up.
    """

    name: str
    title: str
    languages: tuple[str, ...]
    use: str
    positive: str
    licence: Licence
    verified: tuple[str, ...]
    host: Host | None = None
    repository: str = ""
    files: tuple[CorpusFile, ...] = ()
    columns: Columns | None = None
    note: str = ""

    @property
    def unverified(self) -> tuple[str, ...]:
        return tuple(aspect for aspect in ASPECTS if aspect not in self.verified)

    @property
    def page(self) -> str:
        """Address for a person to read; "" where it is not known."""
        return self.host.page.format(repository=self.repository) if self.host else ""

    def address(self, file: CorpusFile) -> str | None:
        """Where one file is downloaded from, or None where place or commit are not known."""
        if self.host is None or file.commit is None:
            return None
        return self.host.raw.format(
            repository=self.repository, commit=file.commit, path=quote(file.path)
        )

    def local(self, folder: Path, file: CorpusFile) -> Path:
        """Where a file lies below a folder of corpora; a mirror has the same layout."""
        return folder / self.name / file.save_as
