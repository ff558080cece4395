"""What a scenario file says: who posts, who presses, what must be seen. TOML, one step a table."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.errors import SaringError

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


class ScenarioError(SaringError):
    """The scenario cannot be read."""


class ScenarioFailed(SaringError):
    """What the scenario says did not happen."""


def _words(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _duration(value: object) -> object:
    """ "90 seconds", "1 hour", "2 days" as a timedelta."""
    if not isinstance(value, str):
        return value
    number, _, unit = value.partition(" ")
    if not number.isdecimal() or unit.removesuffix("s") not in _UNITS:
        raise ValueError('write a number and a unit: "90 seconds", "1 hour", "2 days"')
    return timedelta(seconds=int(number) * _UNITS[unit.removesuffix("s")])


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class Step(BaseModel):
    """One thing that somebody does, or that must be seen. Exactly one verb stands in it.

    who: admin, moderator, moderator2, regulator, or owner (of the channels). in_: another chat than
    the person's own, which is the group, or "@name" for what a channel shows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: str = ""
    in_: str = Field("", alias="in")
    within: float | None = Field(None, gt=0, le=300)  # the scenario's, where it is not given

    # What people do
    says: str | None = None
    presses: Words = ()  # the button that begins with one of these
    follows_link_of: str | None = None  # the newest link to the bot in that person's chat
    sends: str | None = None  # a file beside the scenario, as a document
    replies_to: Words = ()  # with says or sends: the newest message there that has all of it
    adds_bot_to: str | None = None
    removes_bot_from: str | None = None
    blocks_bot: bool = False
    unblocks_bot: bool = False

    # What channels do; `who` is not needed
    channel: str | None = None
    publishes: str | None = None
    edits: str | None = None  # the newest post, to this text
    deletes: bool = False  # the newest post
    album: int = Field(0, ge=0, le=10)
    media: str | None = None
    forwards_from: str | None = None

    # What must be seen
    sees: Words = ()  # all of it in one message that stands in the chat now
    sees_not: Words = ()  # none of it in any message that stands there now
    sees_button: Words = ()  # one that begins with one of these
    sees_document: str | None = None  # a name, or *.ending
    answered: str | None = None  # in the toast of the person's last press

    # What happens to everything
    later: Annotated[timedelta, BeforeValidator(_duration)] | None = None
    tomorrow: str | None = None  # "08:00", in the bot's time zone
    bot: Literal["kill", "start", "restart"] | None = None
    settled: bool = False  # the bot has fetched every update
    everybody_speaks: str | None = None

    @property
    def verbs(self) -> list[str]:
        return [name for name in VERBS if getattr(self, name) not in (None, (), False)]


VERBS = (
    "says",
    "presses",
    "follows_link_of",
    "sends",
    "adds_bot_to",
    "removes_bot_from",
    "blocks_bot",
    "unblocks_bot",
    "publishes",
    "edits",
    "deletes",
    "sees",
    "sees_not",
    "sees_button",
    "sees_document",
    "answered",
    "later",
    "tomorrow",
    "bot",
    "settled",
    "everybody_speaks",
)


class Scenario(BaseModel):
    """opening: whether channels are watched and people have joined when it begins.

    within: seconds until what a step waits for must be seen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    opening: bool = True
    language: str = "en"
    within: float = Field(60.0, gt=0, le=300)
    step: tuple[Step, ...] = Field(min_length=1)


def read_scenario(file: Path) -> Scenario:
    """Raises ScenarioError that names the file and the step."""
    try:
        found = Scenario.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{file} cannot be read as a scenario: {error}.") from error
    except ValidationError as error:
        raise ScenarioError(f"{file}: {'; '.join(map(_told, error.errors()))}.") from None
    for number, step in enumerate(found.step, 1):
        if len(step.verbs) != 1:
            named = " and ".join(step.verbs) or "none"
            raise ScenarioError(f"{file}: step {number} needs one verb and has {named}.")
        if step.replies_to and not (step.says or step.sends):
            raise ScenarioError(f"{file}: step {number}: replies_to stands with says or sends.")
    return found


def _told(problem: Any) -> str:
    place = [str(part + 1) if isinstance(part, int) else str(part) for part in problem["loc"]]
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{' '.join(place) or 'the file'}: {message[:1].lower()}{message[1:]}"
