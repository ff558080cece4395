"""Words that come from data, made fit to stand on a page: nothing unseen, nothing endless."""

import unicodedata

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # Persian and emoji need them
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def printable(text: str, length: int = 80) -> str:
    """The text on one line of at most `length` signs, with a visible mark for each unseen sign.

    Control and direction signs could break a table, reorder a line or make an SVG unreadable.
    """
    line = " ".join(text.split())
    if len(line) > length:
        line = line[: length - 1] + "…"
    return "".join(_visible(sign) for sign in line)


def _visible(sign: str) -> str:
    unseen = unicodedata.category(sign) in _UNSEEN and sign not in _JOINERS
    return _REPLACEMENT if unseen else sign
