"""`/addchannel`, `/removechannel`, `/channels`."""

from bot.chat.reply import Reply, reply
from bot.chat.routes import Command, Route, Said
from bot.domain.channel import Channel, WatchState
from bot.domain.people import Role
from bot.render.paging import packed
from bot.render.times import local_time
from bot.services.watch import Answer, Answered, Watch
from bot.texts import Html, say

_MOST_NAMES = 200  # in one message; more do not fit 4,096 characters anyway
_LONGEST_NAME = 64


class Watching:
    """bot_name: whom an owner has to add to the channel."""

    def __init__(self, watch: Watch, bot_name: str, timezone: str) -> None:
        self._watch = watch
        self._bot_name = bot_name
        self._timezone = timezone
        self.commands = {
            "addchannel": Command(Role.ADMIN, self._add),
            "removechannel": Command(Role.ADMIN, self._remove),
            "channels": Command(Role.ADMIN, self._list),
        }
        self.routes: dict[str, Route] = {}

    async def _add(self, said: Said) -> list[Reply]:
        if not said.words:
            return reply(said.chat_id, say(said.language, "addchannel-how"))
        return self._answered(said, await self._watch.add(said.person, said.words[:_MOST_NAMES]))

    async def _remove(self, said: Said) -> list[Reply]:
        if not said.words:
            return reply(said.chat_id, say(said.language, "removechannel-how"))
        return self._answered(said, await self._watch.remove(said.person, said.words[:_MOST_NAMES]))

    def _answered(self, said: Said, answers: list[Answered]) -> list[Reply]:
        lines = [
            say(
                said.language,
                f"channel-{one.answer.value.replace('_', '-')}",
                name=one.name or one.written[:_LONGEST_NAME],
            )
            for one in answers
        ]
        if any(one.answer is Answer.WAITING for one in answers):
            lines.append(say(said.language, "channel-how-to-add", bot=self._bot_name))
        if len(said.words) > _MOST_NAMES:
            lines.append(say(said.language, "channel-too-many", most=_MOST_NAMES))
        return reply(said.chat_id, *packed(lines, "\n"))

    async def _list(self, said: Said) -> list[Reply]:
        channels = await self._watch.listed()
        if not channels:
            return reply(said.chat_id, say(said.language, "channels-none"))
        lines = [say(said.language, "channels-head", count=len(channels))]
        lines += [self._line(channel, said.language) for channel in channels]
        return reply(said.chat_id, *packed(lines, "\n"))

    def _line(self, channel: Channel, language: str) -> Html:
        if channel.state is WatchState.WAITING:
            return say(language, "channels-waiting", name=channel.name)
        if channel.last_post_at is None:
            return say(language, "channels-silent", name=channel.name)
        return say(
            language,
            "channels-watching",
            name=channel.name,
            posts=channel.posts,
            unreadable=channel.unreadable,
            last=local_time(channel.last_post_at, self._timezone, language),
        )
