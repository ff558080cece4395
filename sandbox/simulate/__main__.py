"""`python -m sandbox.simulate`: simulated days, and the figures of what came of them."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click

from bot.schedule.rounds import Rounds
from sandbox.preview import VirtualClock
from sandbox.simulate.agenda import MemoryAgenda
from sandbox.simulate.figures import Window, lines
from sandbox.simulate.town import Town

_START = datetime(2026, 3, 2, tzinfo=UTC)
_A_REQUEST = timedelta(milliseconds=1)
_A_LOOK = timedelta(seconds=5)


@click.command()
@click.option("--channels", default=1000, show_default=True)
@click.option("--rate", default=0.5, show_default=True, help="Requests a second, for all channels.")
@click.option("--hours", default=24.0, show_default=True, help="To measure.")
@click.option("--warm-up", default=2.0, show_default=True, help="Hours before that.")
@click.option("--settle", default=2.0, show_default=True, help="Hours after that, to see the last.")
@click.option("--away", default=0.0, show_default=True, help="Hours of downtime in the middle.")
@click.option("--seed", default=1, show_default=True)
def main(
    channels: int,
    rate: float,
    hours: float,
    warm_up: float,
    settle: float,
    away: float,
    seed: int,
) -> None:
    """Watches a made-up town of channels with the bot's own rules, in virtual time."""
    for line in simulate(channels, rate, hours, warm_up, settle, away, seed):
        click.echo(line)


def simulate(
    channels: int,
    rate: float,
    hours: float,
    warm_up: float,
    settle: float,
    away: float = 0.0,
    seed: int = 1,
) -> Iterator[str]:
    """The figures of one simulation, a line each. All times are hours."""
    begun = time.process_time()
    length = timedelta(hours=warm_up + hours + settle)
    town = Town(channels, _START, length, seed)
    clock = VirtualClock(_START)
    agenda = MemoryAgenda(town, clock, rate, seed)
    downtime = (_START + timedelta(hours=warm_up + hours / 2), timedelta(hours=away))
    asyncio.run(_go(Rounds(clock, agenda, rate), clock, _START + length, downtime))
    yield (
        f"{channels:,} channels at {rate} requests/s: {hours:g} h measured after {warm_up:g} h, "
        f"{settle:g} h to settle, {away:g} h away; seed {seed}"
    )
    since = warm_up * 3600
    yield from lines(town, agenda, Window(since, since + hours * 3600))
    yield f"processor time: {time.process_time() - begun:.0f} s"


async def _go(
    rounds: Rounds, clock: VirtualClock, end: datetime, downtime: tuple[datetime, timedelta]
) -> None:
    gone_at, away = downtime
    while clock.now() < end:
        wait = await rounds.turn()
        clock.advance(min(wait, _A_LOOK) if wait else _A_REQUEST)
        if away and clock.now() >= gone_at:
            clock.advance(away)
            away = timedelta()


if __name__ == "__main__":
    main()
