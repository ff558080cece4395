"""Calls a recipient again who has not acknowledged what was sent at once; then others are told.

Driven by rows and our own Clock: a process that was down makes the call that is due by then, and
the letter and the count of calls are one transaction.
"""

from bot.domain.calling import LAST, calls_due
from bot.domain.recipient import Recipient
from bot.ports import Clock
from bot.render.receipts import call_letter
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.digest_calls import Call
from bot.storage.unit_of_work import UnitOfWork


class CallAgain:
    """emergency: the line that every call carries, such as a telephone number; may be empty."""

    def __init__(self, database: Database, clock: Clock, emergency: str) -> None:
        self._database = database
        self._clock = clock
        self._emergency = emergency

    async def due(self) -> int:
        """Makes the calls whose time has come; how many digests were called about."""
        now = self._clock.now()
        async with self._database.look() as work:
            if not await work.digest_calls.due(now):
                return 0
        async with self._database.work() as work:
            await work.audit.hold()
            due = await work.digest_calls.due(now)
            for call in due:
                await self._call(work, call)
            await work.commit()
        return len(due)

    async def _call(self, work: UnitOfWork, call: Call) -> None:
        """One call, however many were missed meanwhile: ringing twice at once helps nobody."""
        now = self._clock.now()
        made = calls_due(call.started_at, now)
        recipient = await work.recipients.get(call.recipient_id)
        if call.is_delivered:  # else the digest itself is still on its way, and stands first
            await self._ring(work, call, recipient.chat_id, recipient.language)
        if made >= LAST:
            await self._tell_others(work, call, recipient)
        await work.digest_calls.called(call, made, now)
        await work.audit.write(
            "called again", f"digest {call.digest_id}", now, details={"calls": made}
        )

    async def _ring(self, work: UnitOfWork, call: Call, chat_id: int, language: str) -> None:
        now = self._clock.now()
        minutes = int((now - call.started_at).total_seconds() // 60)
        digest = await work.receipts.digest(call.digest_id)
        letter = call_letter(digest, call.number, minutes, self._emergency, language)
        await work.outbox.owe_notice(chat_id, letter, now)

    async def _tell_others(self, work: UnitOfWork, call: Call, recipient: Recipient) -> None:
        """The second contact, where there is one, and every admin."""
        minutes = int((self._clock.now() - call.started_at).total_seconds() // 60)
        if recipient.second_person_id is not None:
            second = await work.people.by_id(recipient.second_person_id)
            assert second is not None  # a foreign key says so
            await self._ring(work, call, second.telegram_id, second.language)
        has_second = recipient.second_person_id is not None
        await tell_admins(
            work,
            self._clock,
            "told-unreceived" if has_second else "told-unreceived-alone",
            number=call.number,
            name=recipient.name,
            minutes=minutes,
            line=f"\n☎️ {self._emergency}" if self._emergency else "",
        )
