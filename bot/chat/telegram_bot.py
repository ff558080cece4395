"""The Bot API client: python-telegram-bot's, with updates handed over as Telegram wrote them."""

import asyncio
import os
from typing import Any

from telegram import Bot
from telegram.error import RetryAfter, TelegramError
from telegram.request import HTTPXRequest

# Asked for by name: the default leaves some out, and an omitted list keeps what was asked before.
WANTED = (
    "message",
    "callback_query",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
)
POLL_SECONDS = 30
MOST_AT_ONCE = 100  # updates that Telegram hands out in one answer
_CONNECTIONS = 16


# Waits as timedelta: python-telegram-bot warns about each 429 until one chooses.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class TelegramBot(Bot):
    """A bot whose raw updates can go to the inbox before anything tries to understand them."""

    async def raw_updates(self, offset: int | None) -> list[dict[str, Any]]:
        """Updates from an offset on, after at most 30 s. Asking confirms all earlier ones."""
        # `get_updates` would parse the whole batch first, and one odd update would block the rest.
        updates: list[dict[str, Any]] = await self._post(
            "getUpdates",
            {
                "offset": offset,
                "timeout": POLL_SECONDS,
                "allowed_updates": list(WANTED),
            },
            read_timeout=POLL_SECONDS + 10,
        )
        return updates

    async def hang_up(self) -> None:
        """Closes the connections of a bot that Telegram never knew; `shutdown` leaves them."""
        await asyncio.gather(*(request.shutdown() for request in self._request))


def wait_of(error: TelegramError) -> float | None:
    """Seconds that Telegram asks to wait; None where it does not say."""
    if not isinstance(error, RetryAfter):
        return None
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()


def telegram_bot(token: str, base_url: str | None = None) -> TelegramBot:
    """A client that is not connected yet. base_url: another Bot API server's, up to the token."""
    base_url = base_url or "https://api.telegram.org/bot"
    return TelegramBot(
        token,
        base_url=base_url,
        base_file_url=f"{base_url.removesuffix('/bot')}/file/bot",
        request=HTTPXRequest(connection_pool_size=_CONNECTIONS, read_timeout=15),
        get_updates_request=HTTPXRequest(connection_pool_size=1),
    )
