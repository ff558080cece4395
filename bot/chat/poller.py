"""Asks Telegram for updates and puts them into the inbox before asking for the next."""

import asyncio
import logging
from collections.abc import Callable

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.chat.lull import Lull
from bot.chat.telegram_bot import MOST_AT_ONCE, TelegramBot, wait_of
from bot.domain.errors import AnotherInstance, StorageError, TokenRefused
from bot.services.receive import Receive

_log = logging.getLogger(__name__)
_LONGEST_PAUSE = 60.0  # seconds


class Poller:
    """on_received: called after each commit to the inbox, with the kinds of what was put there.

    lull: is told when Telegram has more for us than it gives at once.
    """

    def __init__(
        self,
        bot: TelegramBot,
        receive: Receive,
        on_received: Callable[[set[str]], None],
        lull: Lull,
    ) -> None:
        self._bot = bot
        self._receive = receive
        self._on_received = on_received
        self._lull = lull
        self._has_asked = False

    async def run(self) -> None:
        """Runs until cancelled. Raises TokenRefused when the token is no longer good."""
        pause = 1.0
        while True:
            try:
                await self._once()
                pause = 1.0
            except InvalidToken as error:
                raise TokenRefused from error
            except Conflict:
                _log.error("%s", AnotherInstance())
                pause = await _rest(max(pause, 10.0))
            except RetryAfter as error:
                await _rest(wait_of(error) or pause)
            except StorageError as problem:
                # Nothing was confirmed to Telegram: it will send the same updates again.
                _log.error("updates cannot be kept: %s", problem)
                pause = await _rest(pause)
            except TelegramError as error:
                _log.warning("Telegram cannot be reached (%s), trying again", type(error).__name__)
                pause = await _rest(pause)

    async def _once(self) -> None:
        if not self._has_asked:
            await self._bot.delete_webhook()  # while there is one, Telegram hands out nothing
            self._has_asked = True
        updates = await self._bot.raw_updates(await self._receive.next_offset())
        self._lull.behind(is_behind=len(updates) >= MOST_AT_ONCE)
        if updates:
            # Commit before the next offset: asking for it is what tells Telegram they arrived.
            self._on_received(await self._receive.keep(updates))


async def _rest(seconds: float) -> float:
    """Waits, and returns how long to wait the next time."""
    await asyncio.sleep(seconds)
    return min(seconds * 2, _LONGEST_PAUSE)
