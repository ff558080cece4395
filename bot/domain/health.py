"""How the preview answers for a channel and for the host, and how long to leave it alone then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.preview import Reached

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Health(StrEnum):
    """What the last visit to a channel came to. Only WELL means that silence is silence.

    NEW: not visited yet. EMPTY: no posts shown, which is also said under load.
    UNKNOWN_NAME: nobody carries the name. NO_PREVIEW: the name shows no posts to the public.
    OTHER_CHANNEL: the name belongs to another channel now; nothing of that one is kept.
    THROTTLED, CHALLENGE: the host wants fewer requests, or a person. It is left alone.
    REFUSED: an answer of the 400s. SERVER_ERROR: of the 500s. UNREACHABLE: no answer in time.
    SPOILT: an answer that broke off, was too large, no text, or led elsewhere.
    DRIFT: a page that the parser does not know; the program needs mending.
    """

    NEW = "new"
    WELL = "well"
    EMPTY = "empty"
    UNKNOWN_NAME = "unknown_name"
    NO_PREVIEW = "no_preview"
    OTHER_CHANNEL = "other_channel"
    THROTTLED = "throttled"
    CHALLENGE = "challenge"
    REFUSED = "refused"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    SPOILT = "spoilt"
    DRIFT = "drift"


_HEALTH: Mapping[Reached, Health] = {
    Reached.PAGE: Health.WELL,
    Reached.RENAMED: Health.WELL,
    Reached.NOT_FOUND: Health.WELL,
    Reached.EMPTY: Health.EMPTY,
    Reached.UNKNOWN_NAME: Health.UNKNOWN_NAME,
    Reached.NO_PREVIEW: Health.NO_PREVIEW,
    Reached.THROTTLED: Health.THROTTLED,
    Reached.CHALLENGE: Health.CHALLENGE,
    Reached.REFUSED: Health.REFUSED,
    Reached.SERVER_ERROR: Health.SERVER_ERROR,
    Reached.UNREACHABLE: Health.UNREACHABLE,
    Reached.CUT_OFF: Health.SPOILT,
    Reached.TOO_LARGE: Health.SPOILT,
    Reached.GARBLED: Health.SPOILT,
    Reached.FOREIGN_REDIRECT: Health.SPOILT,
    Reached.REDIRECT_LOOP: Health.SPOILT,
    Reached.DRIFT: Health.DRIFT,
}

# The first wait, doubled with each further failure, and the longest.
_WAITS: Mapping[Health, tuple[timedelta, timedelta]] = {
    Health.EMPTY: (5 * _MINUTE, _HOUR),
    Health.UNKNOWN_NAME: (_HOUR, _DAY),
    Health.NO_PREVIEW: (_HOUR, _DAY),
    Health.OTHER_CHANNEL: (10 * _MINUTE, _DAY),
    Health.THROTTLED: (5 * _MINUTE, _HOUR),
    Health.CHALLENGE: (5 * _MINUTE, _HOUR),
    Health.REFUSED: (30 * _MINUTE, _DAY),
    Health.SERVER_ERROR: (2 * _MINUTE, _HOUR),
    Health.UNREACHABLE: (2 * _MINUTE, _HOUR),
    Health.SPOILT: (5 * _MINUTE, _DAY),
    Health.DRIFT: (15 * _MINUTE, _DAY),
}

_OURS_TO_SLOW = frozenset({Reached.THROTTLED, Reached.CHALLENGE})
# The host's trouble rather than a channel's, when several requests in a row meet it.
_HOST_TROUBLE = _OURS_TO_SLOW | {Reached.SERVER_ERROR, Reached.UNREACHABLE, Reached.CUT_OFF}
_IN_A_ROW = 3
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
_LONGEST_ASKED = timedelta(days=1)  # a Retry-After beyond that is taken for one day


def health_after(reached: Reached) -> Health:
    return _HEALTH[reached]


def back_off(health: Health, failures: int) -> timedelta:
    """How long a channel rests after `failures` visits in a row (1 or more) that were not well."""
    first, longest = _WAITS[health]
    doubled: timedelta = first * 2 ** min(failures - 1, 20)
    return min(doubled, longest)


@dataclass(frozen=True)
class Host:
    """How the host that serves all channels has answered lately: the circuit breaker.

    troubles: requests in a row that met its trouble. paused_until: nothing is asked before then;
        None: it may be asked now. The first request after a pause is the trial.
    """

    troubles: int = 0
    paused_until: datetime | None = None

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    def after(self, reached: Reached, retry_after: timedelta | None, now: datetime) -> "Host":
        """429 and challenges pause at once: as long as the host asks, or else 5 minutes, doubled
        up to an hour. Servers that fail or stay silent pause from the third in a row."""
        if reached not in _HOST_TROUBLE:
            return Host()
        troubles = self.troubles + 1
        over = troubles if reached in _OURS_TO_SLOW else troubles - _IN_A_ROW + 1
        if over < 1:
            return Host(troubles, self.paused_until)
        pause: timedelta = min(_FIRST_PAUSE * 2 ** min(over - 1, 10), _LONGEST_PAUSE)
        if retry_after is not None:
            # Asked for less than nothing, or again and again: our own doubling still holds.
            asked = min(retry_after, _LONGEST_ASKED)
            pause = asked if troubles < _IN_A_ROW else max(asked, pause)
        return Host(troubles, now + pause)
