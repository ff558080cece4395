"""Signs that differ without changing the meaning, as one table for `str.translate`.

Removed: invisible signs, vowel and recitation signs of Arabic, stacked accents. Folded: accents on
Latin letters, small capitals, Arabic letters with several written forms, digits of other scripts.
Kept: accents that make another letter (й, ї).
"""

import unicodedata
from collections.abc import Iterator, Mapping

_REMOVED_RANGES = (
    (0x0300, 0x036F),  # combining accents that are left after composition
    (0x0610, 0x061A),  # Arabic honorifics
    (0x0640, 0x0640),  # tatweel
    (0x064B, 0x065F),  # Arabic vowel signs
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),  # recitation signs
    (0x06DF, 0x06E8),
    (0x06EA, 0x06ED),
    (0x08D3, 0x08FF),
    (0x115F, 0x1160),  # Hangul fillers, which show as nothing
    (0x20D0, 0x20F0),  # enclosing marks, as in keycap emoji
    (0x2800, 0x2800),  # blank Braille
    (0xFE00, 0xFE0F),  # variation selectors
    (0xE0000, 0xE0FFF),
)
_LATIN_RANGES = ((0x00C0, 0x024F), (0x1E00, 0x1EFF))
_WHITE_CONTROLS = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85"
_SAME_LETTER = {
    "ß": "ss", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o",
    "ŧ": "t", "ẝ": "f", "ƽ": "s", "℮": "e", "∂": "d", "⍺": "a", "⍳": "i", "⍴": "p", "⍵": "w",
    "þ": "th", "ŋ": "n", "ƒ": "f", "ё": "е",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ۀ": "ه",
    "ہ": "ه", "ھ": "ه", "ە": "ه", "ک": "ك", "ڪ": "ك", "ؤ": "و", "ئ": "ي",
    "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "«": '"',
    "»": '"', "„": '"', "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-",
}  # fmt: skip
_SMALL_CAPITALS = dict(
    zip(
        "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢɑɡɩʝɴɾƅᴦɯɔəɐɹʇʌʍʞǝᴦᴘᴫ",
        "abcdefghijklmnopqrstuvwyzagijnrbrmceartvwkerpn",
        strict=True,
    )
)


def _removed() -> Iterator[int]:
    for first, last in _REMOVED_RANGES:
        yield from range(first, last + 1)
    for point in range(0x1_0000):
        kind = unicodedata.category(chr(point))
        if kind == "Cf" or (kind == "Cc" and chr(point) not in _WHITE_CONTROLS):
            yield point


def _unaccented() -> Iterator[tuple[int, str]]:
    for first, last in _LATIN_RANGES:
        for point in range(first, last + 1):
            base = unicodedata.normalize("NFKD", chr(point)).lower()[0]
            if base.isascii() and base.isalpha():
                yield point, base


def _digits() -> Iterator[tuple[int, str]]:
    for zero in (0x0660, 0x06F0, 0x0966, 0x09E6):
        for value in range(10):
            yield zero + value, str(value)


def _table() -> Mapping[int, str | None]:
    table: dict[int, str | None] = dict(_unaccented())
    table.update(_digits())
    table.update({ord(sign): plain for sign, plain in (_SAME_LETTER | _SMALL_CAPITALS).items()})
    # Regional indicators and boxed letters: 🇯🇮🇭🇦🇩, 🅹🅸🅷🅰🅳
    for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6):
        table.update({first + place: chr(ord("a") + place) for place in range(26)})
    # Half of a surrogate pair cannot be written to a file or a database.
    table.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
    table.update(dict.fromkeys(_removed()))
    return table


FOLDED: Mapping[int, str | None] = _table()
