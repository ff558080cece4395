"""Telegram's published pace: one message a second in a chat, 20 a minute in a group, 30 a second.

Telegram allows short bursts and does not say how long; the double allows none. Edits count too.
Source of the numbers: the bots FAQ.
"""

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable

from sandbox.double import errors
from sandbox.double.errors import Refusal

PER_CHAT = (1, 1.0)
PER_GROUP = (20, 60.0)
OVERALL = (30, 1.0)


class Pacing:
    """Remembers when messages went; refuses the one that comes too early.

    now: seconds on a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._times: dict[tuple[str, int], deque[float]] = defaultdict(deque)

    def spend(self, chat_id: int) -> None:
        """Count one message to the chat; raises Refusal (429 with retry_after) when too early."""
        limits = [(("chat", chat_id), PER_CHAT), (("all", 0), OVERALL)]
        if chat_id < 0:
            limits.append((("group", chat_id), PER_GROUP))
        now = self._now()
        wait = max(self._wait(key, *limit, now) for key, limit in limits)
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise Refusal(errors.RETRY_AFTER, parameters={"retry_after": seconds}, seconds=seconds)
        for key, _ in limits:
            self._times[key].append(now)

    def _wait(self, key: tuple[str, int], count: int, period: float, now: float) -> float:
        times = self._times[key]
        while times and times[0] <= now - period:
            times.popleft()
        return times[0] + period - now if len(times) >= count else 0.0
