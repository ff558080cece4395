"""`/practice` and the buttons of sample cards; `/me`."""

from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.people import Person, Role
from bot.domain.practice import unpack_practice
from bot.render.own_figures import own_figures_text
from bot.render.practice import draw_done, draw_sample
from bot.services.practise import Practise
from bot.services.reflect import Reflect
from bot.texts import say


class Practice:
    def __init__(self, practise: Practise, reflect: Reflect) -> None:
        self._practise = practise
        self._reflect = reflect
        self.commands = {
            "practice": Command(Role.MODERATOR, self._begin),
            "me": Command(Role.MODERATOR, self._me),
        }
        self.routes = {"play": Route(Role.MODERATOR, self._pressed)}

    async def first(self, person: Person, chat_id: int) -> list[Reply]:
        """What somebody gets who wants a real card before practice was passed."""
        return [
            *reply(chat_id, say(person.language, "practice-first")),
            *await self._next(person, chat_id),
        ]

    async def _begin(self, said: Said) -> list[Reply]:
        return await self._next(said.person, said.chat_id)

    async def _me(self, said: Said) -> list[Reply]:
        figures = await self._reflect.on(said.person)
        return reply(said.chat_id, own_figures_text(figures, said.language))

    async def _next(self, person: Person, chat_id: int) -> list[Reply]:
        stand = await self._practise.stand(person)
        if stand.is_done:
            return [Reply(chat_id, draw_done(stand, None, person.language))]
        return [Reply(chat_id, draw_sample(stand, None, person.language))]

    async def _pressed(self, pressed: Pressed) -> Answer:
        press = unpack_practice(pressed.data)
        if press is None or not pressed.is_private:
            return Answer(say(pressed.language, "press-unknown"))
        answered = await self._practise.answer(
            pressed.person, press.sample, is_propaganda=press.is_propaganda
        )
        if answered.sample is None:
            return Answer(say(pressed.language, "press-unknown"))
        draw = draw_done if answered.exercise.is_done else draw_sample
        letter = draw(answered.exercise, answered, pressed.language)
        toast = say(pressed.language, "practice-right" if answered.is_right else "practice-wrong")
        return Answer(toast, (Reply(pressed.chat_id, letter, edits=pressed.message_id),))
