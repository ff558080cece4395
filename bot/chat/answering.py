"""What recipients do: Received, answers by button, by reply and by spreadsheet, `/open`."""

import asyncio

from telegram import Document, Message

from bot.chat.fetching import fetch
from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.chat.telegram_bot import TelegramBot
from bot.domain.errors import SheetError
from bot.domain.people import Person, Role
from bot.domain.receipt import (
    AnswerableDigest,
    DisputeState,
    read_answers,
    unpack_answer,
    unpack_digest,
    unpack_dispute,
)
from bot.domain.reversal import unpack_correction
from bot.ports import Letter, SheetReader
from bot.render.receipts import codes_letter, open_letters, page_letter, tally
from bot.render.reversal import correction_letter, withdraw_button
from bot.services.answer import Answer as Answering
from bot.services.answer import Answers
from bot.services.month import ReportUp
from bot.services.reverse import Reverse
from bot.texts import Html, say

_MOST_BYTES = 5 * 1024 * 1024  # a digest's spreadsheet is a hundredth of that


class Receipts:
    """read_sheet: takes a spreadsheet apart that came back."""

    def __init__(
        self,
        bot: TelegramBot,
        answer: Answering,
        reverse: Reverse,
        read_sheet: SheetReader,
        report_up: ReportUp,
    ) -> None:
        self._bot = bot
        self._answer = answer
        self._reverse = reverse
        self._read_sheet = read_sheet
        self._report_up = report_up
        self.commands = {
            "open": Command(Role.RECIPIENT, self._open),
            "report": Command(Role.RECIPIENT, self._report),
        }
        self.routes = {
            "received": Route(Role.RECIPIENT, self._of_digest),
            "answers": Route(Role.RECIPIENT, self._of_digest),
            "answer": Route(Role.RECIPIENT, self._answered),
            "correction": Route(Role.RECIPIENT, self._corrected),
            "dispute": Route(Role.MODERATOR, self._disputed),
        }

    # --- buttons ----------------------------------------------------------------------------

    async def _of_digest(self, pressed: Pressed) -> Answer:
        """The buttons under a digest, which itself is never changed."""
        press, language = unpack_digest(pressed.data), pressed.language
        digest = await self._answer.digest(pressed.person, press.digest_id) if press else None
        if press is None:
            return Answer(say(language, "press-unknown"))
        if digest is None:
            return Answer(say(language, "answer-not-yours"))
        if not press.is_received:
            return Answer(replies=(Reply(pressed.chat_id, page_letter(digest, 0, language)),))
        first = await self._answer.received(pressed.person, digest.id)
        toast = say(language, "answer-received" if first else "answer-received-before")
        if not first or pressed.person.group is None:
            return Answer(toast)
        named = pressed.person.pseudonym  # a group sees that one of them has done it
        words = say(language, "answer-received-group", number=digest.number, who=named)
        return Answer(toast, (Reply(pressed.chat_id, Letter(words)),))

    async def _answered(self, pressed: Pressed) -> Answer:
        """The list, the answers to one item, or an answer; the message changes in place."""
        press, language = unpack_answer(pressed.data), pressed.language
        digest = await self._answer.digest(pressed.person, press.digest_id) if press else None
        if press is None:
            return Answer(say(language, "press-unknown"))
        if digest is None:
            return Answer(say(language, "answer-not-yours"))
        item = next((one for one in digest.items if one.number == press.referral), None)
        if item is None:
            letter = page_letter(digest, press.page, language)
            return Answer(replies=(Reply(pressed.chat_id, letter, pressed.message_id),))
        if press.code is None:
            letter = codes_letter(digest, item, press.page, language)
            return Answer(replies=(Reply(pressed.chat_id, letter, pressed.message_id),))
        kept = await self._answer.one(pressed.person, item.number, press.code)
        after = await self._answer.digest(pressed.person, press.digest_id) or digest
        letter = page_letter(after, press.page, language)
        toast = say(language, "answer-item-closed" if kept.foreign else "answer-kept-one")
        return Answer(toast, (Reply(pressed.chat_id, letter, pressed.message_id),))

    async def _corrected(self, pressed: Pressed) -> Answer:
        press = unpack_correction(pressed.data)
        if press is None:
            return Answer(say(pressed.language, "press-unknown"))
        one = await self._reverse.restored(pressed.person, press)
        if one is None:
            return Answer(say(pressed.language, "answer-not-yours"))
        letter = correction_letter(one, pressed.language)
        toast = say(pressed.language, "answer-kept-one")
        return Answer(toast, (Reply(pressed.chat_id, letter, pressed.message_id),))

    async def _disputed(self, pressed: Pressed) -> Answer:
        """A moderator's word on "not violating"; the message loses its buttons and its quote."""
        press = unpack_dispute(pressed.data)
        if press is None:
            return Answer(say(pressed.language, "press-unknown"))
        counted, dispute = await self._answer.decide(pressed.person, press)
        if dispute is None:
            return Answer(say(pressed.language, "press-unknown"))
        if not counted and dispute.state is DisputeState.OPEN:
            return Answer(say(pressed.language, "dispute-own", case=dispute.case_id))
        key = f"dispute-said-{press.state}" if counted else "dispute-closed"
        words = say(pressed.language, key, case=dispute.case_id, number=dispute.referral_id)
        is_wrong = counted and press.state is DisputeState.AGREED
        rows = ((withdraw_button(dispute.card_id, pressed.language),),) if is_wrong else ()
        return Answer(words, (Reply(pressed.chat_id, Letter(words, rows), pressed.message_id),))

    # --- commands ---------------------------------------------------------------------------

    async def _open(self, said: Said) -> list[Reply]:
        unanswered = await self._answer.unanswered(said.person)
        letters = open_letters(unanswered, self._answer.now(), said.language)
        return [Reply(said.chat_id, letter) for letter in letters]

    async def _report(self, said: Said) -> list[Reply]:
        """`/report`, `/report month`, `/report 2026-03`."""
        attachment = await self._report_up.month(said.person, " ".join(said.words).lower())
        if attachment is None:
            return reply(said.chat_id, say(said.language, "report-how"))
        letter = Letter(say(said.language, "report-here"), attachment=attachment)
        return [Reply(said.chat_id, letter)]

    # --- written answers and spreadsheets ---------------------------------------------------

    async def hear(self, person: Person, message: Message) -> list[Reply] | None:
        """Answers of a recipient's people; None for whatever is no answer."""
        if not person.holds(Role.RECIPIENT):
            return None
        if message.document is not None and _is_sheet(message.document):
            return reply(message.chat_id, await self._sheet(person, message.document))
        if not message.text:
            return None
        try:
            lines = read_answers(message.text)
        except ValueError as problem:
            return reply(message.chat_id, say(person.language, "answer-line-bad", line=problem))
        if lines is None:
            return await self._no_answer(person, message)
        digest = await self._meant(person, message)
        if digest is None and not all(line.numbers for line in lines):
            return reply(message.chat_id, say(person.language, "answer-which-digest"))
        kept = await self._answer.written(person, digest, lines)
        return reply(message.chat_id, _told(kept, person.language))

    async def _no_answer(self, person: Person, message: Message) -> list[Reply] | None:
        """Says so where a digest was replied to. In a group people talk about it to each other."""
        replied = message.reply_to_message
        if replied is None or person.group is not None:
            return None
        if await self._answer.digest_of_message(person, replied.message_id) is None:
            return None
        return reply(message.chat_id, say(person.language, "answer-nothing-noted"))

    async def _meant(self, person: Person, message: Message) -> AnswerableDigest | None:
        """The digest that was replied to; or the only one that is not answered to the end."""
        replied = message.reply_to_message
        if replied is not None:
            found = await self._answer.digest_of_message(person, replied.message_id)
            if found is not None:
                return found
        unanswered = (await self._answer.unanswered(person)).digests
        if len(unanswered) != 1:
            return None
        return await self._answer.digest(person, unanswered[0].digest_id)

    async def _sheet(self, person: Person, document: Document) -> Html:
        if (document.file_size or 0) > _MOST_BYTES:
            return say(person.language, "sheet-too-large")
        content = await fetch(self._bot, document.file_id, _MOST_BYTES)
        if isinstance(content, str):
            key = "sheet-too-large" if content == "too-large" else "sheet-not-fetched"
            return say(person.language, key)
        try:
            rows = await asyncio.to_thread(self._read_sheet, bytes(content))
        except SheetError as problem:
            return say(person.language, problem.key, row=problem.row)
        return _told(await self._answer.sheet(person, rows), person.language)


def _is_sheet(document: Document) -> bool:
    return (document.file_name or "").lower().endswith((".xlsx", ".xlsm", ".xls"))


def _told(kept: Answers, language: str) -> Html:
    return tally(kept.noted, kept.unchanged, kept.foreign, language)
