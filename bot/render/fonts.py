"""The letters that pictures and documents are set in, and which characters they have.

Matplotlib brings DejaVu Sans: Latin, Cyrillic, Greek, Arabic, Hebrew and more, on every machine.
Fonts that read better are used where they are installed; nothing is fetched.
"""

from dataclasses import dataclass
from functools import cache

from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

_BASE = "DejaVu Sans"
# By what they add: Arabic that reads better, then scripts and signs that DejaVu has not.
_BETTER = (
    "Noto Naskh Arabic",
    "Noto Sans Arabic",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans Thai",
    "Noto Sans Devanagari",
    "Noto Sans Javanese",
    "Noto Emoji",
    "Noto Sans Symbols2",
)
MISSING = "\u25a1"  # a white square
# Direction marks and joiners, line ends, variation selectors, tags, and skin tones of emoji.
_WITHOUT_A_LOOK = (
    range(0x200B, 0x2010),
    range(0x2028, 0x202F),
    range(0x2060, 0x2070),
    range(0xFE00, 0xFE10),
    range(0xFEFF, 0xFF00),
    range(0xE0000, 0xE01F0),
    range(0x1F3FB, 0x1F400),
)


@dataclass(frozen=True)
class Font:
    """name: the family's. regular, bold: paths of the files."""

    name: str
    regular: str
    bold: str


@cache
def fonts() -> tuple[Font, ...]:
    """DejaVu Sans, then what else is installed; a character is taken from the first that has it."""
    installed = set(fontManager.get_font_names())
    return tuple(_font(name) for name in (_BASE, *_BETTER) if name in installed)


def _font(name: str) -> Font:
    regular = fontManager.findfont(FontProperties(family=name))
    bold = fontManager.findfont(FontProperties(family=name, weight="bold"))
    return Font(name, regular, bold)


@cache
def _characters() -> frozenset[int]:
    return frozenset(code for font in fonts() for code in FT2Font(font.regular).get_charmap())


def printable(text: str) -> str:
    """The text with a white square for each character that no font here has.

    Marks and selectors that none has are left out: they have no look of their own.
    """
    known = _characters()
    return "".join(
        letter if ord(letter) in known or letter == "\n" else _instead(letter) for letter in text
    )


def _instead(letter: str) -> str:
    code = ord(letter)
    if any(code in unseen for unseen in _WITHOUT_A_LOOK):
        return ""
    return " " if letter.isspace() or code < 0x20 else MISSING
