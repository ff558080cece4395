"""`/digest`."""

from bot.chat.reply import Reply, reply
from bot.chat.routes import Command, Route, Said
from bot.domain.people import Role
from bot.render.paging import packed
from bot.services.pause import Pause
from bot.services.refer import Refer
from bot.texts import say


class Referring:
    def __init__(self, refer: Refer, pause: Pause) -> None:
        self._refer = refer
        self._pause = pause
        self.commands = {"digest": Command(Role.ADMIN, self._digest)}
        self.routes: dict[str, Route] = {}

    async def _digest(self, said: Said) -> list[Reply]:
        wanted = "".join(said.words[:1]).lower().strip("!.")
        if wanted == "resume":
            resumed = await self._pause.resume(said.person)
            key = "digest-resumed" if resumed else "digest-not-paused"
            return reply(said.chat_id, say(said.language, key))
        if wanted != "now":
            return reply(said.chat_id, say(said.language, "digest-how"))
        if await self._pause.is_on():
            return reply(said.chat_id, say(said.language, "digest-paused"))
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
