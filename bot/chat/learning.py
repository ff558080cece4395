"""`/quality` and `/learning`, and the buttons under a comparison."""

import asyncio

from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.learning import Voted, unpack_learning
from bot.domain.people import Role
from bot.domain.post import SourceKind
from bot.ports import Attachment, Letter
from bot.render.comparison import lesson_text
from bot.render.quality import quality_picture, quality_text
from bot.render.times import local_time
from bot.services.learn import Learn, Overview
from bot.services.learn_promote import Promote
from bot.services.learn_quality import Quality
from bot.texts import Html, say

_ANSWERS = {
    Voted.SECOND_NEEDED: "answer-second-needed",
    Voted.PROMOTED: "answer-promoted",
    Voted.KEPT: "answer-champion-kept",
    Voted.CLOSED: "answer-closed",
}


class Learning:
    def __init__(self, quality: Quality, learn: Learn, promote: Promote, timezone: str) -> None:
        self._quality = quality
        self._learn = learn
        self._promote = promote
        self._timezone = timezone
        self.commands = {
            "quality": Command(Role.ADMIN, self._shown),
            "learning": Command(Role.ADMIN, self._asked),
        }
        self.routes = {"learn": Route(Role.ADMIN, self._pressed)}

    async def _shown(self, said: Said) -> list[Reply]:
        """A short text, and a picture once something has been judged."""
        models = await self._quality.by_model()
        words = quality_text(models, said.language)
        if not models:
            return [Reply(said.chat_id, Letter(words))]
        picture = await asyncio.to_thread(quality_picture, models, said.language)
        attachment = Attachment("quality.png", picture)
        return [Reply(said.chat_id, Letter(words, attachment=attachment))]

    async def _asked(self, said: Said) -> list[Reply]:
        """`/learning`, `/learning on bot`, `/learning off export`, `/learning train`."""
        admin, chat_id, wanted = said.person, said.chat_id, [word.lower() for word in said.words]
        if wanted == ["train"]:
            started = await self._learn.ask(admin)
            key = "learning-asked" if started else "learning-busy"
            return reply(chat_id, say(admin.language, key))
        if len(wanted) == 2 and wanted[0] in ("on", "off") and wanted[1] in set(SourceKind):
            on, source = wanted[0] == "on", SourceKind(wanted[1])
            if not await self._learn.switch(admin, source, on=on):
                return reply(chat_id, say(admin.language, "learning-already"))
            return reply(chat_id, _source_line(source, on, admin.language))
        if wanted:
            return reply(chat_id, say(admin.language, "learning-how"))
        return reply(chat_id, self._overview(await self._learn.overview(), admin.language))

    def _overview(self, overview: Overview, language: str) -> Html:
        lines = [say(language, "learning-head")]
        lines += [_source_line(one, one in overview.sources, language) for one in SourceKind]
        if overview.sources:
            lines.append(say(language, "learning-now"))
            lines.append(lesson_text(overview.taught, language))
        if overview.last:
            when = local_time(overview.last.asked_at, self._timezone, language)
            state = say(language, f"learning-state-{overview.last.state}")
            lines.append(say(language, "learning-last", when=when, state=state))
        lines.append(say(language, "learning-how"))
        return Html("\n").join(lines)

    async def _pressed(self, pressed: Pressed) -> Answer:
        """The answer to Promote or Keep."""
        press = unpack_learning(pressed.data)
        if press is None:
            return Answer(say(pressed.language, "press-unknown"))
        voted = await self._promote.vote(pressed.person, press)
        return Answer(say(pressed.language, _ANSWERS[voted]))


def _source_line(source: SourceKind, on: bool, language: str) -> Html:
    key = "learning-source-on" if on else "learning-source-off"
    return say(language, key, source=say(language, f"source-{source}"))
