"""What the bot says of itself before anybody starts it: who runs it, who gets the referrals."""

import logging
from datetime import timedelta

from telegram.error import TelegramError

from bot.chat.telegram_bot import TelegramBot
from bot.ports import Clock
from bot.services.enrol import Enrol
from bot.texts import LANGUAGES, say

_log = logging.getLogger(__name__)
_LONGEST = 512  # characters of a description (Bot API, setMyDescription)
_LONGEST_SHORT = 120  # of the line on the bot's profile
_PAUSE = timedelta(minutes=10)  # until it is tried again
_MOST_NAMES = 300  # characters of the recipients' names


class Profile:
    """operator: who runs the bot. contact: where decisions can be contested.

    A description that cannot be set is a convenience lost and nothing more.
    """

    def __init__(
        self, bot: TelegramBot, enrol: Enrol, clock: Clock, operator: str, contact: str
    ) -> None:
        self._bot = bot
        self._enrol = enrol
        self._clock = clock
        self._operator = operator
        self._contact = contact
        self._said: tuple[str, ...] | None = None
        self._not_before = clock.now()

    async def keep_true(self) -> None:
        """Says it anew when recipients have come or gone since, and once after each start."""
        names = await self._enrol.public_names()
        now = self._clock.now()
        if names == self._said or now < self._not_before:
            return
        try:
            for language in (None, *LANGUAGES):
                await self._say(names, language)
        except TelegramError as error:
            self._not_before = now + _PAUSE  # every tick would be a burden on the others
            _log.warning("the bot's description could not be set: %s", error.message)
        else:
            self._said = names

    async def _say(self, names: tuple[str, ...], language: str | None) -> None:
        written = language or "en"  # None: for everybody whose language has no words of its own
        given = [name or say(written, "profile-unnamed").unescape() for name in names]
        # Each once: several may still be without a name.
        listed = ", ".join(dict.fromkeys(given))[:_MOST_NAMES]
        listed = listed or say(written, "profile-nobody").unescape()
        words = say(
            written,
            "profile",
            operator=self._operator,
            recipients=listed,
            contact=self._contact,
        )
        short = say(written, "profile-short", operator=self._operator)
        await self._bot.set_my_description(words.unescape()[:_LONGEST], language_code=language)
        await self._bot.set_my_short_description(
            short.unescape()[:_LONGEST_SHORT], language_code=language
        )
