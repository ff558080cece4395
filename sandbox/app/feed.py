"""Publishes the sample posts one after another, at a pace that can be changed."""

import asyncio
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.app.life import Step
from sandbox.app.stage import Stage
from sandbox.double import Message

SAMPLES = Path(__file__).parent / "samples.toml"
FASTEST = 60  # posts a minute
USUAL = 6
AT_ONCE = 3  # posts with which a play begins, so that nobody waits before an empty page


@dataclass(frozen=True)
class Sample:
    """A post to publish. forward_from: the channel it claims to come from; album: more captions."""

    channel: str
    text: str
    media: str | None = None
    forward_from: str | None = None
    album: int = 0


def read_samples(file: Path = SAMPLES) -> list[Sample]:
    """The posts in the order in which they come."""
    found: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["post"]
    return [Sample(**post) for post in found]


class Feed:
    """pace: posts a minute, 0 to 60; 0 waits. Nothing is published while the bot is not up."""

    def __init__(self, stage: Stage, pace: int = USUAL) -> None:
        self._stage = stage
        self._samples = read_samples()
        self._next = 0
        self._last_s = -math.inf  # when the latest one was published, by the event loop's clock
        self.pace = pace

    def as_json(self) -> dict[str, int]:
        return {"pace": self.pace, "left": len(self._samples) - self._next}

    def set_pace(self, pace: int) -> None:
        """Raises ValueError outside of 0 to 60."""
        if not 0 <= pace <= FASTEST:
            raise ValueError(f"The pace is between 0 and {FASTEST} posts a minute.")
        self.pace = pace
        self._stage.double.station.note("stage")

    def begin_again(self) -> None:
        """The posts come once more, as other messages."""
        self._next = 0
        self._stage.double.station.note("stage")

    async def run(self) -> None:
        """Publishes until cancelled."""
        signal, now = self._stage.double.station.signal, asyncio.get_running_loop().time
        while True:
            number = signal.number
            wait_s = self._wait_s(now()) if self._may_publish() else None
            if wait_s is not None and wait_s <= 0:
                self._last_s = now()
                self.publish_next()
                continue
            await signal.later_than(number, wait_s)

    def _wait_s(self, now_s: float) -> float:
        return 0.0 if self._next < AT_ONCE else self._last_s + 60 / self.pace - now_s

    def publish_next(self) -> Message:
        """The next post, whatever the pace. Raises IndexError when all have come."""
        sample = self._samples[self._next]
        self._next += 1
        published = publish(self._stage, sample)
        self._stage.double.station.note("stage")
        return published

    def _may_publish(self) -> bool:
        is_up = self._stage.life.step is Step.RUNNING and self._stage.is_opened
        return self.pace > 0 and self._next < len(self._samples) and is_up


def publish(stage: Stage, sample: Sample) -> Message:
    """Publishes a post as its channel; the first message of an album."""
    channel = stage.cast.channel(sample.channel)
    if sample.album:
        captions: list[str | None] = [sample.text, *([None] * (sample.album - 1))]
        return stage.double.album(channel, captions)[0]
    origin = stage.cast.channel(sample.forward_from) if sample.forward_from else None
    return stage.double.publish(channel, sample.text, media=sample.media, forward_from=origin)
