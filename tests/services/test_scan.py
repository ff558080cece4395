"""Scanning files: what is counted, what twice adds, and what a scan leaves to others meanwhile."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import pytest

from bot.domain.errors import ExportError
from bot.domain.post import Post, SourceKind
from bot.domain.scan import BrokenRow, FileRow, Skipped, SkipReason
from bot.services.scan import Scan, Tally
from bot.sources.files import read_file
from bot.storage.posts import Kept
from tests.factories import CHANNEL, NOON, Flow, post

FILE = SourceKind.EXPORT
BATCH = 10  # here; nearly identical flagged posts are slow to tell apart


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.scan.BATCH", BATCH)


@pytest.fixture
def scan(flow: Flow) -> Scan:
    return Scan(flow.ingest, flow.triage)


def filed(text: str, number: int, **more: object) -> Post:
    return post(text, number, source=FILE, **more)


async def column(flow: Flow, query: str) -> list[Any]:
    """The first column of what a query finds."""
    return [row[0] for row in await flow.rows(query)]


async def everything(flow: Flow) -> dict[str, list[str]]:
    tables = ("channels", "posts", "revisions", "verdicts", "cases", "cards", "audit")
    return {
        table: sorted(str(row) for row in await flow.rows(f"SELECT * FROM {table}"))
        for table in tables
    }


async def scanned(scan: Scan, *rows: FileRow) -> Tally:
    tally = Tally()
    await scan.rows(iter(rows), tally)
    return tally


def line(number: int, text: str, group: int | None = None) -> str:
    return json.dumps(
        {
            "_": "Message",
            "id": number,
            "peer_id": {"_": "PeerChannel", "channel_id": 1234567890},
            "date": "2026-03-02T05:00:00+00:00",
            "message": text,
            "post": True,
            "grouped_id": group,
            "media": {"_": "MessageMediaPhoto"} if group else None,
        }
    )


async def test_everything_in_a_file_is_counted(scan: Scan) -> None:
    tally = await scanned(
        scan,
        filed("FLAG serang sekarang juga", 1),
        Skipped(SkipReason.SERVICE, "line 2"),
        filed("", 3, media=("photo",)),
        BrokenRow("line 4", "This line is no valid JSON."),
        Skipped(SkipReason.GROUP, "line 5"),
        Skipped(SkipReason.SERVICE, "line 6"),
        filed("FLAG bahan lain untuk semua orang di kota", 7),
        filed("Cuaca cerah", 8),
    )

    assert tally == Tally(
        posts_read=4,
        kept=Kept(new=4),
        skipped=tally.skipped,
        unreadable=1,
        broken=1,
        flagged=2,
        cases=2,
        problems=["line 4: This line is no valid JSON."],
    )
    assert tally.skipped == {"service": 2, "group": 1}


async def test_scanning_twice_adds_nothing(flow: Flow, scan: Scan) -> None:
    rows = [filed(f"FLAG kabar nomor {number}", number) for number in range(1, 6)]
    first = await scanned(scan, *rows)
    before = await everything(flow)

    again = await scanned(scan, *rows)

    assert (first.kept, again.kept) == (Kept(new=5), Kept(known=5))
    assert (again.posts_read, again.flagged, again.cases) == (5, 0, 0)
    assert await everything(flow) == before


class Crash(Exception):
    """The process dies here."""


@pytest.mark.parametrize("at", range(4))
async def test_scan_that_crashed_is_done_again_without_doing_a_thing_twice(
    at: int, flow: Flow, restarted: Callable[[], Flow]
) -> None:
    """Dies while reading, before keeping, between keeping and judging, while judging."""
    rows = [filed(f"FLAG kabar nomor {number}", number) for number in range(1, BATCH + 8)]

    def cut_short() -> Iterator[FileRow]:
        yield from rows[: BATCH + 3]
        raise Crash

    async def dies(*_: object) -> None:
        raise Crash

    with pytest.MonkeyPatch.context() as patch:
        if at == 1:
            patch.setattr(flow.ingest, "from_file", dies)
        elif at > 1:
            patch.setattr(flow.triage, "_batch" if at == 2 else "_keep", dies)
        with pytest.raises(Crash):
            await Scan(flow.ingest, flow.triage).rows(cut_short(), Tally())

    again = restarted()
    tally = Tally()
    await Scan(again.ingest, again.triage).rows(iter(rows), tally)

    assert tally.posts_read == len(rows)
    for table in ("posts", "revisions", "verdicts", "cards"):
        assert await column(flow, f"SELECT count(*) FROM {table}") == [len(rows)], table


async def test_what_was_read_before_a_fault_is_kept(flow: Flow, scan: Scan) -> None:
    def faulty() -> Iterator[FileRow]:
        yield from (filed(f"kabar {number}", number) for number in range(1, BATCH + 1))
        raise ExportError("reading stopped")

    tally = Tally()
    with pytest.raises(ExportError, match="reading stopped"):
        await scan.rows(faulty(), tally)

    assert tally.kept == Kept(new=BATCH)
    assert len(await flow.rows("SELECT id FROM posts")) == BATCH


async def test_problems_can_be_limited_and_all_are_counted(scan: Scan) -> None:
    tally = Tally(most_problems=2)

    await scan.rows((BrokenRow(f"line {n}", "This is bad.") for n in range(1, 6)), tally)

    assert tally.broken == 5
    assert tally.problems == ["line 1: This is bad.", "line 2: This is bad."]


async def test_reader_works_outside_the_event_loop(scan: Scan) -> None:
    """A slow reader does not stop the loop: it turns while the reader sleeps."""
    threads, turns = set(), 0

    def slow() -> Iterator[FileRow]:
        for number in range(1, 4):
            threads.add(current_thread())
            time.sleep(0.05)
            yield filed(f"kabar {number}", number)

    async def turning() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    task = asyncio.create_task(turning())
    await scan.rows(slow(), Tally())
    task.cancel()

    assert main_thread() not in threads
    assert turns > 20


async def test_scan_without_a_post_in_sight_can_be_stopped(scan: Scan) -> None:
    def endless() -> Iterator[FileRow]:
        while True:
            yield Skipped(SkipReason.GROUP, "line 1")

    tally = Tally()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await scan.rows(endless(), tally)

    assert tally.skipped["group"] > 0


async def test_posts_that_arrive_meanwhile_are_judged_once_each(flow: Flow, scan: Scan) -> None:
    """The live worker and a scan take turns: neither fails, and no flagged post goes uncounted."""
    await flow.watched()
    rows = [filed(f"FLAG kabar nomor {number}", number) for number in range(1, 3 * BATCH)]

    async def live() -> None:
        for number in range(10_001, 10_021):
            await flow.ingest.live([post("Cuaca cerah", number)], [])
            while (await flow.triage.batch()).judged:
                pass

    tally = Tally()
    await asyncio.gather(live(), scan.rows(iter(rows), tally))

    assert tally.flagged == len(rows)
    assert await column(flow, "SELECT count(*) FROM verdicts") == [len(rows) + 20]


@pytest.mark.parametrize("gap", [0, 5, BATCH + 5])
async def test_album_that_stands_in_a_file_twice_is_one_post(
    gap: int, flow: Flow, scan: Scan, tmp_path: Path
) -> None:
    album = [line(number, "Judul" if number == 1 else "", 77) for number in (1, 2, 3)]
    between = [line(number, f"kabar {number}") for number in range(10, 10 + gap)]
    path = tmp_path / "lines"
    path.write_text("\n".join([*album, *between, *album, album[0]]))

    tally = Tally()
    await scan.rows(read_file(path, username="contoh"), tally)

    assert await column(flow, "SELECT message_id FROM posts WHERE album_id IS NOT NULL") == [1]
    assert tally.kept.new == 1 + gap
    assert await flow.rows("SELECT id FROM revisions WHERE number > 1") == []


async def test_album_whose_members_stand_far_apart_is_one_post(
    flow: Flow, scan: Scan, tmp_path: Path
) -> None:
    between = [line(number, f"kabar {number}") for number in range(10, BATCH + 20)]
    path = tmp_path / "lines"
    path.write_text("\n".join([line(1, "Satu", 77), *between, line(2, "Dua", 77)]))

    tally = Tally()
    await scan.rows(read_file(path, username="contoh"), tally)

    assert tally.kept == Kept(new=1 + len(between), changed=1)
    texts = await column(
        flow,
        "SELECT text FROM revisions JOIN posts ON posts.id = post_id "
        "WHERE album_id IS NOT NULL ORDER BY number",
    )
    assert texts == ["Satu", "Satu\n\nDua"]


async def test_post_from_a_channel_under_watch_is_not_kept_twice(flow: Flow, scan: Scan) -> None:
    await flow.arrive(post("Cuaca cerah", 42))

    tally = await scanned(scan, filed("Cuaca cerah", 42, posted_at=NOON, channel=CHANNEL))

    assert tally.kept == Kept(known=1)
    assert len(await flow.rows("SELECT id FROM channels")) == 1
