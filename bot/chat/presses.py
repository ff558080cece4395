"""Presses of buttons: decided first, then answered with the result.

A query can be answered once, so the answer waits for the decision; one that takes longer than two
seconds gets a plain answer, and the desk shows the result.
"""

import asyncio
import logging
from collections.abc import Sequence

from telegram import CallbackQuery
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.chat.reply import Reply
from bot.chat.routes import Answer, Group, Pressed
from bot.domain.people import Person, Role
from bot.services.admit import Admit
from bot.services.join import Join
from bot.texts import Html, closest_language, say

_log = logging.getLogger(__name__)
_PATIENCE = 2.0  # seconds until a press gets a plain answer


class Presses:
    """groups: whose routes know what to do; the role is checked here, on every press."""

    def __init__(self, join: Join, admit: Admit, groups: Sequence[Group]) -> None:
        self._join = join
        self._admit = admit
        self._routes = {start: route for group in groups for start, route in group.routes.items()}

    async def answer(self, query: CallbackQuery) -> list[Reply]:
        """Does what a press asks for and answers it. A forged or foreign press changes nothing."""
        language = closest_language(query.from_user.language_code)
        deciding = asyncio.create_task(self._result(query, language))
        try:
            done, _ = await asyncio.wait({deciding}, timeout=_PATIENCE)
            if not done:
                await _tell(query, say(language, "press-working"))
                return list((await deciding).replies)
            answer = deciding.result()
            await _tell(query, answer.toast)
            return list(answer.replies)
        finally:
            deciding.cancel()  # no effect on one that is done
            await asyncio.wait({deciding})

    async def _result(self, query: CallbackQuery, language: str) -> Answer:
        data = query.data or ""
        person = await self._presser(query, language)
        route = self._routes.get(data.partition(":")[0])
        # What no button sends is refused with the words for moderators, who press the most.
        wanted = route.role if route else Role.MODERATOR
        if person is None or not person.holds(wanted):
            _log.warning("press by somebody who is no %s: refused", wanted)
            return Answer(say(language, f"press-no-{wanted}"))
        if route is None or query.message is None:
            _log.warning("press by person %s that no button of ours sends: refused", person.id)
            return Answer(say(language, "press-unknown"))
        message = query.message
        return await route.answer(Pressed(person, data, message.chat.id, message.message_id))

    async def _presser(self, query: CallbackQuery, language: str) -> Person | None:
        """Who presses: in a group a member who speaks for it, and nobody in a public one.

        Telegram says where a button stands and shows it to members alone, so a press in a group
        comes from one.
        """
        chat = query.message.chat if query.message else None
        if chat is None or chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
            return await self._join.person(query.from_user.id, language)
        if chat.username:
            return None
        return await self._admit.officer(query.from_user.id, language, chat.id)


async def _tell(query: CallbackQuery, words: Html) -> None:
    try:
        await query.answer(words.striptags()[:200] or None)
    except TelegramError as error:
        # Too old, or a repeat after a crash: the desk shows the result all the same.
        _log.info("press could not be answered: %s", error.message)
