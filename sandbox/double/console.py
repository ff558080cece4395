"""The console of the double that runs alone: one line of text does what a person would."""

import asyncio
import contextlib
import sys

from sandbox.double.double import Double
from sandbox.double.world import Chat, Message, Person

HELP = """\
  channel NAME            make a public channel and add the bot
  post NAME TEXT          publish in it
  say ID TEXT             person ID writes to the bot (made when new)
  press ID BUTTON         person ID presses a button of the newest message that has one
  show ID | show @NAME    what the chat shows
  quit"""


async def run(token: str, port: int) -> None:
    """Serve until `quit` or the end of the input; without a terminal, until interrupted."""
    double = Double(token)
    async with double.serve(port) as base:
        print(f"Bot API double on {base.root}, loopback only. To point a bot at it:")
        print(f"  token          {token}")
        print(f"  base_url       {base.base_url}")
        print(f"  base_file_url  {base.base_file_url}")
        print(HELP, flush=True)
        with contextlib.suppress(asyncio.CancelledError):
            await _obey_lines(double)


async def _obey_lines(double: Double) -> None:
    while True:
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line and not sys.stdin.isatty():
            await asyncio.Event().wait()
        if not line or line.strip() == "quit":
            return
        try:
            print(obey(double, line), flush=True)
        except (LookupError, ValueError) as error:
            print(f"No: {error}", flush=True)


def obey(double: Double, line: str) -> str:
    """Do what the line says and return what to print. Raises LookupError or ValueError."""
    word, _, rest = line.strip().partition(" ")
    name, _, text = rest.partition(" ")
    if word == "channel":
        channel = double.channel(name)
        double.add_bot(channel, by=_person(double, 1))
        return f"@{name} is {channel.id}"
    if word == "post":
        return repr(double.publish(double.chat(f"@{name}"), text))
    if word == "say":
        return repr(double.say(_person(double, int(name)), text))
    if word == "press":
        message = _with_buttons(double.chat(int(name)))
        double.press(_person(double, int(name)), message, text)
        return "pressed"
    if word == "show":
        return _shown(double.chat(name if name.startswith("@") else int(name)))
    return HELP


def _person(double: Double, id: int) -> Person:
    return double.world.people.get(id) or double.person(id, f"Person {id}")


def _with_buttons(chat: Chat) -> Message:
    for message in reversed(chat.messages):
        if message.rows:
            return message
    raise LookupError("No message there has buttons.")


def _shown(chat: Chat) -> str:
    lines = []
    for message in chat.messages:
        who = message.sender.first_name if message.sender else chat.title
        lines.append(f"[{message.id}] {who}: {message.text}")
        lines += ["    " + "  ".join(f"[{text}]" for text, _ in row) for row in message.buttons]
    return "\n".join(lines) or "(empty)"
