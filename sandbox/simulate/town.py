"""Channels that publish, and the pages that show them."""

import math
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.domain.channel import ChannelRef
from bot.domain.post import Post, SourceKind
from bot.domain.preview import PreviewAnswer, PreviewPage, Reached

_PAGE = 20
_TROUBLE = (Reached.EMPTY, Reached.SERVER_ERROR, Reached.UNREACHABLE)
_HISTORY = timedelta(days=7)  # before the watch begins


@dataclass(frozen=True)
class Spread:
    """How the posts are spread. median: posts a day; sigma: of the logarithm, 1.5 makes the mean
    three times the median and one in a hundred post 30 times as much. most: posts a day.

    bursting: the share of channels with a burst a day, of 25 to 60 posts in ten minutes.
    failing: the share of requests that meet a fault.
    """

    median: float = 3.0
    sigma: float = 1.5
    most: float = 300.0
    bursting: float = 0.1
    failing: float = 0.005


class SimPost(Post):
    """Every post reads differently, and none is ever edited: its number says it all."""

    @property
    def content_hash(self) -> str:
        return str(self.message_id)


class Town:
    """moments: by channel, when each post was published, in seconds since `start`, ascending. The
    number of a post is its place, from 1."""

    def __init__(self, channels: int, start: datetime, length: timedelta, seed: int) -> None:
        self.start = start
        self.spread = Spread()
        self._chance = Random(seed)  # noqa: S311 - no secret
        self._ref = ChannelRef(-1, "kanal", "Kanal")
        rates = [self._rate() for _ in range(channels)]
        self.moments = [self._moments(rate, length) for rate in rates]

    def _rate(self) -> float:
        drawn = self.spread.median * math.exp(self._chance.gauss(0, self.spread.sigma))
        return min(drawn, self.spread.most)

    def _moments(self, posts_a_day: float, length: timedelta) -> "array[float]":
        begin, end = -_HISTORY.total_seconds(), length.total_seconds()
        found, at, peak = list[float](), begin, 2 * posts_a_day / 86_400
        while (at := at + self._chance.expovariate(peak)) < end:
            # Thinned to a wave over the day, whose mean is the channel's rate.
            if self._chance.random() < (1 - math.cos(2 * math.pi * at / 86_400)) / 2:
                found.append(at)
        if self._chance.random() < self.spread.bursting:
            at = begin
            while (at := at + self._chance.expovariate(1 / 86_400)) < end:
                number = self._chance.randint(25, 60)
                found += [at + self._chance.uniform(0, 600) for _ in range(number)]
        return array("d", sorted(found))

    def page(self, channel: int, now: datetime, before: int | None) -> PreviewAnswer:
        """As the preview would answer."""
        if self._chance.random() < self.spread.failing:
            return PreviewAnswer(self._chance.choice(_TROUBLE))
        moments = self.moments[channel]
        newest = bisect_right(moments, (now - self.start).total_seconds())
        if before is not None:
            newest = min(newest, before - 1)
        lowest = max(newest - _PAGE, 0)
        if newest <= 0:
            return PreviewAnswer(Reached.EMPTY)
        posts = tuple(self._post(moments, number) for number in range(lowest + 1, newest + 1))
        earlier = lowest + 1 if lowest else None
        return PreviewAnswer(
            Reached.PAGE, PreviewPage(self._ref, posts, before=earlier, rendered_at=now)
        )

    def _post(self, moments: "array[float]", number: int) -> Post:
        return SimPost(
            channel=self._ref,
            message_id=number,
            posted_at=self.start + timedelta(seconds=moments[number - 1]),
            source=SourceKind.PREVIEW,
        )

    def published(self, channel: int, since: float, until: float) -> range:
        """Numbers of the posts published in between, seconds since the start."""
        moments = self.moments[channel]
        return range(bisect_left(moments, since) + 1, bisect_left(moments, until) + 1)
