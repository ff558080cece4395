"""Entities that Telegram finds by itself in plain text: commands, mentions, hashtags, links.

Simpler than Telegram's own finder (which knows every top-level domain); what is found here is
found there too.
"""

import re

from sandbox.double.entities import Entity, Formatted, tidy, utf16_length

FINDERS = (
    ("url", re.compile(r"(?<![\w@])(?:https?://|t\.me/)[^\s<>\"']*[^\s<>\"'.,!?:;)]")),
    ("email", re.compile(r"(?<![\w@.])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z]\w{3,31}\b", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#&])#(?=\w*[^\W\d_])\w{1,256}")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])", re.A)),
)


def with_detected(formatted: Formatted) -> Formatted:
    """The same text with the found entities added where no code, link or mention is yet."""
    taken = [e for e in formatted.entities if e.type in _CLOSED]
    added: list[Entity] = []
    for kind, pattern in FINDERS:
        for match in pattern.finditer(formatted.text):
            entity = Entity(
                kind, utf16_length(formatted.text[: match.start()]), utf16_length(match.group())
            )
            if not any(_overlap(entity, other) for other in (*taken, *added)):
                added.append(entity)
    return tidy(Formatted(formatted.text, (*formatted.entities, *added)))


_CLOSED = ("code", "pre", "text_link", "text_mention", "custom_emoji")


def _overlap(one: Entity, other: Entity) -> bool:
    return one.offset < other.end and other.offset < one.end
