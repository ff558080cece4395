"""Draws up a recipient's month, for the officer who reports upward."""

import asyncio

from bot.domain.month import month_named
from bot.domain.people import Person
from bot.ports import Attachment, Clock
from bot.render.documents.monthly import monthly
from bot.services.write import House
from bot.storage.database import Database
from bot.texts import say


class ReportUp:
    def __init__(self, database: Database, clock: Clock, house: House) -> None:
        self._database = database
        self._clock = clock
        self._house = house

    async def month(self, person: Person, words: str) -> Attachment | None:
        """The month that words name, of the person's own profile, as PDF; None for words that name
        none, and for somebody without a profile. Nothing of it is kept.

        The name of a month that still runs says so.
        """
        now = self._clock.now()
        async with self._database.look() as work:
            recipient = await work.recipients.own(person)
            month = month_named(words, now, recipient.timezone) if recipient else None
            if recipient is None or month is None:
                return None
            report = await work.months.report(recipient, month, now)
        frame = self._house.frame(recipient)
        content = await asyncio.to_thread(monthly, report, frame)
        if not report.is_so_far:
            return Attachment(f"saring-{month.name}.pdf", content)
        so_far = say(recipient.language, "report-file-so-far").unescape()
        return Attachment(f"saring-{month.name}-{so_far}.pdf", content)
