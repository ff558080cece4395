"""Has the rows of a file kept and judged, batch by batch, and counts what became of it.

Scanning a file again, or what a crash left of it, adds nothing: posts are known by their numbers.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from bot.domain.errors import ExportError
from bot.domain.post import Post
from bot.domain.scan import BrokenRow, FileRow, Skipped
from bot.services.ingest import Ingest
from bot.services.triage import BATCH, Triage
from bot.storage.posts import Kept

# Rows read at a stretch where hardly one is a post, so that a scan can be stopped between two.
_MOST_ROWS = 10 * BATCH


@dataclass
class Tally:
    """What a scan did. posts_read counts readable and unreadable posts of public channels.

    flagged, cases: of all that was judged meanwhile; where a bot runs, a post that arrived in
    between may be among it. problems: a sentence each, at most `most_problems` (None: all).
    """

    posts_read: int = 0
    kept: Kept = field(default_factory=Kept)
    skipped: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    broken: int = 0
    flagged: int = 0
    cases: int = 0
    problems: list[str] = field(default_factory=list)
    most_problems: int | None = None

    def note(self, row: Skipped | BrokenRow) -> None:
        """Counts what is no post."""
        if isinstance(row, Skipped):
            self.skipped[row.reason] += 1
            return
        self.broken += 1
        if self.most_problems is None or len(self.problems) < self.most_problems:
            self.problems.append(f"{row.place}: {row.sentence}")


class Scan:
    def __init__(self, ingest: Ingest, triage: Triage) -> None:
        self._ingest = ingest
        self._triage = triage

    async def rows(
        self, rows: Iterator[FileRow], tally: Tally, on_batch: Callable[[], None] | None = None
    ) -> None:
        """Adds all that a reader gives to the tally. The reader works in another thread.

        on_batch: called in the event loop after each batch that was kept and judged.
        Raises ExportError where the file cannot be read on; what came before is kept.
        """
        batches = _batches(rows, tally)
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            if not batch:
                continue
            kept, triaged = await self._triage.after(partial(self._ingest.from_file, batch))
            tally.kept += kept
            tally.posts_read += len(batch)
            tally.unreadable += sum(not post.is_readable for post in batch)
            tally.flagged += triaged.flagged
            tally.cases += triaged.cases
            if on_batch:
                on_batch()


def _batches(rows: Iterator[FileRow], tally: Tally) -> Iterator[list[Post]]:
    """Posts in batches, an empty one where none was found for long; the rest goes to the tally.

    Raises ExportError as the reader does, after the posts that came before it.
    """
    batch: list[Post] = []
    try:
        for number, row in enumerate(rows, 1):
            if isinstance(row, Post):
                batch.append(row)
            else:
                tally.note(row)
            if len(batch) == BATCH or not number % _MOST_ROWS:
                yield batch
                batch = []
    except ExportError:
        yield batch
        raise
    if batch:
        yield batch
