"""The small facts beside a message: numbers as people write them, dates, and `data-view`."""

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.domain.channel import bot_api_id

LAST_MESSAGE_ID: Final = 2**31 - 1
# Telegram's largest bare channel id (core.telegram.org/api/bots/ids).
_LAST_CHANNEL_ID: Final = 997_852_516_352
# Telegram opened in August 2013; its dates are 32-bit.
_FIRST_SECOND: Final = 1_375_315_200
_LAST_SECOND: Final = 2**31 - 1

_PLAIN: Final = re.compile(r"[0-9]{1,3}(?:[ ,\u00a0\u202f][0-9]{3})+|[0-9]{1,15}")
_ROUNDED: Final = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,3}))?([KMB])")
_UNITS: Final = {"K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_LONGEST_VIEW: Final = 1_000


def count(written: str) -> tuple[int, bool] | None:
    """A counter's number and whether it was rounded: "1 234" is exact, "1.2K" is not.

    None for what is no such number.
    """
    text = written.strip()
    if len(text) > 30:
        return None
    if _PLAIN.fullmatch(text):
        return int(re.sub(r"\D", "", text)), False
    if found := _ROUNDED.fullmatch(text):
        whole, decimals, unit = found.groups()
        decimals = decimals or ""
        return int(whole + decimals) * _UNITS[unit] // 10 ** len(decimals), True
    return None


def message_id(written: str | None) -> int | None:
    """A message's number, 1 to 2^31 - 1; None for anything else."""
    if written is None or not (written.isascii() and written.isdecimal() and len(written) <= 10):
        return None
    number = int(written)
    return number if 0 < number <= LAST_MESSAGE_ID else None


def moment(written: str | None) -> datetime | None:
    """A date with its zone, in UTC. None without a zone, or outside Telegram's lifetime."""
    try:
        when = datetime.fromisoformat(written or "")
        seconds = when.timestamp() if when.tzinfo else -1
    except (ValueError, OverflowError):
        return None
    return when.astimezone(UTC) if _FIRST_SECOND <= seconds <= _LAST_SECOND else None


@dataclass(frozen=True)
class View:
    """What `data-view` tells: the channel's Bot API id and the server's time. Either may lack."""

    chat_id: int | None = None
    rendered_at: datetime | None = None


def view(written: str | None, number: int) -> View:
    """Reads the undocumented `data-view` of message `number`; what makes no sense is left out.

    It is base64 of JSON such as {"c": -1000000042, "p": 528, "t": 1790000000, "h": "..."}. `p` is a
    string for an album ("528g"). Another message's view says nothing about this one.
    """
    fields = _fields(written)
    if str(fields.get("p")).removesuffix("g") != str(number):
        return View()
    return View(_chat_id(fields.get("c")), _second(fields.get("t")))


def _fields(written: str | None) -> dict[str, Any]:
    if not written or len(written) > _LONGEST_VIEW or not written.isascii():
        return {}
    try:
        fields = json.loads(urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _chat_id(bare: Any) -> int | None:
    is_channel = type(bare) is int and 0 < -bare <= _LAST_CHANNEL_ID
    return bot_api_id(-bare) if is_channel else None


def _second(seconds: Any) -> datetime | None:
    is_possible = type(seconds) is int and _FIRST_SECOND <= seconds <= _LAST_SECOND
    return datetime.fromtimestamp(seconds, UTC) if is_possible else None
