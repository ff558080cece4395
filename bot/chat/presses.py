"""Presses of buttons: decided first, then answered with the result.

A query can be answered once, so the answer waits for the decision; one that takes longer than two
seconds gets a plain answer, and the desk shows the result.
"""

import asyncio
import logging

from telegram import CallbackQuery, MaybeInaccessibleMessage
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.chat.learning import Learning
from bot.chat.reply import Reply
from bot.chat.staff import Staff
from bot.domain.case import CaseState, Choice, Refusal
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from bot.domain.learning import unpack_learning
from bot.domain.people import Person, Role
from bot.domain.press import Action, Press, unpack, unpack_removal
from bot.render.desk import harm_name, purpose_name
from bot.services.deal import Deal
from bot.services.decide import Decide, Decided
from bot.services.join import Join
from bot.texts import Html, closest_language, say

_log = logging.getLogger(__name__)
_PATIENCE = 2.0  # seconds until a press gets a plain answer
_VIEWS = {
    Action.CONFIRM: View.HARM,
    Action.DISMISS: View.PURPOSE,
    Action.BACK: View.CARD,
    Action.FULL: View.FULL,
    Action.NEXT_PAGE: View.FULL,
}


class Presses:
    def __init__(
        self, join: Join, deal: Deal, decide: Decide, staff: Staff, learning: Learning
    ) -> None:
        self._join = join
        self._deal = deal
        self._decide = decide
        self._staff = staff
        self._learning = learning

    async def answer(self, query: CallbackQuery) -> list[Reply]:
        """Does what a press asks for and answers it. A forged or foreign press changes nothing."""
        language = closest_language(query.from_user.language_code)
        deciding = asyncio.create_task(self._result(query, language))
        try:
            done, _ = await asyncio.wait({deciding}, timeout=_PATIENCE)
            if not done:
                await _tell(query, say(language, "press-working"))
                return (await deciding)[1]
            words, replies = deciding.result()
            await _tell(query, words)
            return replies
        finally:
            deciding.cancel()  # no effect on one that is done
            await asyncio.wait({deciding})

    async def _result(self, query: CallbackQuery, language: str) -> tuple[Html, list[Reply]]:
        person = await self._join.person(query.from_user.id, language)
        removal = unpack_removal(query.data or "")
        learnt = unpack_learning(query.data or "")
        if removal is None and learnt is None:
            return await self._at_desk(query, person, language), []
        if person is None or not person.holds(Role.ADMIN) or query.message is None:
            return say(language, "only-admin"), []
        if learnt is not None:
            return await self._learning.pressed(person, learnt), []
        assert removal is not None  # one of the two
        return await self._staff.pressed(person, removal, person.telegram_id)

    async def _at_desk(self, query: CallbackQuery, person: Person | None, language: str) -> Html:
        press = unpack(query.data or "")
        if person is None or not person.holds(Role.MODERATOR):
            _log.warning("press by somebody who is no moderator: refused")
            return say(language, "press-no-moderator")
        if press is None or not _is_private(query.message, person):
            _log.warning("press by person %s that no button of ours sends: refused", person.id)
            return say(language, "press-unknown")
        assert query.message is not None  # checked by `_is_private`
        await self._deal.adopt(person, query.message.message_id)
        return await self._act(person, press, query.message.chat.id)

    async def _act(self, person: Person, press: Press, chat_id: int) -> Html:
        if press.action in (Action.DUTY_ON, Action.DUTY_OFF):
            on = press.action is Action.DUTY_ON
            await self._deal.duty(person, on=on, chat_id=chat_id)
            return say(person.language, "answer-duty-on" if on else "answer-duty-off")
        if press.action in _VIEWS:
            return await self._turn(person, press, _VIEWS[press.action])
        if press.action is Action.UNDO:
            return _undone(await self._decide.undo(person, press.card_id), person.language)
        return await self._choose(person, press)

    async def _turn(self, person: Person, press: Press, view: View) -> Html:
        shown = await self._deal.turn(person, press.card_id, press.revision_id, view)
        if shown is None:
            missed = await self._decide.missed(person, press.card_id, press.revision_id)
            return _said(missed, Choice.SKIP, person.language)
        if view is View.HARM and shown is View.FULL:
            return say(person.language, "refused-not-opened-in-full")
        return Html("")

    async def _choose(self, person: Person, press: Press) -> Html:
        if press.action is Action.HARM and press.code in set(HarmCode):
            return await self._chosen(person, press, Choice.CONFIRM, HarmCode(press.code))
        if press.action is Action.PURPOSE and press.code in {None, *PurposeCode}:
            purpose = PurposeCode(press.code) if press.code else None
            return await self._chosen(person, press, Choice.DISMISS, purpose=purpose)
        if press.action is Action.UNSURE:
            return await self._chosen(person, press, Choice.UNSURE)
        if press.action is Action.SKIP:
            return await self._chosen(person, press, Choice.SKIP)
        return say(person.language, "press-unknown")

    async def _chosen(
        self,
        person: Person,
        press: Press,
        choice: Choice,
        harm: HarmCode | None = None,
        purpose: PurposeCode | None = None,
    ) -> Html:
        decided = await self._decide.choose(
            person, press.card_id, press.revision_id, choice, harm, purpose
        )
        return _said(decided, choice, person.language)


def _said(decided: Decided, choice: Choice, language: str) -> Html:
    if decided.refusal is Refusal.ALREADY_DECIDED and decided.by:
        return say(language, "refused-decided-by", name=decided.by)
    if decided.refusal:
        return say(language, f"refused-{decided.refusal.replace('_', '-')}")
    if choice in (Choice.UNSURE, Choice.SKIP):
        return say(language, f"answer-{choice}")
    if decided.state in (CaseState.SECOND, CaseState.THIRD):
        return say(language, "answer-another-look")
    if decided.harm:
        key = "answer-kept" if decided.state is CaseState.KEPT else "answer-confirmed"
        return say(language, key, harm=harm_name(decided.harm, language))
    return say(language, "answer-dismissed", purpose=purpose_name(decided.purpose, language))


def _undone(decided: Decided, language: str) -> Html:
    if decided.refusal:
        return say(language, f"refused-{decided.refusal.replace('_', '-')}")
    return say(language, "answer-undone")


def _is_private(message: MaybeInaccessibleMessage | None, person: Person) -> bool:
    """Whether the button stands in the presser's own chat with the bot."""
    return (
        message is not None
        and message.chat.type == ChatType.PRIVATE
        and message.chat.id == person.telegram_id
    )


async def _tell(query: CallbackQuery, words: Html) -> None:
    try:
        await query.answer(words.striptags()[:200] or None)
    except TelegramError as error:
        # Too old, or a repeat after a crash: the desk shows the result all the same.
        _log.info("press could not be answered: %s", error.message)
