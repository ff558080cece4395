"""The console of the preview that runs alone: each line is what a channel or the host does."""

import asyncio
import contextlib
import sys
from datetime import UTC, datetime, timedelta

from sandbox.preview.channel import Channel
from sandbox.preview.clock import VirtualClock
from sandbox.preview.faults import Fault
from sandbox.preview.ledger import Request
from sandbox.preview.site import Site

HELP = f"""\
  channel NAME            a new public channel
  post NAME TEXT          publish in it
  edit NAME NUMBER TEXT   change a post
  delete NAME NUMBER      take a post back
  rename NAME NEW         give the channel another name
  bad KIND [TIMES]        a bad day: {", ".join(Fault)}
  wait TIME               move the clock on, by minutes
  quit"""


class _Clock(VirtualClock):
    """The real time, and what was added to it."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        self._ahead += by


async def run(port: int) -> None:
    """Serve until `quit` or the end of the input; without a terminal, until interrupted."""
    site = Site(_Clock())
    site.after_answer = _tell
    async with site.serve(port) as address:
        print(f"Web preview on {address}, loopback only; a channel: {address}/s/NAME")
        print(HELP, flush=True)
        with contextlib.suppress(asyncio.CancelledError):
            await _obey_lines(site)


async def _tell(request: Request) -> None:
    print(f"{request.at:%H:%M:%S} {request.path}: {request.outcome}", flush=True)


async def _obey_lines(site: Site) -> None:
    while True:
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line and not sys.stdin.isatty():
            await asyncio.Event().wait()
        if not line or line.strip() == "quit":
            return
        try:
            print(obey(site, line), flush=True)
        except (LookupError, ValueError) as error:
            print(f"No: {error}", flush=True)


def obey(site: Site, line: str) -> str:
    """Do what the line says and return what to print. Raises LookupError or ValueError."""
    match line.split():
        case ["channel", name]:
            return f"@{name} is {site.channel(name).chat_id}"
        case ["post", name, *words]:
            return f"post {_channel(site, name).publish(' '.join(words)).number}"
        case ["edit", name, number, *words]:
            _channel(site, name).edit(int(number), " ".join(words))
        case ["delete", name, number]:
            _channel(site, name).delete(int(number))
        case ["rename", name, new]:
            _channel(site, name).rename(new)
        case ["bad", kind, *times]:
            site.faults.script(Fault(kind), times=int(times[0]) if times else 1, retry_after="60")
        case ["wait", minutes]:
            site.clock.advance(timedelta(minutes=float(minutes)))
        case _:
            return HELP
    return "done"


def _channel(site: Site, name: str) -> Channel:
    channel = site.carrier(name.removeprefix("@"), site.clock.now())
    if channel is None:
        raise LookupError(f"no channel is called {name}")
    return channel
