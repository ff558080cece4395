"""`/digest`."""

from bot.chat.reply import Reply, reply
from bot.chat.routes import Command, Route, Said
from bot.domain.people import Role
from bot.render.paging import packed
from bot.services.refer import Refer
from bot.texts import say


class Referring:
    def __init__(self, refer: Refer) -> None:
        self._refer = refer
        self.commands = {"digest": Command(Role.ADMIN, self._digest)}
        self.routes: dict[str, Route] = {}

    async def _digest(self, said: Said) -> list[Reply]:
        if "".join(said.words[:1]).lower().strip("!.") != "now":
            return reply(said.chat_id, say(said.language, "digest-how"))
        made = await self._refer.digests_now()
        if not made:
            return reply(said.chat_id, say(said.language, "digest-nothing"))
        lines = [
            say(
                said.language, "digest-made", name=one.recipient, number=one.number, items=one.items
            )
            for one in made
        ]
        return reply(said.chat_id, *packed(lines, "\n"))
