"""`/duty`, `/desk`, and the buttons of a desk."""

import logging

from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.case import CaseState, Choice, Refusal
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from bot.domain.people import Person, Role
from bot.domain.press import Action, Press, unpack
from bot.render.desk import harm_name, purpose_name
from bot.services.deal import Deal
from bot.services.decide import Decide, Decided
from bot.texts import Html, say

_log = logging.getLogger(__name__)
_VIEWS = {
    Action.CONFIRM: View.HARM,
    Action.DISMISS: View.PURPOSE,
    Action.BACK: View.CARD,
    Action.FULL: View.FULL,
    Action.NEXT_PAGE: View.FULL,
}


class DeskButtons:
    def __init__(self, deal: Deal, decide: Decide) -> None:
        self._deal = deal
        self._decide = decide
        self.commands = {
            "duty": Command(Role.MODERATOR, self._duty),
            "desk": Command(Role.MODERATOR, self._desk),
        }
        self.routes = {action.value: Route(Role.MODERATOR, self._pressed) for action in Action}

    async def _duty(self, said: Said) -> list[Reply]:
        wanted = said.words[0].lower() if said.words else ""
        if wanted not in ("on", "off"):
            return reply(said.chat_id, say(said.language, "duty-how"))
        await self._deal.duty(said.person, on=wanted == "on", chat_id=said.chat_id)
        return []  # the desk message is the answer

    async def _desk(self, said: Said) -> list[Reply]:
        await self._deal.bring(said.person, said.chat_id)
        return []  # as with /duty

    async def _pressed(self, pressed: Pressed) -> Answer:
        press = unpack(pressed.data)
        if press is None or not pressed.is_private:
            _log.warning(
                "press by person %s that no button of ours sends: refused", pressed.person.id
            )
            return Answer(say(pressed.language, "press-unknown"))
        await self._deal.adopt(pressed.person, pressed.message_id)
        return Answer(await self._act(pressed.person, press, pressed.chat_id))

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
