"""Posts out of a file of either kind; what it is, its content says and not its name."""

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.domain.errors import ExportError
from bot.domain.scan import FileRow
from bot.sources.export import read_export
from bot.sources.ndjson import is_ndjson, read_ndjson


def read_file(
    path: Path,
    *,
    username: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[FileRow]:
    """The rows of a Telegram Desktop export or of newline JSON. Raises ExportError for others.

    An export says whether its channel is public. Newline JSON does not, so it is only read when
    somebody has named the channel.
    """
    if not is_ndjson(path):
        return read_export(path, username=username, progress=progress)
    if username is None:
        raise ExportError(
            "newline JSON does not say that its channel is public: give the channel's public name, "
            "with --username NAME, or as @name in the caption of a file sent to the bot."
        )
    return read_ndjson(path, username=username, progress=progress)
