"""Draws the captures of what was confirmed."""

import asyncio
from typing import Protocol

from bot.domain.capture import Capture
from bot.ports import Clock
from bot.render.picture import capture_picture
from bot.storage.database import Database

_BATCH = 20
_MOST = 200  # in one go: other jobs of the tick want their turn


class Draw(Protocol):
    def __call__(self, capture: Capture, *, hides_words: bool) -> bytes: ...


class Picture:
    """draw: makes a PNG of a capture; it takes half a second and runs in a thread."""

    def __init__(self, database: Database, clock: Clock, draw: Draw = capture_picture) -> None:
        self._database = database
        self._clock = clock
        self._draw = draw

    async def confirmed(self) -> int:
        """Draws what has no picture yet; how many that were.

        A code that is changed to or from INSTRUCT asks for another picture: one hides the words.
        """
        drawn = 0
        while drawn < _MOST:
            async with self._database.look() as work:
                waiting = await work.captures.unpictured(_BATCH)
            if not waiting:
                break
            for capture, hides_words in waiting:
                await self._picture(capture, hides_words=hides_words)
            drawn += len(waiting)
        return drawn

    async def _picture(self, capture: Capture, *, hides_words: bool) -> None:
        picture = await asyncio.to_thread(self._draw, capture, hides_words=hides_words)
        now = self._clock.now()
        async with self._database.work() as work:
            sha256 = await work.files.keep(picture, now)
            await work.captures.pictured(capture.revision_id, sha256, now, hides_words=hides_words)
            await work.commit()
