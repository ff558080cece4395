"""`/status`."""

from bot.chat.reply import Reply, reply
from bot.chat.routes import Command, Route, Said
from bot.domain.people import Role
from bot.render.status import status_text
from bot.services.report import Report


class Overview:
    def __init__(self, report: Report, timezone: str) -> None:
        self._report = report
        self._timezone = timezone
        self.commands = {"status": Command(Role.ADMIN, self._status)}
        self.routes: dict[str, Route] = {}

    async def _status(self, said: Said) -> list[Reply]:
        status = await self._report.status()
        return reply(said.chat_id, status_text(status, said.language, self._timezone))
