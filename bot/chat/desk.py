"""`/duty`, `/desk`, and the buttons of a desk."""

import logging

from bot.chat.practice import Practice
from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.case import CaseState, Choice, Refusal
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from bot.domain.people import Person, Role
from bot.domain.press import Action, Press, unpack
from bot.render.codes import harm_name, purpose_name
from bot.services.deal import Deal, Duty
from bot.services.decide import Decide, Decided
from bot.services.regroup import Regroup
from bot.services.turn import Turn
from bot.texts import Html, say

_log = logging.getLogger(__name__)
_VIEWS = {
    Action.CONFIRM: View.HARM,
    Action.DISMISS: View.PURPOSE,
    Action.BACK: View.CARD,
    Action.FULL: View.FULL,
    Action.NEXT_PAGE: View.FULL,
    Action.MORE: View.MORE,
    Action.COPIES: View.COPIES,
    Action.HISTORY: View.HISTORY,
}


class DeskButtons:
    def __init__(
        self, deal: Deal, turn: Turn, decide: Decide, regroup: Regroup, practice: Practice
    ) -> None:
        self._deal = deal
        self._turn = turn
        self._decide = decide
        self._regroup = regroup
        self._practice = practice
        self.commands = {
            "duty": Command(Role.MODERATOR, self._duty),
            "desk": Command(Role.MODERATOR, self._desk),
        }
        self.routes = {action.value: Route(Role.MODERATOR, self._pressed) for action in Action}

    async def _duty(self, said: Said) -> list[Reply]:
        wanted = said.words[0].lower() if said.words else ""
        if wanted not in ("on", "off"):
            return reply(said.chat_id, say(said.language, "duty-how"))
        done = await self._deal.duty(said.person, on=wanted == "on", chat_id=said.chat_id)
        if done is Duty.PRACTICE_FIRST:
            return await self._practice.first(said.person, said.chat_id)
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
        if press.action in (Action.DUTY_ON, Action.DUTY_OFF):
            return await self._shift(pressed, on=press.action is Action.DUTY_ON)
        if not await self._deal.adopt(pressed.person, pressed.message_id):
            return Answer(say(pressed.language, "press-too-soon"))
        return Answer(await self._act(pressed.person, press))

    async def _shift(self, pressed: Pressed, *, on: bool) -> Answer:
        done = await self._deal.duty(pressed.person, on=on, chat_id=pressed.chat_id)
        if done is Duty.PRACTICE_FIRST:
            first = await self._practice.first(pressed.person, pressed.chat_id)
            return Answer(replies=tuple(first))
        return Answer(say(pressed.language, "answer-duty-on" if on else "answer-duty-off"))

    async def _act(self, person: Person, press: Press) -> Html:
        if press.action in _VIEWS:
            return await self._show(person, press, _VIEWS[press.action])
        if press.action is Action.UNDO:
            return _undone(await self._decide.undo(person, press.card_id), person.language)
        if press.action is Action.DIFFERENT:
            lay_there = await self._turn.differs(person, press.card_id, press.revision_id)
            return Html("") if lay_there else await self._missed(person, press)
        if press.action is Action.TEACHES:
            return await self._teach(person, press)
        if press.action in (Action.JOIN, Action.KEEP_APART, Action.TAKE_OUT):
            return await self._move(person, press)
        return await self._choose(person, press)

    async def _show(self, person: Person, press: Press, view: View) -> Html:
        shown = await self._turn.to(person, press.card_id, press.revision_id, view)
        if shown is None:
            return await self._missed(person, press)
        if view is View.HARM and shown is View.FULL:
            return say(person.language, "refused-not-opened-in-full")
        return Html("")

    async def _missed(self, person: Person, press: Press) -> Html:
        missed = await self._decide.missed(person, press.card_id, press.revision_id)
        return _said(missed, Choice.SKIP, person.language)

    async def _teach(self, person: Person, press: Press) -> Html:
        teaches = await self._turn.teach(person, press.card_id, press.revision_id)
        if teaches is None:
            return await self._missed(person, press)
        return say(person.language, "answer-teaches" if teaches else "answer-teaches-not")

    async def _move(self, person: Person, press: Press) -> Html:
        verbs = {
            Action.JOIN: (self._regroup.join, "answer-joined"),
            Action.KEEP_APART: (self._regroup.keep_apart, "answer-kept-apart"),
            Action.TAKE_OUT: (self._regroup.take_out, "answer-taken-out"),
        }
        verb, key = verbs[press.action]
        case_id = await verb(person, press.card_id, press.revision_id)
        if isinstance(case_id, Refusal):
            return await self._missed(person, press)
        return say(person.language, key, case=case_id)

    async def _choose(self, person: Person, press: Press) -> Html:
        if press.action is Action.SAME and press.code in {"NONE", *HarmCode, *PurposeCode}:
            decided = await self._decide.same(
                person, press.card_id, press.revision_id, press.code or "NONE"
            )
            return _said(decided, Choice.DISMISS, person.language)
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
