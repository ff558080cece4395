"""`/reopen`, `/withdraw` and its button, `/hold`, and the buttons of whoever is asked to agree."""

import re
from collections.abc import Sequence

from telegram import Message

from bot.chat.buttons import buttons_of
from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.case import CaseState
from bot.domain.people import Person, Role
from bot.domain.reversal import REOPENABLE, Reversal, unpack_second, unpack_take_back
from bot.ports import Letter
from bot.render.paging import packed
from bot.render.reversal import why_letter
from bot.render.times import local_time
from bot.services.retain import Retain
from bot.services.reverse import CaseCard, Reverse
from bot.texts import Html, say

_NAMED = re.compile(r"#(\d{1,15})|(\d{1,15})(?:/(\d{1,15}))?")
_HOW = {"reopen": "reopen-how", "withdraw": "withdraw-how"}
_SENT = frozenset({CaseState.REFERRED})


class Reversing:
    def __init__(self, reverse: Reverse, retain: Retain, timezone: str) -> None:
        self._reverse = reverse
        self._retain = retain
        self._timezone = timezone
        self.commands = {
            "withdraw": Command(Role.MODERATOR, self._withdraw),
            "reopen": Command(Role.ADMIN, self._reopen),
            "hold": Command(Role.ADMIN, self._hold),
        }
        self.routes = {
            "withdraw": Route(Role.MODERATOR, self._seconded),
            "takeback": Route(Role.MODERATOR, self._take_back),
        }

    async def _reopen(self, said: Said) -> list[Reply]:
        """`/reopen 12 the reason`; `12/345` where case 12 has several posts."""
        found = await self._named(said, "reopen", REOPENABLE)
        if not isinstance(found, CaseCard):
            return found
        became = await self._reverse.reopen(said.person, found.card_id, said.after(1))
        return reply(said.chat_id, _said(became, found.case_id, said.language))

    async def _withdraw(self, said: Said) -> list[Reply]:
        """`/withdraw 12 the reason`; `#45` names a referral by its own number."""
        found = await self._named(said, "withdraw", _SENT)
        if not isinstance(found, CaseCard):
            return found
        _, words = await self._asked(said.person, found, said.after(1))
        return reply(said.chat_id, words)

    async def _asked(self, person: Person, card: CaseCard, reason: str) -> tuple[Reversal, Html]:
        """What became of the first person's wish, and how that is said."""
        became, others = await self._reverse.ask(person, card.card_id, reason)
        if became is not Reversal.ASKED:
            return became, _said(became, card.case_id, person.language)
        key = "reversal-asked" if others else "reversal-asked-nobody"
        return became, say(person.language, key, case=card.case_id, others=others)

    # --- the button beside a decided card ----------------------------------------------------

    async def _take_back(self, pressed: Pressed) -> Answer:
        """Asks for the reason, which is sent in reply; or puts the question away."""
        press = unpack_take_back(pressed.data)
        if press is None or not pressed.is_private:
            return Answer(say(pressed.language, "press-unknown"))
        if press.is_off:
            words = say(pressed.language, "withdraw-off")
            return Answer(replies=(Reply(pressed.chat_id, Letter(words), pressed.message_id),))
        found, card = await self._reverse.withdrawable(press.card_id)
        if card is None:
            return Answer(say(pressed.language, _key(found)))
        if found is not Reversal.ASKED:
            return Answer(_said(found, card.case_id, pressed.language))
        letter = why_letter(card.card_id, card.case_id, card.link, pressed.language)
        return Answer(replies=(Reply(pressed.chat_id, letter),))

    async def hear(self, person: Person, message: Message) -> list[Reply] | None:
        """A moderator's reply with the reason; the question goes once the wish is kept."""
        question = message.reply_to_message
        is_moderator = question is not None and person.holds(Role.MODERATOR)
        card_id = _asked_of(question) if question is not None and is_moderator else None
        if card_id is None or question is None or not message.text:
            return None
        found, card = await self._reverse.withdrawable(card_id)
        if card is None:
            return reply(message.chat_id, say(person.language, _key(found)))
        became, words = await self._asked(person, card, message.text)
        if became is Reversal.NO_REASON:
            return reply(message.chat_id, words)
        return [Reply(message.chat_id, Letter(words), question.message_id)]

    async def _named(
        self, said: Said, command: str, states: frozenset[CaseState]
    ) -> CaseCard | list[Reply]:
        """The card that the first word names; or the answer that says how to name one."""
        written = _NAMED.fullmatch(said.words[0]) if said.words else None
        if written is None:
            return reply(said.chat_id, say(said.language, _HOW[command]))
        if written[1]:
            cards = await self._reverse.card_of_referral(int(written[1]))
        else:
            message_id = int(written[3]) if written[3] else None
            cards = await self._reverse.cards(int(written[2]), message_id)
        if not cards:
            return reply(said.chat_id, say(said.language, "reversal-no-case"))
        fitting = [one for one in cards if one.state in states] or cards
        if len(fitting) > 1:
            return reply(said.chat_id, *packed(_choice(fitting, command, said.language), "\n"))
        return fitting[0]

    async def _seconded(self, pressed: Pressed) -> Answer:
        """The second person's word; the message that asked loses its buttons."""
        press = unpack_second(pressed.data)
        if press is None:
            return Answer(say(pressed.language, "press-unknown"))
        became = await self._reverse.second(pressed.person, press)
        words = say(pressed.language, _key(became))
        if became is Reversal.SAME_PERSON:
            return Answer(words)
        return Answer(words, (Reply(pressed.chat_id, Letter(words), pressed.message_id),))

    # --- holds ------------------------------------------------------------------------------

    async def _hold(self, said: Said) -> list[Reply]:
        """`/hold`, `/hold 12 the reason`, `/hold 12 off`."""
        if not said.words:
            return await self._held(said)
        case_id, rest = said.words[0], said.words[1:]
        if not (case_id.isascii() and case_id.isdecimal() and len(case_id) <= 15):
            return reply(said.chat_id, say(said.language, "hold-how"))
        if [word.lower() for word in rest] == ["off"]:
            became = await self._retain.lift(said.person, int(case_id))
        else:
            became = await self._retain.hold(said.person, int(case_id), said.after(1))
        key = f"hold-{became.replace('_', '-')}"
        return reply(said.chat_id, say(said.language, key, case=case_id))

    async def _held(self, said: Said) -> list[Reply]:
        holds = await self._retain.holds()
        lines = [say(said.language, "holds-head" if holds else "holds-none")]
        lines += [
            say(
                said.language,
                "holds-line",
                case=one.case_id,
                name=one.placed_by,
                when=local_time(one.placed_at, self._timezone, said.language),
                reason=one.reason,
            )
            for one in holds
        ]
        return reply(said.chat_id, *packed([*lines, say(said.language, "hold-how")], "\n"))


def _asked_of(message: Message) -> int | None:
    """The card that a question for a reason is about; None for any other message."""
    for button in buttons_of(message):
        press = unpack_take_back(button)
        if press is not None and press.is_off:
            return press.card_id
    return None


def _choice(cards: Sequence[CaseCard], command: str, language: str) -> list[Html]:
    head = say(language, "reversal-which", command=command)
    lines = [
        say(
            language,
            "reversal-one",
            command=command,
            named=f"{one.case_id}/{one.message_id}",
            link=one.link,
        )
        for one in cards[:50]
    ]
    return [head, *lines]


def _key(became: Reversal) -> str:
    return f"reversal-{became.replace('_', '-')}"


def _said(became: Reversal, case_id: int, language: str) -> Html:
    return say(language, _key(became), case=case_id)
