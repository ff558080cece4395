"""Who and what is there when the play begins: people, channels, a group. All of it is made up."""

from dataclasses import dataclass
from typing import TypeVar

from sandbox.double import Chat, Double, Person

T = TypeVar("T")
TOKEN = "424242:sandbox-opens-nothing-anywhere"  # noqa: S105 - the double's alone
BOT_NAME = "saring_sandbox_bot"
ADMIN_ID = 1001


@dataclass(frozen=True)
class Part:
    """Somebody whom one plays: a key for scenarios and the page, an id, a first name."""

    key: str
    id: int
    name: str


PARTS = (
    Part("admin", ADMIN_ID, "Ani"),
    Part("moderator", 1002, "Budi"),
    Part("moderator2", 1003, "Dewi"),
    Part("regulator", 1009, "Citra"),
)
GROUP = "moderators"
OWNER = Part("owner", 2001, "Eka")  # of the channels; has no chat with the bot

# Public name and title. `market_sandbox` is not put under watch: the tour does that.
CHANNELS = (
    ("morning_sandbox", "Kabar Pagi"),
    ("notes_sandbox", "Evening Notes"),
    ("dafatir_sandbox", "دفاتر"),
    ("zapiski_sandbox", "Записки"),
    ("odd_sandbox", "Odd <b>Box</b> & Co"),
    ("market_sandbox", "Pasar Senja"),
)


@dataclass
class Cast:
    """people and channels by their keys; `group` is the moderators' common chat."""

    people: dict[str, Person]
    channels: dict[str, Chat]
    group: Chat
    owner: Person

    def person(self, key: str) -> Person:
        """Raises LookupError that names those who are there."""
        if key == OWNER.key:
            return self.owner
        return _found(self.people, key, "person")

    def channel(self, name: str) -> Chat:
        return _found(self.channels, name.removeprefix("@"), "channel")

    def chat(self, double: Double, key: str) -> Chat:
        """A person's private chat, or the group."""
        return self.group if key == GROUP else double.chat(self.person(key))

    def speak(self, language: str) -> None:
        """Sets the language of everybody's app, as the bot hears of it with what they do next."""
        for person in self.people.values():
            person.language_code = language


def _found(among: dict[str, T], key: str, kind: str) -> T:
    if key not in among:
        raise LookupError(f"There is no {kind} {key!r}; there are: {', '.join(among)}.")
    return among[key]


def gather(double: Double, language: str) -> Cast:
    """Makes everybody. language: what their apps speak, such as "en"."""
    people = {part.key: double.person(part.id, part.name, language_code=language) for part in PARTS}
    owner = double.person(OWNER.id, OWNER.name, language_code=language)
    channels = {name: double.channel(name, title=title, owner=owner) for name, title in CHANNELS}
    members = [people[key] for key in ("admin", "moderator", "moderator2")]
    group = double.supergroup("Moderators", *members)
    return Cast(people, channels, group, owner)
