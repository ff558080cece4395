"""`/recipients`: profiles, changed by buttons and by typed values; `/digest N` sends again."""

from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.codes import HarmCode
from bot.domain.people import Role
from bot.domain.recipient import Change, RecipientPress, Typed, asks_first, unpack_recipient
from bot.ports import Letter
from bot.render.recipient import Profile, close_letter, list_letter, profile_letter, stop_letter
from bot.services.enrol import Enrol
from bot.texts import say


class Recipients:
    def __init__(self, enrol: Enrol) -> None:
        self._enrol = enrol
        self.commands = {"recipients": Command(Role.ADMIN, self._asked)}
        self.routes = {"recipient": Route(Role.ADMIN, self._pressed)}

    async def _asked(self, said: Said) -> list[Reply]:
        """`/recipients`, `/recipients 3`, `/recipients 3 time 07:30`."""
        if not said.words:
            letter = list_letter(await self._enrol.all(), said.language)
            return [Reply(said.chat_id, letter)]
        number, *rest = said.words
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            return reply(said.chat_id, say(said.language, "recipients-how"))
        if not rest:
            return self._shown(said, await self._enrol.profile(int(number)))
        if rest[0].lower() not in set(Typed):
            return reply(said.chat_id, say(said.language, "recipients-how"))
        field = Typed(rest[0].lower())
        done = await self._enrol.typed(said.person, int(number), field, " ".join(rest[1:]))
        if isinstance(done, str):
            return reply(said.chat_id, say(said.language, done))
        return self._shown(said, done)

    def _shown(self, said: Said, profile: Profile | None) -> list[Reply]:
        if profile is None:
            return reply(said.chat_id, say(said.language, "recipients-how"))
        return [Reply(said.chat_id, profile_letter(profile, said.language))]

    async def _pressed(self, pressed: Pressed) -> Answer:
        """The same message with the profile as it is now."""
        press = unpack_recipient(pressed.data)
        if press is None:
            return Answer(say(pressed.language, "press-unknown"))
        if press.change is Change.AGAIN:
            digest_id = int(press.value) if press.value.isdecimal() else 0
            was = await self._enrol.again(pressed.person, press.recipient_id, digest_id)
            return Answer(say(pressed.language, f"digest-again-{was}" if was else "press-unknown"))
        if press.change is Change.CLOSE:
            return await self._close(pressed, press)
        letter = await self._next(pressed, press)
        if letter is None:
            return Answer(say(pressed.language, "press-unknown"))
        return Answer(replies=(Reply(pressed.chat_id, letter, edits=pressed.message_id),))

    async def _next(self, pressed: Pressed, press: RecipientPress) -> Letter | None:
        """The list, a profile, or the question before threats are stopped; None for no profile."""
        language = pressed.language
        if press.change is Change.LIST:
            return list_letter(await self._enrol.all(), language)
        profile = await self._enrol.profile(press.recipient_id)
        if profile is None or press.change is Change.OPEN:
            return profile_letter(profile, language) if profile else None
        if press.change is Change.CODE and press.value in set(HarmCode):
            code = HarmCode(press.value)
            if asks_first(profile.recipient, code):
                return stop_letter(profile.recipient, code, language)
        after = await self._enrol.press(pressed.person, press)
        return profile_letter(after, language) if after else None

    async def _close(self, pressed: Pressed, press: RecipientPress) -> Answer:
        """The question first; then the group is taken off."""
        if not press.value:
            profile = await self._enrol.profile(press.recipient_id)
            if profile is None or not profile.recipient.is_group:
                return Answer(say(pressed.language, "press-unknown"))
            letter = close_letter(profile.recipient, pressed.language)
            return Answer(replies=(Reply(pressed.chat_id, letter),))
        done = await self._enrol.close(pressed.person, press.recipient_id)
        if not done:
            return Answer(say(pressed.language, "press-unknown"))
        words = say(pressed.language, "recipient-closed")
        return Answer(words, (Reply(pressed.chat_id, Letter(words), pressed.message_id),))
