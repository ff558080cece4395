"""A file of a corpus brought into a folder: whole and unchanged, or not at all."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from classifiers.corpora.corpus import Corpus, CorpusFile
from classifiers.corpora.errors import FetchError, WrongChecksumError
from classifiers.corpora.streams import Limits, Stream, folder_stream, web_stream

# Called with the bytes so far and those announced, None where none were.
Advance = Callable[[int, int | None], None]
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Fetched:
    """sha256: as seen; checked: it is the one of the catalogue; known: it was already here."""

    path: Path
    size_in_bytes: int
    sha256: str
    checked: bool
    known: bool = False


def fetch_file(
    corpus: Corpus,
    file: CorpusFile,
    to: Path,
    mirror: Path | str | None = None,
    advance: Advance = lambda done, size: None,
    limits: Limits = DEFAULT_LIMITS,
) -> Fetched:
    """Bring one file into `to`/corpus/file; a good copy that is already there is kept.

    mirror: a folder, or the address of one, with the same layout, used instead of the host.
    Raises FetchError, WrongChecksumError; then an older file of that name is as it was.
    """
    target = corpus.local(to, file)
    if file.sha256 is not None and _lies_at(target, file.sha256):
        return Fetched(target, target.stat().st_size, file.sha256, checked=True, known=True)
    with _stream(corpus, file, mirror, limits) as stream:
        return _save(stream, target, file.sha256, advance, limits.bytes)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits. Raises OSError where it cannot be read."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _lies_at(target: Path, sha256: str) -> bool:
    try:
        return sha256_of(target) == sha256
    except OSError:
        return False


def _stream(
    corpus: Corpus, file: CorpusFile, mirror: Path | str | None, limits: Limits
) -> AbstractContextManager[Stream]:
    if isinstance(mirror, Path):
        return folder_stream(corpus.local(mirror, file))
    if mirror is not None:
        address = f"{mirror.rstrip('/')}/{corpus.name}/{quote(file.save_as)}"
        return web_stream(address, (), limits)
    origin = corpus.address(file)
    if origin is None or corpus.host is None:
        raise FetchError(
            f"{file.path}: no commit is known, so nothing says which version it would be; "
            "use --mirror with a copy of your own."
        )
    return web_stream(origin, corpus.host.redirects, limits)


def _save(stream: Stream, target: Path, sha256: str | None, advance: Advance, most: int) -> Fetched:
    if stream.size is not None and stream.size > most:
        raise _too_large(target, most)
    with unfinished(target) as part:
        size, seen = _copied(stream, part, target, advance, most)
        if sha256 is not None and seen != sha256:
            raise WrongChecksumError(
                f"{target.name} has the SHA-256 {seen} where the catalogue has {sha256}: it is "
                "not the file that was looked at. It was deleted."
            )
        os.replace(part, target)
    return Fetched(target, size, seen, checked=sha256 is not None)


@contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A path beside the target to write to; whatever is left there is deleted at the end.

    So is a folder made for it that stayed empty. Raises FetchError where it cannot be written.
    """
    is_new = not target.parent.exists()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
    except OSError as error:
        raise FetchError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if is_new:
            with suppress(OSError):
                target.parent.rmdir()  # works only where it is empty


def _copied(
    stream: Stream, part: Path, target: Path, advance: Advance, most: int
) -> tuple[int, str]:
    """Size and SHA-256 of what was written, on disk for good before it gets its name."""
    size, digest = 0, hashlib.sha256()
    with part.open("wb") as output:
        for chunk in stream.chunks:
            size += len(chunk)
            if size > most:
                raise _too_large(target, most)
            digest.update(chunk)
            output.write(chunk)
            advance(size, stream.size)
        output.flush()
        os.fsync(output.fileno())
    return size, digest.hexdigest()


def _too_large(target: Path, most: int) -> FetchError:
    return FetchError(f"{target.name} is larger than {most / 1e6:g} MB, the most that is fetched.")
