"""`/status` and `/stats`."""

import asyncio

from bot.chat.reply import Reply, reply
from bot.chat.routes import Command, Route, Said
from bot.domain.people import Role
from bot.domain.stats import Span
from bot.ports import Attachment, Letter
from bot.render.stats import stats_picture, stats_text
from bot.render.status import status_text
from bot.services.account import Account
from bot.services.report import Report
from bot.texts import say


class Overview:
    def __init__(self, report: Report, account: Account, timezone: str) -> None:
        self._report = report
        self._account = account
        self._timezone = timezone
        self.commands = {
            "status": Command(Role.ADMIN, self._status),
            "stats": Command(Role.ADMIN, self._stats),
        }
        self.routes: dict[str, Route] = {}

    async def _status(self, said: Said) -> list[Reply]:
        status = await self._report.status()
        return reply(said.chat_id, status_text(status, said.language, self._timezone))

    async def _stats(self, said: Said) -> list[Reply]:
        """`/stats`, `/stats day`, `/stats month`: a week unless something else is said."""
        wanted = said.words[0].lower() if said.words else Span.WEEK.value
        if wanted not in set(Span):
            return reply(said.chat_id, say(said.language, "stats-how"))
        stats = await self._account.of(Span(wanted))
        picture = await asyncio.to_thread(stats_picture, stats, said.language, self._timezone)
        attachment = Attachment("stats.png", picture)
        words = stats_text(stats, said.language)
        return [Reply(said.chat_id, Letter(words, attachment=attachment))]
