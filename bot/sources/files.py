"""Posts out of a file of either kind; what it is, its content says and not its name."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.domain.scan import FileRow
from bot.sources.export import read_export
from bot.sources.ndjson import is_ndjson, read_ndjson


def read_file(
    path: Path,
    *,
    username: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[FileRow]:
    """The rows of a Telegram Desktop export or of newline JSON. Raises ExportError for others."""
    read = read_ndjson if is_ndjson(path) else read_export
    return read(path, username=username, progress=progress)
