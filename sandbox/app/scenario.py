"""Plays a scenario on a stage, step by step, and says where it went another way."""

import asyncio
import fnmatch
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from sandbox.app.feed import Sample, publish
from sandbox.app.scenario_file import Scenario, ScenarioFailed, Step, read_scenario
from sandbox.app.stage import Stage
from sandbox.double import Chat, Message, Person, Press

OPENING, COMPANY = "opening.toml", "company.toml"
SCENARIOS = Path(str(resources.files("sandbox.app"))) / "scenarios"
_LOOK_S = 3.0  # after a move of the clock; the bot looks once a second at what has become due
_LINK = re.compile(r"\?start=([A-Za-z0-9_-]{1,64})")


async def open_stage(stage: Stage) -> None:
    """Brings channels and people into their places, by what they would do themselves.

    Posts may come as soon as there is somebody to look at them; the others join meanwhile.
    """
    player = Player(stage, SCENARIOS)
    await player.play(read_scenario(SCENARIOS / OPENING))
    stage.is_opened = True
    stage.double.station.note("stage")
    await player.play(read_scenario(SCENARIOS / COMPANY))
    stage.is_complete = True
    stage.double.station.note("stage")


class Player:
    """folder: where the files lie that a scenario sends. say: called with each step's words."""

    def __init__(
        self, stage: Stage, folder: Path, say: Callable[[str], None] = lambda line: None
    ) -> None:
        self._stage = stage
        self._double = stage.double
        self._folder = folder
        self._say = say
        self._last_press: dict[str, Press] = {}
        self._followed: set[str] = set()  # links open once

    async def play(self, scenario: Scenario) -> None:
        """Raises ScenarioFailed with the number of the step that went another way."""
        for number, written in enumerate(scenario.step, 1):
            step = written.model_copy(update={"within": written.within or scenario.within})
            try:
                await self._do(step)
            except TimeoutError:
                raise ScenarioFailed(
                    f"Step {number} ({told(step)}): not seen within {_within(step):g} s. "
                    f"{self._shown(step)}"
                ) from None
            except (LookupError, ValueError, RuntimeError, OSError) as error:
                raise ScenarioFailed(f"Step {number} ({told(step)}): {_reason(error)}") from error
            self._say(f"{number}. {told(step)}")

    async def _do(self, step: Step) -> None:
        (verb,) = step.verbs
        await getattr(self, f"_{verb}")(step)

    # What people do

    async def _says(self, step: Step) -> None:
        assert step.says is not None
        asked = await self._asked(step)
        chat = self._chat(step)
        self._double.say(self._person(step), step.says, chat=chat, reply_to=asked)

    async def _presses(self, step: Step) -> None:
        chat, person = self._chat(step), self._person(step)
        button = await self._stage.until(lambda: found_button(chat, step.presses), _within(step))
        press = self._stage.presses(person, chat, button)
        self._last_press[step.who] = press
        await press.answer_within(_within(step))

    async def _follows_link_of(self, step: Step) -> None:
        assert step.follows_link_of is not None
        chat = self._stage.cast.chat(self._double, step.follows_link_of)
        found = await self._stage.until(
            lambda: newest_link(chat, self._double.bot, self._followed), _within(step)
        )
        self._followed.add(found)
        own = self._chat(step)
        before = len(self._stage.letters(own))
        self._stage.opens(self._person(step), found)
        await self._stage.until(lambda: len(self._stage.letters(own)) > before, _within(step))

    async def _sends(self, step: Step) -> None:
        assert step.sends is not None
        content = (self._folder / step.sends).read_bytes()
        asked = await self._asked(step)
        chat, person = self._chat(step), self._person(step)
        self._stage.sends(person, chat, step.sends, content, reply_to=asked)

    async def _asked(self, step: Step) -> Message | None:
        """The message that a step replies to, once it is there; None where it replies to none."""
        if not step.replies_to:
            return None
        chat = self._chat(step)
        return await self._stage.until(lambda: newest_with(chat, step.replies_to), _within(step))

    async def _adds_bot_to(self, step: Step) -> None:
        self._double.add_bot(self._place(step.adds_bot_to), by=self._person(step))

    async def _removes_bot_from(self, step: Step) -> None:
        self._double.remove_bot(self._place(step.removes_bot_from), by=self._person(step))

    async def _blocks_bot(self, step: Step) -> None:
        self._double.block(self._person(step))

    async def _unblocks_bot(self, step: Step) -> None:
        self._double.unblock(self._person(step))

    # What channels do

    async def _publishes(self, step: Step) -> None:
        assert step.publishes is not None
        sample = Sample(
            step.channel or "",
            step.publishes,
            media=step.media,
            forward_from=step.forwards_from,
            album=step.album,
        )
        publish(self._stage, sample)

    async def _edits(self, step: Step) -> None:
        assert step.edits is not None
        self._double.edit(self._stage.cast.channel(step.channel or "").last, step.edits)

    async def _deletes(self, step: Step) -> None:
        self._double.delete(self._stage.cast.channel(step.channel or "").last)

    # What must be seen

    async def _sees(self, step: Step) -> None:
        chat = self._chat(step)
        await self._stage.until(
            lambda: any(_holds(message, step.sees) for message in chat.messages), _within(step)
        )

    async def _sees_not(self, step: Step) -> None:
        for message in self._chat(step).messages:
            for words in step.sees_not:
                if words in message.text:
                    raise LookupError(f"{words!r} stands in {message!r}.")

    async def _sees_button(self, step: Step) -> None:
        chat = self._chat(step)
        await self._stage.until(lambda: found_button(chat, step.sees_button), _within(step))

    async def _sees_document(self, step: Step) -> None:
        chat, name = self._chat(step), step.sees_document or ""
        await self._stage.until(
            lambda: any(fnmatch.fnmatch(m.file_name or "", name) for m in chat.messages),
            _within(step),
        )

    async def _answered(self, step: Step) -> None:
        if step.who not in self._last_press:
            raise LookupError(f"{step.who} has pressed nothing yet.")
        reply = await self._last_press[step.who].answer_within(_within(step))
        if (step.answered or "") not in reply.text:
            raise LookupError(f"the answer was {reply.text!r}.")

    # What happens to everything

    async def _later(self, step: Step) -> None:
        assert step.later is not None
        self._stage.later(step.later)
        await asyncio.sleep(_LOOK_S)

    async def _tomorrow(self, step: Step) -> None:
        hour, _, minute = (step.tomorrow or "").partition(":")
        self._stage.until_time(int(hour), int(minute or 0))
        await asyncio.sleep(_LOOK_S)

    async def _bot(self, step: Step) -> None:
        if step.bot in ("kill", "restart"):
            await self._stage.kill_bot()
        if step.bot in ("start", "restart"):
            await self._stage.start_bot()
            await self._stage.until_running()

    async def _settled(self, step: Step) -> None:
        await self._stage.until(lambda: not self._double.pending, _within(step))

    async def _everybody_speaks(self, step: Step) -> None:
        self._stage.speak(step.everybody_speaks or "en")

    # Where

    def _person(self, step: Step) -> Person:
        return self._stage.cast.person(step.who)

    def _chat(self, step: Step) -> Chat:
        return self._place(step.in_ or step.who)

    def _place(self, key: str | None) -> Chat:
        if key and key.startswith("@"):
            return self._stage.cast.channel(key)
        return self._stage.cast.chat(self._double, key or "")

    def _shown(self, step: Step) -> str:
        """The last messages of the chat in which something was missed, and the bot's log."""
        shown = "\n".join(f"  {m.text!r} {m.buttons or ''}" for m in self._chat(step).messages[-4:])
        complaints = "".join(f"\n{complaint}" for complaint in self._double.complaints)
        return f"The chat shows:\n{shown}{complaints}\n{self._stage.life.log}".rstrip()


