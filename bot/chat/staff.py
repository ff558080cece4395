"""`/people`: who holds which role, with buttons that take it away."""

from bot.chat.reply import Reply
from bot.domain.people import Person, Role
from bot.domain.press import RemovalPress
from bot.ports import Button, Letter
from bot.services.part import Part, Parted
from bot.texts import Html, say

_MOST = 40  # people in one message; Telegram takes 100 buttons


class Staff:
    def __init__(self, part: Part) -> None:
        self._part = part

    async def listed(self, admin: Person, chat_id: int) -> list[Reply]:
        """Everybody with a role, up to 40 a message."""
        people = await self._part.everybody()
        return [
            Reply(chat_id, _list(people[i : i + _MOST], admin.language))
            for i in range(0, len(people), _MOST)
        ]

    async def pressed(
        self, admin: Person, press: RemovalPress, chat_id: int
    ) -> tuple[Html, list[Reply]]:
        """The answer to a press, and the question that the first of two presses asks."""
        person = await self._part.named(press.person_id)
        if person is None:
            return say(admin.language, "press-unknown"), []
        if not press.is_sure:
            return Html(""), [Reply(chat_id, _question(person, press.role, admin.language))]
        parted = await self._part.remove(admin, person.id, press.role)
        key = f"parted-{parted.replace('_', '-')}"
        words = say(admin.language, key, name=person.name, role=_role(press.role, admin.language))
        return words, [Reply(chat_id, Letter(words))] if parted is Parted.REMOVED else []


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
