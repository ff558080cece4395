"""`/channels` with its pages and buttons, `/removechannel`, `/leaveout`."""

from telegram import Message

from bot.chat.buttons import buttons_of
from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.adding import LONGEST_LINE, REQUEST_LIFETIME, ChannelKind, Line
from bot.domain.channel import WatchState
from bot.domain.overseen import Act, ChannelPress, Overseen, unpack_channel
from bot.domain.people import Person, Role
from bot.domain.rekind import KindWhyPress, Rekinded, unpack_kind
from bot.ports import Letter
from bot.render.adding import answer_line
from bot.render.channels import (
    channel_letter,
    left_out_letters,
    levels_letter,
    page_letter,
    removed_letter,
)
from bot.render.paging import packed
from bot.render.rekind import kind_why_letter, kinds_letter
from bot.services.adding import Adding
from bot.services.lapse import Lapse
from bot.services.leave_out import LeaveAnswer, LeaveOut
from bot.services.oversee import Did, Done, Oversee
from bot.services.rekind import Rekind
from bot.services.watch import Watch
from bot.texts import Html, say

_MOST_NAMES = 200  # in one message; more do not fit 4,096 characters anyway


class Watching:
    def __init__(
        self,
        watch: Watch,
        oversee: Oversee,
        leave_out: LeaveOut,
        lapse: Lapse,
        adding: Adding,
        rekind: Rekind,
        timezone: str,
    ) -> None:
        self._watch = watch
        self._oversee = oversee
        self._leave_out = leave_out
        self._lapse = lapse
        self._adding = adding
        self._rekind = rekind
        self._timezone = timezone
        self.commands = {
            "channels": Command(Role.ADMIN, self._list),
            "removechannel": Command(Role.ADMIN, self._remove),
            "leaveout": Command(Role.ADMIN, self._leave),
        }
        self.routes = {
            "chan": Route(Role.ADMIN, self._pressed),
            "left": Route(Role.ADMIN, self._lift),
            "rekind": Route(Role.ADMIN, self._kind_pressed),
        }

    async def _list(self, said: Said) -> list[Reply]:
        return [Reply(said.chat_id, await self._page(0, said.language))]

    async def _page(self, number: int, language: str) -> Letter:
        return page_letter(await self._oversee.page(number), language, self._timezone)

    async def _remove(self, said: Said) -> list[Reply]:
        if not said.words:
            return reply(said.chat_id, say(said.language, "removechannel-how"))
        answered = await self._watch.remove(said.person, said.words[:_MOST_NAMES])
        lines = [
            answer_line(Line(0, one.written[:LONGEST_LINE], one.name, one.answer), said.language)
            for one in answered
        ]
        if len(said.words) > _MOST_NAMES:
            lines.append(say(said.language, "channel-too-many", most=_MOST_NAMES))
        return reply(said.chat_id, *packed(lines, "\n"))

    async def _leave(self, said: Said) -> list[Reply]:
        """`/leaveout` alone lists; with a name and a reason it adds."""
        if not said.words:
            listed = await self._leave_out.listed()
            entries = [(one.id, one.name, one.reason, one.listed_at) for one in listed]
            letters = left_out_letters(entries, said.language, self._timezone)
            return [Reply(said.chat_id, letter) for letter in letters]
        left = await self._leave_out.add(said.person, said.words[0], said.after(1))
        key = f"left-{left.answer.replace('_', '-')}"
        words = say(said.language, key, name=left.name)
        if left.answer is LeaveAnswer.LISTED and left.was_watched:
            words += Html(" ") + say(said.language, "left-was-watched")
        return reply(said.chat_id, words)

    async def _lift(self, pressed: Pressed) -> Answer:
        entry = pressed.data.removeprefix("left:")
        if not (entry.isdecimal() and len(entry) < 19 and pressed.is_private):
            return Answer(say(pressed.language, "press-unknown"))
        name = await self._leave_out.lift(pressed.person, int(entry))
        if name is None:
            return Answer(say(pressed.language, "press-unknown"))
        return Answer(say(pressed.language, "left-lifted", name=f"@{name}"))

    async def _pressed(self, pressed: Pressed) -> Answer:
        press = unpack_channel(pressed.data)
        if press is None or not pressed.is_private:
            return Answer(say(pressed.language, "press-unknown"))
        match press.act:
            case Act.PAGE:
                return _in_place(pressed, await self._page(press.page, pressed.language))
            case Act.SHOW | Act.LEVELS | Act.KINDS | Act.KIND:
                return await self._show(pressed, press)
            case Act.REQUESTS:
                waiting = await self._adding.requests_for(pressed.person)
                waiting += await self._rekind.requests_for(pressed.person)
                if waiting:
                    return Answer(say(pressed.language, "requests-shown"))
                page = await self._page(press.page, pressed.language)  # its count may be old
                again = Reply(pressed.chat_id, page, edits=pressed.message_id)
                return Answer(say(pressed.language, "requests-yours"), (again,))
            case Act.RENEW_ALL:
                renewed = await self._lapse.renew_asked(pressed.person, press.channel_id)
                return Answer(say(pressed.language, "did-renewed-all", count=renewed))
        return self._did(pressed, press, await self._oversee.act(pressed.person, press))

    async def _show(self, pressed: Pressed, press: ChannelPress) -> Answer:
        seen = await self._oversee.show(press.channel_id)
        if seen is None:
            return Answer(say(pressed.language, "did-gone"))
        if press.act is Act.KINDS:
            letter = kinds_letter(seen.channel, press.page, pressed.language)
            return _in_place(pressed, letter)
        if press.act is Act.KIND:
            if press.value not in set(ChannelKind):
                return Answer(say(pressed.language, "press-unknown"))
            letter = kind_why_letter(seen.channel, ChannelKind(press.value), pressed.language)
            return Answer(replies=(Reply(pressed.chat_id, letter),))
        if press.act is Act.LEVELS:
            return _in_place(pressed, levels_letter(seen, press.page, pressed.language))
        return _in_place(pressed, self._channel(seen, press, pressed.language))

    # --- another kind -----------------------------------------------------------------------

    async def _kind_pressed(self, pressed: Pressed) -> Answer:
        """A second admin's word, or the question for a reason is put away."""
        press, language = unpack_kind(pressed.data), pressed.language
        if press is None or not pressed.is_private:
            return Answer(say(language, "press-unknown"))
        if isinstance(press, KindWhyPress):
            return _in_place(pressed, Letter(say(language, "kind-off")))
        became = await self._rekind.decide(pressed.person, press)
        if became in (Rekinded.LATE, Rekinded.OWN):
            return Answer(say(language, f"add-{became}"))
        key = "rekind-you-agreed" if became is Rekinded.DONE else "rekind-you-refused"
        return _in_place(pressed, Letter(say(language, key)))

    async def hear(self, person: Person, message: Message) -> list[Reply] | None:
        """An admin's reply with the reason for another kind; None for anything else."""
        question = message.reply_to_message
        if question is None or not message.text or not person.holds(Role.ADMIN):
            return None
        presses = [unpack_kind(data) for data in buttons_of(question)]
        press = next((one for one in presses if isinstance(one, KindWhyPress)), None)
        if press is None:
            return None
        became = await self._rekind.ask(person, press.channel_id, press.kind, message.text)
        kind = say(person.language, f"kind-{press.kind}")
        key = f"rekind-{became.replace('_', '-')}"
        name = await self._rekind.name(press.channel_id) or ""
        words = say(person.language, key, name=name, kind=kind, days=REQUEST_LIFETIME.days)
        if became is Rekinded.NO_REASON:
            return reply(message.chat_id, words)
        return [Reply(message.chat_id, Letter(words), question.message_id)]

    def _channel(
        self, seen: Overseen, press: ChannelPress, language: str, said: Html | None = None
    ) -> Letter:
        return channel_letter(seen, press.page, language, self._timezone, said)

    def _did(self, pressed: Pressed, press: ChannelPress, did: Did) -> Answer:
        """The channel as it stands now, in the place of the one that was pressed."""
        if did.seen is None:
            return Answer(say(pressed.language, "did-gone"))
        channel = did.seen.channel
        if did.done is Done.REMOVED:
            before = did.before or WatchState.WAITING
            letter = removed_letter(channel, before, press.page, pressed.language)
            return _in_place(pressed, letter)
        words = say(pressed.language, f"did-{did.done}", name=channel.name)
        if did.done in (Done.GONE, Done.PREVIEW_OFF, Done.TOO_LATE, Done.LEFT_OUT):
            return Answer(words)
        if press.value == "here":  # asked about on its own: the other buttons there stay
            return Answer(words)
        return _in_place(pressed, self._channel(did.seen, press, pressed.language, words))


def _in_place(pressed: Pressed, letter: Letter) -> Answer:
    return Answer(replies=(Reply(pressed.chat_id, letter, edits=pressed.message_id),))
