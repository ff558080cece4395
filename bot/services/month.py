"""Draws up a recipient's month, for the officer who reports upward."""

from bot.domain.month import MonthReport, month_named
from bot.domain.people import Person
from bot.ports import Clock
from bot.storage.database import Database


class ReportUp:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def month(self, person: Person, words: str) -> MonthReport | None:
        """The month that words name, of the person's own profile; None for words that name none,
        or for somebody who has no profile.
        """
        now = self._clock.now()
        async with self._database.look() as work:
            recipient = await work.recipients.of_person(person.id)
            if recipient is None:
                return None
            month = month_named(words, now, recipient.timezone)
            return await work.months.report(recipient, month, now) if month else None
