"""Fetches the file of a message, with patience for a network that falters."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.chat.telegram_bot import TelegramBot

_log = logging.getLogger(__name__)
_PAUSES: Final = (1.0, 3.0)  # seconds between attempts to fetch a file
_LONGEST_WAIT: Final = 60.0  # seconds; who waits longer had better send it again


async def fetch(bot: TelegramBot, file_id: str, most_bytes: int) -> bytearray | str:
    """The file's bytes; or `too-large` or `not-fetched`, the reason why there are none."""
    for pause in (*_PAUSES, None):
        try:
            file = await bot.get_file(file_id)
            content = await file.download_as_bytearray()
        except (BadRequest, InvalidToken) as error:  # the second: the file's address is gone
            return "too-large" if "too big" in error.message.lower() else "not-fetched"
        except (RetryAfter, NetworkError) as error:
            if pause is None:
                _log.warning("a file could not be fetched: %s", type(error).__name__)
                return "not-fetched"
            await asyncio.sleep(_wait(error) or pause)
            continue
        return "too-large" if len(content) > most_bytes else content
    raise AssertionError("the last attempt returns")


def _wait(error: TelegramError) -> float:
    """Seconds that Telegram asks to wait, within reason; 0 when it does not say."""
    asked = error.retry_after if isinstance(error, RetryAfter) else 0
    seconds = asked.total_seconds() if isinstance(asked, timedelta) else float(asked)
    return min(seconds, _LONGEST_WAIT)
