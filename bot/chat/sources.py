"""`/sources`: the ways posts come in; the preview's switch with its terms and its legal basis."""

from telegram import Message

from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.people import Person, Role
from bot.ports import Letter
from bot.render.sources import basis_letter, sources_text, terms_text
from bot.services.basis import Basis, Typed
from bot.services.source_states import SourceStates
from bot.services.sources import SwitchAnswer
from bot.texts import say


class SourcesGroup:
    def __init__(self, basis: Basis, states: SourceStates, timezone: str) -> None:
        self._basis = basis
        self._states = states
        self._timezone = timezone
        self.commands = {"sources": Command(Role.ADMIN, self._said)}
        self.routes = {"src": Route(Role.ADMIN, self._pressed)}

    async def _said(self, said: Said) -> list[Reply]:
        wanted = [word.lower() for word in said.words]
        if wanted == ["preview", "on"]:
            return [Reply(said.chat_id, await self._ask(said.person))]
        if wanted == ["preview", "off"]:
            switched = await self._basis.off(said.person)
            if switched.answer is SwitchAnswer.ALREADY:
                return reply(said.chat_id, say(said.language, "preview-already-off"))
            return []  # every admin is told, this one too
        states = await self._states.all()
        return reply(said.chat_id, sources_text(states, said.language, self._timezone))

    async def _ask(self, admin: Person) -> Letter:
        if not await self._basis.ask(admin):
            return Letter(say(admin.language, "preview-already-on"))
        return Letter(terms_text(admin.language))

    async def hear(self, person: Person, message: Message) -> list[Reply] | None:
        """The legal basis, where an admin was asked for one."""
        if not message.text or not person.holds(Role.ADMIN):
            return None
        typed = await self._basis.typed(person, message.text)
        if typed is None:
            return None
        answer, basis = typed
        if answer is Typed.TOO_SHORT:
            return reply(message.chat_id, say(person.language, "basis-too-short"))
        return [Reply(message.chat_id, basis_letter(basis, person.language))]

    async def _pressed(self, pressed: Pressed) -> Answer:
        admin, language = pressed.person, pressed.language
        if not pressed.is_private:
            return Answer(say(language, "press-unknown"))
        match pressed.data:
            case "src:ask":
                return Answer(replies=(Reply(pressed.chat_id, await self._ask(admin)),))
            case "src:yes":
                switched = await self._basis.confirm(admin)
                if switched is None:
                    return Answer(say(language, "basis-gone"))
                words = say(language, "preview-on", channels=switched.channels)
            case "src:no":
                await self._basis.drop(admin)
                words = say(language, "preview-stays-off")
            case _:
                return Answer(say(language, "press-unknown"))
        return Answer(replies=(Reply(pressed.chat_id, Letter(words), pressed.message_id),))
