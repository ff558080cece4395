"""Commands in private chats: who may say what, and what is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram import Message, MessageEntity, User

from bot.chat.learning import Learning
from bot.chat.menus import Menus
from bot.chat.reply import Reply, reply
from bot.chat.staff import Staff
from bot.chat.uploads import Uploads
from bot.domain.channel import Channel, WatchState
from bot.domain.people import Person, Role
from bot.render.paging import packed
from bot.render.status import status_text
from bot.render.times import local_time
from bot.services.deal import Deal
from bot.services.join import Join
from bot.services.refer import Refer
from bot.services.report import Report
from bot.services.watch import Answer, Answered, Watch
from bot.texts import Html, closest_language, say

_MOST_NAMES = 200  # in one message; more do not fit 4,096 characters anyway
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Said:
    """A command by somebody who may give it. words: what follows it."""

    person: Person
    chat_id: int
    words: list[str]

    @property
    def language(self) -> str:
        return self.person.language


Answerer = Callable[[Said], Awaitable[list[Reply]]]


class Commands:
    """contact: where decisions can be contested. bot_name: for links that start the bot."""

    def __init__(
        self,
        *,
        join: Join,
        watch: Watch,
        deal: Deal,
        refer: Refer,
        report: Report,
        staff: Staff,
        learning: Learning,
        uploads: Uploads,
        menus: Menus,
        contact: str,
        bot_name: str,
        timezone: str,
    ) -> None:
        self._join = join
        self._watch = watch
        self._deal = deal
        self._refer = refer
        self._report = report
        self._staff = staff
        self._learning = learning
        self._uploads = uploads
        self._menus = menus
        self._contact = contact
        self._bot_name = bot_name
        self._timezone = timezone
        self._by_name: dict[str, tuple[Role, Answerer]] = {
            "addchannel": (Role.ADMIN, self._add_channels),
            "removechannel": (Role.ADMIN, self._remove_channels),
            "channels": (Role.ADMIN, self._channels),
            "status": (Role.ADMIN, self._status),
            "invite": (Role.ADMIN, self._invite),
            "digest": (Role.ADMIN, self._digest),
            "people": (Role.ADMIN, self._people),
            "quality": (Role.ADMIN, self._quality),
            "learning": (Role.ADMIN, self._learn),
            "duty": (Role.MODERATOR, self._duty),
        }

    async def answer(self, message: Message) -> list[Reply]:
        """The replies to a private message."""
        user = message.from_user
        if user is None or user.is_bot:
            return []
        language = closest_language(user.language_code)
        name, words = _command(message)
        if name == "start" and words:
            return await self._start_with(words[0], user, message.chat_id, language)
        person = await self._join.person(user.id, language, user.first_name[:_LONGEST_NAME])
        if person is None:
            return reply(message.chat_id, say(language, "stranger", contact=self._contact))
        # An animation comes as a document too.
        if message.document and not message.animation and person.holds(Role.ADMIN):
            return await self._uploads.read(person, message, message.document)
        wanted, answerer = self._by_name.get(name or "", (None, None))
        if answerer is None or wanted is None:
            await self._menus.show(person, message.chat_id)
            return reply(message.chat_id, self._greeting(person))
        if not person.holds(wanted):
            return reply(message.chat_id, say(language, f"only-{wanted}"))
        return await answerer(Said(person, message.chat_id, words))

    async def _start_with(self, token: str, user: User, chat_id: int, language: str) -> list[Reply]:
        accepted = await self._join.accept(
            token, user.id, user.first_name[:_LONGEST_NAME], language
        )
        if accepted is None:
            person = await self._join.person(user.id, language, user.first_name[:_LONGEST_NAME])
            if person is not None:
                return reply(chat_id, self._greeting(person))
            return reply(chat_id, say(language, "invite-bad", contact=self._contact))
        person, role = accepted
        await self._menus.show(person, chat_id)
        return reply(chat_id, say(language, f"welcome-{role}"), self._greeting(person))

    def _greeting(self, person: Person) -> Html:
        """What the person can do here, role by role."""
        known = [role for role in Role if person.holds(role)]
        return Html("\n\n").join(say(person.language, f"can-{role}") for role in known)

    async def _add_channels(self, said: Said) -> list[Reply]:
        if not said.words:
            return reply(said.chat_id, say(said.language, "addchannel-how"))
        answers = await self._watch.add(said.person, said.words[:_MOST_NAMES])
        return self._answered(said, answers)

    async def _remove_channels(self, said: Said) -> list[Reply]:
        if not said.words:
            return reply(said.chat_id, say(said.language, "removechannel-how"))
        answers = await self._watch.remove(said.person, said.words[:_MOST_NAMES])
        return self._answered(said, answers)

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

    async def _channels(self, said: Said) -> list[Reply]:
        channels = await self._watch.listed()
        if not channels:
            return reply(said.chat_id, say(said.language, "channels-none"))
        lines = [say(said.language, "channels-head", count=len(channels))]
        lines += [self._channel_line(channel, said.language) for channel in channels]
        return reply(said.chat_id, *packed(lines, "\n"))

    def _channel_line(self, channel: Channel, language: str) -> Html:
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

    async def _status(self, said: Said) -> list[Reply]:
        status = await self._report.status()
        return reply(said.chat_id, status_text(status, said.language, self._timezone))

    async def _invite(self, said: Said) -> list[Reply]:
        wanted = said.words[0].lower() if said.words else ""
        if wanted not in set(Role):
            return reply(said.chat_id, say(said.language, "invite-how"))
        role = Role(wanted)
        token = await self._join.invite(said.person, role)
        link = f"https://t.me/{self._bot_name}?start={token}"
        words = say(said.language, f"invite-{role}", link=link)
        return reply(said.chat_id, words)

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

    async def _people(self, said: Said) -> list[Reply]:
        return await self._staff.listed(said.person, said.chat_id)

    async def _quality(self, said: Said) -> list[Reply]:
        return await self._learning.quality(said.person, said.chat_id)

    async def _learn(self, said: Said) -> list[Reply]:
        return await self._learning.asked(said.person, said.words, said.chat_id)

    async def _duty(self, said: Said) -> list[Reply]:
        wanted = said.words[0].lower() if said.words else ""
        if wanted not in ("on", "off"):
            return reply(said.chat_id, say(said.language, "duty-how"))
        await self._deal.duty(said.person, on=wanted == "on", chat_id=said.chat_id)
        return []  # the desk message is the answer


def _command(message: Message) -> tuple[str | None, list[str]]:
    """The command's name, without its slash and the bot's name, and the words after it."""
    first = message.entities[0] if message.entities else None
    text = message.text or ""
    if first is None or first.type != MessageEntity.BOT_COMMAND or first.offset != 0:
        return None, []
    name = text[1 : first.length].partition("@")[0].lower()
    return name, text[first.length :].replace(",", " ").split()
