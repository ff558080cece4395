"""`/digest`."""

from dataclasses import replace

from bot.chat.reply import Reply, reply
from bot.chat.routes import Command, Route, Said
from bot.domain.people import Role
from bot.domain.recipient import Change, RecipientPress
from bot.ports import Button, Letter
from bot.render.digest import item_names
from bot.render.paging import packed
from bot.services.enrol import Enrol
from bot.services.pause import Pause
from bot.services.refer import Refer
from bot.texts import Html, say


class Referring:
    def __init__(self, refer: Refer, pause: Pause, enrol: Enrol) -> None:
        self._refer = refer
        self._enrol = enrol
        self._pause = pause
        self.commands = {"digest": Command(Role.ADMIN, self._digest)}
        self.routes: dict[str, Route] = {}

    async def _digest(self, said: Said) -> list[Reply]:
        wanted = "".join(said.words[:1]).lower().strip("!.")
        if wanted == "resume":
            resumed = await self._pause.resume(said.person)
            key = "digest-resumed" if resumed else "digest-not-paused"
            return reply(said.chat_id, say(said.language, key))
        if wanted == "preview":
            return await self._preview(said)
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 8:
            return await self._again(said, int(wanted))
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

    async def _preview(self, said: Said) -> list[Reply]:
        """What would leave now, recipient by recipient; nothing of it is numbered or sent."""
        replies: list[Reply] = []
        for one in await self._refer.preview():
            words = say(
                said.language,
                "digest-preview",
                name=one.recipient,
                items=one.items,
                held=one.held,
            )
            replies += reply(said.chat_id, words)
            replies += [Reply(said.chat_id, replace(letter, buttons=())) for letter in one.letters]
        return replies or reply(said.chat_id, say(said.language, "recipients-none"))

    async def _again(self, said: Said, number: int) -> list[Reply]:
        """A button for each recipient that has had a digest of this number."""
        found = await self._enrol.sent_as(number)
        if not found:
            return reply(said.chat_id, say(said.language, "digest-no-such", number=number))
        rows = tuple(
            (
                Button(
                    one.recipient.name[:40],
                    RecipientPress(one.recipient.id, Change.AGAIN, str(one.id)).pack(),
                ),
            )
            for one in found
        )
        lines = [say(said.language, "digest-again-whom", number=number)]
        lines += [
            say(
                said.language,
                "digest-again-withdrawn",
                name=one.recipient.name,
                items=item_names(one.withdrawn),
            )
            for one in found
            if one.withdrawn
        ]
        return [Reply(said.chat_id, Letter(Html("\n\n").join(lines), rows))]
