"""Names from outside, for one line of ours: nothing in them may break it or turn it round."""

import re
import unicodedata

from babel import Locale

from bot.texts import Html, say

_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # a writing direction's

_SCRIPTS = {("id", "Arab"): "Arab"}  # "Arab Persia" to CLDR, which nobody says


def one_line(name: str, most: int) -> str:
    """At most `most` characters, no line break, no control and no direction of its own."""
    kept = _TURNS.sub("", " ".join(name.split()))
    return "".join(c for c in kept if unicodedata.category(c) != "Cc")[:most]


def language_name(code: str, language: str) -> Html:
    """The name of a language (`id`) or of a script (`Arab`), in the reader's language."""
    locale = Locale.parse(language)
    if code in locale.languages:
        return Html("{}").format(locale.languages[code])
    script = _SCRIPTS.get((language, code)) or locale.scripts.get(code, code)
    return say(language, "card-script", script=script)