async def play_file(file: Path, folder: Path, say: Callable[[str], None]) -> None:
    """Plays a file from an empty beginning. Raises ScenarioError, ScenarioFailed."""
    scenario = read_scenario(file)
    stage = Stage(folder, scenario.language, is_hasty=True)
    async with stage.open():
        await stage.until_running()
        if scenario.opening:
            await open_stage(stage)
        await Player(stage, file.parent, say).play(scenario)
        if stage.double.complaints:
            raise ScenarioFailed(f"The bot asked for odd things: {stage.double.complaints}")


def told(step: Step) -> str:
    """A step in a few words."""
    (verb,) = step.verbs
    value = getattr(step, verb)
    words = ", ".join(value) if isinstance(value, tuple) else str(value)
    subject = step.who or (f"@{step.channel}" if step.channel else "")
    return f"{subject} {verb.replace('_', ' ')} {words[:80]!r}".strip()


def found_button(chat: Chat, beginnings: tuple[str, ...]) -> str:
    """The first button of the newest message with buttons that begins so, empty without one."""
    for message in reversed(chat.messages):
        if message.rows:
            texts = (str(button["text"]) for row in message.rows for button in row)
            return next((text for text in texts if text.startswith(beginnings)), "")
    return ""


def newest_with(chat: Chat, words: tuple[str, ...]) -> Message | None:
    """The newest message that has all of the words."""
    return next((m for m in reversed(chat.messages) if _holds(m, words)), None)


def newest_link(chat: Chat, bot: Person, but: set[str]) -> str:
    """The token of the newest link to the bot in what it wrote there, empty without another one."""
    for message in reversed(chat.messages):
        if message.sender is not bot:
            continue
        urls = [entity.url or "" for entity in message.body.entities]
        urls += [str(button.get("url", "")) for row in message.rows for button in row]
        for text in (*urls, message.text):
            found = _LINK.search(text)
            if found and found.group(1) not in but:
                return found.group(1)
    return ""


def _holds(message: Message, words: tuple[str, ...]) -> bool:
    return all(word in message.text for word in words)


def _within(step: Step) -> float:
    """Seconds until what the step waits for must be seen."""
    assert step.within is not None  # `play` fills it in
    return step.within


def _reason(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__
