"""Channels with habits: whole lives written in advance onto the timeline, by a seeded chance.

Each post's words are unique ("kabar_7 post 31, version 1"), so that a ledger can tell them apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sandbox.preview.channel import Channel, Kind, Message
from sandbox.preview.site import Site

_DAY: Final = timedelta(days=1)
_KINDS: Final = (
    *([Kind.TEXT] * 12),
    *([Kind.PHOTO] * 6),
    *([Kind.VIDEO] * 3),
    Kind.BIG_VIDEO,
    Kind.ANIMATION,
    Kind.DOCUMENT,
    Kind.VOICE,
    Kind.POLL,
    Kind.UNSUPPORTED,
)
_WORDLESS: Final = (Kind.STICKER, Kind.ROUND_VIDEO, Kind.LOCATION, Kind.CONTACT)


@dataclass(frozen=True)
class Habit:
    """posts_per_day: on average, more by day than by night. bursts_per_day: times at which
    `burst` posts come within ten minutes. The shares, 0 to 1, are of posts. renames: over the life.
    """

    posts_per_day: float = 8.0
    bursts_per_day: float = 0.0
    burst: int = 40
    edited: float = 0.05
    deleted: float = 0.03
    albums: float = 0.08
    services: float = 0.02
    holes: float = 0.02
    wordless: float = 0.05
    renames: int = 0
    forwards: bool = False


def live(
    site: Site, username: str, habit: Habit, *, start: datetime, end: datetime, seed: int = 0
) -> Channel:
    """A channel that follows the habit between the two moments; the same seed lives the same."""
    chance = Random(f"{username} {seed}")  # noqa: S311 - no secret
    channel = site.channel(username, title=f"Kabar {username}", since=start)
    for at in _moments(habit, start, end, chance):
        _happen(channel, username, habit, at, end, chance)
    span = end - start
    for number in range(habit.renames):
        at = start + span * (number + 1) / (habit.renames + 1)
        channel.rename(f"{username}_r{number + 1}", at, forwards=habit.forwards)
    return channel


def town(
    site: Site, channels: int, *, start: datetime, end: datetime, seed: int = 0
) -> list[Channel]:
    """Many channels with a realistic spread: most post a few times a day, few very often.

    The median posts 3 times a day, one in a hundred about 100 times. One in ten has a burst a day
    of more than a page holds, one in fifty is renamed once.
    """
    chance = Random(seed)  # noqa: S311 - no secret
    found = []
    for number in range(channels):
        habit = Habit(
            posts_per_day=min(3.0 * math.exp(chance.gauss(0, 1.5)), 300.0),
            bursts_per_day=1.0 if number % 10 == 3 else 0.0,
            burst=chance.randint(25, 60),
            renames=1 if number % 50 == 7 else 0,
        )
        found.append(live(site, f"kabar_{number}", habit, start=start, end=end, seed=seed))
    return found


def _moments(habit: Habit, start: datetime, end: datetime, chance: Random) -> Sequence[datetime]:
    """When something is published, ascending, to the second."""
    moments = []
    at = start
    peak = 2 * habit.posts_per_day / _DAY.total_seconds()
    while peak and (at := at + timedelta(seconds=chance.expovariate(peak))) < end:
        # Thinned to a wave over the day; its mean is the habit's rate.
        wave = (1 - math.cos(2 * math.pi * (at.hour * 60 + at.minute) / 1440)) / 2
        if chance.random() < wave:
            moments.append(at)
    rate = habit.bursts_per_day / _DAY.total_seconds()
    at = start
    while rate and (at := at + timedelta(seconds=chance.expovariate(rate))) < end:
        moments += [at + timedelta(seconds=chance.uniform(0, 600)) for _ in range(habit.burst)]
    return sorted(moment.replace(microsecond=0) for moment in moments if moment < end)


def _happen(
    channel: Channel, name: str, habit: Habit, at: datetime, end: datetime, chance: Random
) -> None:
    if chance.random() < habit.holes:
        channel.skip(chance.randint(1, 3))
    if chance.random() < habit.services:
        channel.serve(chance.choice(("Channel photo updated", "Kabar pinned «Lama»")), at)
        return
    message = _publish(channel, name, habit, at, chance)
    if message.versions[0].text and chance.random() < habit.edited:
        later = at + timedelta(seconds=chance.expovariate(1 / 7200))
        channel.edit(message.number, f"{name} post {message.number}, version 2", later)
    if chance.random() < habit.deleted:
        later = at + timedelta(seconds=chance.expovariate(1 / 14400))
        one = chance.choice(message.numbers)
        channel.delete(one, later, member_only=message.members > 1 and chance.random() < 0.5)


def _publish(channel: Channel, name: str, habit: Habit, at: datetime, chance: Random) -> Message:
    number = channel.next_number
    words = f"{name} post {number}, version 1"
    if chance.random() < habit.wordless:
        return channel.publish(kind=chance.choice(_WORDLESS), at=at)
    if chance.random() < habit.albums:
        kind = chance.choice((Kind.PHOTO, Kind.VIDEO))
        return channel.publish(words, kind=kind, at=at, members=chance.randint(2, 10))
    kind = chance.choice(_KINDS)
    earlier = channel.messages[-1].number if channel.messages else None
    return channel.publish(
        words,
        kind=kind,
        at=at,
        options=("Ya", "Tidak") if kind is Kind.POLL else (),
        author="Penulis" if chance.random() < 0.1 else "",
        reply_to=earlier if chance.random() < 0.1 else None,
        forwarded_from=chance.choice(("kabar_lain/12", "Seseorang"))
        if chance.random() < 0.1
        else "",
        links_to="https://situs.example/" if chance.random() < 0.1 else "",
    )
