"""How many pages of the web preview one core fetches and reads.

The page is served, packed, by a process of its own over loopback; asking and reading are measured
in this one, by the processor's time and by the clock on the wall.
"""

import asyncio
import gzip
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Final

from bot.clock import SystemClock
from bot.domain.preview import Reached
from bot.sources.preview.fetch import Fetch
from bot.sources.preview.page import read_page
from bot.sources.preview.site import PreviewSite
from sandbox.preview import Channel, Kind, Site
from sandbox.preview.pages import history

NAME: Final = "kabar_contoh"
_KINDS: Final = (Kind.TEXT, Kind.PHOTO, Kind.TEXT, Kind.VIDEO, Kind.TEXT, Kind.VOICE, Kind.POLL)
_WORDS: Final = "Hujan ringan turun di pagi hari, jalan utama dibuka kembali. " * 8 + "👍\n\n#cuaca"


@dataclass(frozen=True)
class Speed:
    """pages: how many were read. Seconds: of the processor in this process, and on the wall."""

    what: str
    pages: int
    cpu_seconds: float
    wall_seconds: float

    def __str__(self) -> str:
        per_core, per_wall = self.pages / self.cpu_seconds, self.pages / self.wall_seconds
        return (
            f"  {self.what:<16} {per_core:7.0f} pages/s of one core, "
            f"{per_wall:5.0f} on the clock (n = {self.pages})"
        )


def a_page() -> tuple[Site, Channel]:
    """A channel whose newest page is full: 20 messages of several kinds, some 500 letters each."""
    site = Site()
    channel = site.channel(NAME, title="Kabar Contoh", subscribers=18_900)
    for number in range(45):
        kind = _KINDS[number % len(_KINDS)]
        options = ("Ya", "Tidak") if kind is Kind.POLL else ()
        reply_to = number if number % 4 == 3 else None
        channel.publish(_WORDS, kind=kind, options=options, reply_to=reply_to)
    return site, channel


async def measure(pages: int = 200) -> list[str]:
    """The report's lines. pages: how many are read for each figure."""
    site, channel = a_page()
    html = history(channel, channel.page(site.clock.now()), site.clock.now())
    packed = gzip.compress(html.encode(), 1)

    async def read() -> Reached:
        return read_page(html, NAME).reached

    lines = [
        f"Web preview: a page of 20 messages, {len(html.encode()) / 1000:.0f} kB, "
        f"{len(packed) / 1000:.0f} kB packed",
        str(await _timed("read", read, pages)),
    ]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        address = await asyncio.to_thread(ours.recv)
        fetch = Fetch(SystemClock(), "", base_url=address, patience=timedelta(seconds=60))
        preview = PreviewSite(fetch)

        async def visit() -> Reached:
            return (await preview.page(NAME)).reached

        lines.append(str(await _timed("fetch and read", visit, pages)))
        await preview.close()
    finally:
        ours.send("stop")
        server.join(10)
    return lines


async def _timed(what: str, step: Callable[[], Awaitable[Reached]], pages: int) -> Speed:
    """Raises RuntimeError when what came back was no page: then nothing was measured."""
    await step()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(pages):
        if await step() is not Reached.PAGE:
            raise RuntimeError(f"{what}: the answer was no page")
    return Speed(what, pages, time.process_time() - cpu, time.perf_counter() - wall)


def _serve(channel: Connection) -> None:
    asyncio.run(_serve_until_told(channel))


async def _serve_until_told(channel: Connection) -> None:
    site, _ = a_page()
    async with site.serve() as address:
        channel.send(address)
        await asyncio.to_thread(channel.recv)
