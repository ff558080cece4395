"""A strict double of Telegram's Bot API on loopback. It knows nothing of the bot that it tests.

    double = Double(token="42:TEST")
    async with double.serve() as base:
        ...  # a bot with that token, base.base_url and base.base_file_url, in any process
        ani = double.person(1001, "Ani", language_code="id")
        double.say(ani, "/start")
        await double.until(lambda: double.chat(ani).last.buttons)
        press = double.press(ani, double.chat(ani).last, "Confirm")
        assert (await press.answer).text == "Noted"

Where things live: `double` is what a test drives, `acts` what people do, `methods/` what the bot
may do, `world` the state, `wire` the state as Bot API objects, `updates` the queue, `errors` every
refusal with its source, `markup` the HTML, `server` the HTTP, `pushing` the webhook, `faults` and
`pacing` the bad days.
"""

from sandbox.double.double import Double
from sandbox.double.press import Base, Press, Reply
from sandbox.double.station import Call, Change
from sandbox.double.world import Chat, Media, Message, Person

__all__ = [
    "Base",
    "Call",
    "Change",
    "Chat",
    "Double",
    "Media",
    "Message",
    "Person",
    "Press",
    "Reply",
]
