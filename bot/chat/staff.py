"""`/invite`, and `/people`: who holds which role, with buttons that take it away."""

from bot.chat.reply import Reply, reply
from bot.chat.routes import Answer, Command, Pressed, Route, Said
from bot.domain.people import Person, Role
from bot.domain.press import RemovalPress, unpack_removal
from bot.ports import Button, Letter
from bot.services.join import Join
from bot.services.part import Part, Parted
from bot.texts import Html, say

_MOST = 40  # people in one message; Telegram takes 100 buttons


class Staff:
    """bot_name: for links that start the bot."""

    def __init__(self, part: Part, join: Join, bot_name: str) -> None:
        self._part = part
        self._join = join
        self._bot_name = bot_name
        self.commands = {
            "invite": Command(Role.ADMIN, self._invite),
            "people": Command(Role.ADMIN, self._people),
        }
        removal = Route(Role.ADMIN, self._pressed)
        self.routes = {"ask": removal, "remove": removal}

    async def _invite(self, said: Said) -> list[Reply]:
        wanted = said.words[0].lower() if said.words else ""
        if wanted not in set(Role):
            return reply(said.chat_id, say(said.language, "invite-how"))
        role = Role(wanted)
        token = await self._join.invite(said.person, role)
        link = f"https://t.me/{self._bot_name}?start={token}"
        words = [say(said.language, f"invite-{role}", link=link)]
        if role is Role.RECIPIENT:
            token = await self._join.invite(said.person, role, is_for_group=True)
            link = f"https://t.me/{self._bot_name}?startgroup={token}"
            words.append(say(said.language, "invite-group", link=link))
        return reply(said.chat_id, *words)

    async def _people(self, said: Said) -> list[Reply]:
        """Everybody with a role, up to 40 a message."""
        people = await self._part.everybody()
        return [
            Reply(said.chat_id, _list(people[i : i + _MOST], said.language))
            for i in range(0, len(people), _MOST)
        ]

    async def _pressed(self, pressed: Pressed) -> Answer:
        """What became of a removal, or the question that the first of two presses asks."""
        admin, press = pressed.person, unpack_removal(pressed.data)
        person = await self._part.named(press.person_id) if press else None
        if press is None or person is None:
            return Answer(say(admin.language, "press-unknown"))
        chat_id = admin.telegram_id
        if not press.is_sure:
            question = _question(person, press.role, admin.language)
            return Answer(replies=(Reply(chat_id, question),))
        parted = await self._part.remove(admin, person.id, press.role)
        key = f"parted-{parted.replace('_', '-')}"
        words = say(admin.language, key, name=person.name, role=_role(press.role, admin.language))
        is_removed = parted is Parted.REMOVED
        return Answer(words, (Reply(chat_id, Letter(words)),) if is_removed else ())


def _list(people: list[Person], language: str) -> Letter:
    lines = [say(language, "people-head")]
    rows = []
    for person in people:
        roles = sorted(person.roles)
        named = Html(", ").join(_role(role, language) for role in roles)
        lines.append(say(language, "people-line", name=person.name, roles=named))
        for role in roles:
            label = say(
                language, "button-remove", name=person.name[:20], role=_role(role, language)
            )
            rows.append((Button(label.unescape(), RemovalPress(person.id, role).pack()),))
    return Letter(Html("\n").join(lines), tuple(rows))


def _question(person: Person, role: Role, language: str) -> Letter:
    words = say(language, "people-sure", name=person.name, role=_role(role, language))
    press = RemovalPress(person.id, role, is_sure=True)
    label = say(language, "button-remove-sure").unescape()
    return Letter(words, ((Button(label, press.pack(), style="danger"),),))


def _role(role: Role, language: str) -> Html:
    return say(language, f"role-{role}")
