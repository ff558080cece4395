"""How many preview pages one core fetches, reads, keeps and judges: visits, as the bot makes them.

The pages come over loopback from a process of its own; the rest is the bot's: HTTP, parser,
services, an SQLite file with full synchronisation, the model in use.
"""

import asyncio
import multiprocessing
import os
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Final

from bot import compose
from bot.clock import SystemClock
from bot.domain.channel import ChannelRef, WatchState
from bot.domain.post import SourceKind
from bot.domain.preview import Reached
from bot.services.join import Join
from bot.services.sources import Sources
from bot.services.visit import Visit
from bot.settings import Settings
from bot.sources.preview.fetch import Fetch
from bot.sources.preview.site import PreviewSite
from bot.storage import schema
from sandbox.bench.pages import Speed
from sandbox.preview import Site, VirtualClock

_POSTS: Final = 20  # a full page
_WORDS: Final = (
    "Pasar pagi dibuka kembali setelah jalan di depan balai kota selesai diperbaiki minggu ini. "
    "Warga diminta membawa kantong sendiri dan memarkir kendaraan di lapangan sebelah utara."
)


async def measure(channels: int = 100) -> list[str]:
    """The report's lines. channels: each is visited twice, with a full page of new posts first."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs, channels), daemon=True)
    server.start()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        address = await asyncio.to_thread(ours.recv)
        with tempfile.TemporaryDirectory(prefix="saring-bench-") as folder:
            speeds = await _visit_all(address, channels, Path(folder))
    finally:
        os.sched_setaffinity(0, cores)
        ours.send("stop")
        server.join(10)
    return [f"Visits: a page of {_POSTS} posts fetched, read, kept and judged", *map(str, speeds)]


async def _visit_all(address: str, channels: int, folder: Path) -> list[Speed]:
    url = f"sqlite:///{folder / 'saring.db'}"
    schema.migrate(url)
    settings = Settings(_env_file=None, database_url=url)  # type: ignore[call-arg, arg-type]
    half = compose.reading(settings)
    await half.classifier.predict([_WORDS] * 200)
    ids = await _watched(half, channels)
    fetch = Fetch(SystemClock(), "", base_url=address, patience=timedelta(seconds=60))
    visit = Visit(half.database, half.clock, PreviewSite(fetch), Random(1))  # noqa: S311 - no secret
    await asyncio.to_thread(_compiled)
    speeds = []
    for what in ("all posts new", "without news"):
        cpu, wall = time.process_time(), time.perf_counter()
        for channel_id in ids:
            if (await visit.channel(channel_id)).reached is not Reached.PAGE:
                raise RuntimeError(f"{what}: the answer was no page")
        while (await half.triage.batch()).judged:
            pass
        speeds.append(Speed(what, channels, time.process_time() - cpu, time.perf_counter() - wall))
    await fetch.close()
    await half.database.close()
    return speeds


def _compiled() -> None:
    """The model's fast path is compiled in a thread after loading, which would be measured too."""
    for thread in threading.enumerate():
        if thread.name == "compiling":
            thread.join()


async def _watched(half: compose.Reading, channels: int) -> list[int]:
    """Channels that wait for their owner, with the preview switched on."""
    admin = await Join(half.database, half.clock, (1,), "UTC", "0 8 * * *").person(1, "en")
    assert admin is not None  # the one that was just named
    now, ids = half.clock.now(), list[int]()
    async with half.database.work() as work:
        for number in range(channels):
            ref = ChannelRef(username=f"kabar_{number}")
            ids.append((await work.channels.add(ref, WatchState.WAITING, None, now)).id)
        await work.commit()
    sources = Sources(half.database, half.clock)
    await sources.switch(admin, SourceKind.PREVIEW, on=True, legal_basis="bench")
    return ids


def _serve(pipe: Connection, channels: int) -> None:
    asyncio.run(_serve_until_told(pipe, channels))


async def _serve_until_told(pipe: Connection, channels: int) -> None:
    """The other process: channels with posts of two hours ago; on any core but the first."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores - {min(cores)} or cores)
    now = datetime.now(UTC)
    site = Site(VirtualClock(now - timedelta(hours=2)))
    for number in range(channels):
        channel = site.channel(f"kabar_{number}")
        for post in range(_POSTS):
            channel.publish(f"{_WORDS} Kabar {number} nomor {post}.")
    site.clock.move_to(now)
    async with site.serve() as address:
        pipe.send(address)
        await asyncio.to_thread(pipe.recv)
