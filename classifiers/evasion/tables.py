"""What stands for a letter, or between letters, in published lists; a selection from each.

Not the normaliser's tables, and not to be derived from them: these measure it. A string holds the
choices for one letter. Upper and lower case are looked up as they stand.
"""

from collections.abc import Mapping
from itertools import chain

Table = Mapping[str, str]

# Leet: the digit and sign columns of the usual table (Wikipedia, "Leet"), one sign for one letter;
# for Cyrillic the digits of Volapuk encoding (Wikipedia, "Volapuk encoding").
LEET: Table = {
    "a": "4@", "b": "8", "e": "3€", "g": "96", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7+",
    "z": "2", "з": "3", "о": "0", "ч": "4", "б": "6", "а": "@", "в": "8", "е": "3",
}  # fmt: skip

# Unicode Technical Standard 39, confusables: letters of other scripts with the same prototype.
# Cyrillic, Greek, Armenian, Cherokee, Lisu, letter-like signs.
_LATIN_TWINS = {
    "a": "аα⍺", "c": "сϲᴄ", "d": "ԁⅾ", "e": "еҽ℮", "f": "քẝ", "g": "ɡց", "h": "һհ", "i": "іιɩ",
    "j": "јϳ", "l": "ӏⅼ", "m": "ⅿ", "n": "ոռ", "o": "оοօ", "p": "рρ⍴", "q": "ԛգ", "r": "гᴦ",
    "s": "ѕꜱ", "u": "υսᴜ", "v": "νѵ", "w": "ԝѡա", "x": "хⅹ", "y": "уγү", "z": "ᴢ",
    "A": "АΑᎪꓮ", "B": "ВΒᏴꓐ", "C": "СϹᏟꓚ", "D": "Ꭰꓓ", "E": "ЕΕᎬꓰ", "F": "Ϝꓝ", "G": "ԌᏀꓖ",
    "H": "НΗᎻꓧ", "I": "ІΙꓲ", "J": "ЈᎫꓙ", "K": "КΚᏦꓗ", "L": "Ꮮꓡ", "M": "МΜᎷꓟ", "N": "Νꓠ",
    "O": "ОΟꓳ", "P": "РΡᏢꓑ", "R": "Ꭱꓣ", "S": "ЅᏚꓢ", "T": "ТΤᎢꓔ", "U": "Սꓴ", "V": "ѴᏙꓦ",
    "W": "ԜᎳꓪ", "X": "ХΧꓫ", "Y": "УΥꓬ", "Z": "ΖᏃꓜ",
}  # fmt: skip
_CYRILLIC_TWINS = {
    "а": "aα", "е": "e", "о": "oο", "р": "pρ", "с": "cϲ", "у": "yγ", "х": "x", "і": "iι", "ѕ": "s",
    "ј": "j", "г": "r", "А": "AΑ", "В": "BΒ", "Е": "EΕ", "К": "KΚ", "М": "MΜ", "Н": "HΗ",
    "О": "OΟ", "Р": "PΡ", "С": "CϹ", "Т": "TΤ", "У": "Y", "Х": "XΧ", "І": "IΙ",
}  # fmt: skip
_ARABIC_TWINS = {"ك": "کڪ", "ي": "ی", "ى": "ی", "ه": "ہەھ"}
HOMOGLYPHS: Table = _LATIN_TWINS | _CYRILLIC_TWINS | _ARABIC_TWINS

# Latin: Wikipedia, "Faux Cyrillic" and its Greek part; only alike in shape, so a reader still sees
# another alphabet. Cyrillic: the Latin letters of Volapuk encoding.
MIXED_SCRIPT: Table = {
    "a": "дα", "b": "ьβ", "e": "эєε", "h": "ћђ", "i": "ї", "k": "кκ", "m": "м", "n": "пиη",
    "o": "фθσ", "r": "яг", "t": "тτ", "u": "цμ", "v": "ν", "w": "шω", "x": "жχ", "y": "чψ",
    "A": "ДΔ", "B": "Б", "E": "ЭЄΣ", "K": "КΚ", "N": "И", "O": "ФΘ", "R": "Я", "U": "Ц", "W": "Ш",
    "X": "Ж", "Y": "ЧΨ",
    "в": "b", "г": "r", "д": "g", "и": "u", "к": "k", "м": "m", "н": "h", "п": "n", "р": "p",
    "с": "c", "т": "t", "у": "y", "х": "x", "ш": "w", "а": "a", "е": "e", "о": "o",
}  # fmt: skip

# Alphabets of "fancy text" generators: Unicode charts Mathematical Alphanumeric Symbols (with the
# letters that older blocks hold), Halfwidth and Fullwidth Forms, Enclosed Alphanumerics.
_SMALL = "abcdefghijklmnopqrstuvwxyz"
_FIRST_OF_ALPHABET = (0x1D41A, 0x1D44E, 0x1D482, 0x1D5BA, 0x1D5EE, 0x1D656, 0x1D68A, 0xFF41, 0x24D0)
_CAPITAL_BEFORE_SMALL = {0xFF41: 32}  # in the other blocks the capitals stand 26 before
_MISSING = {0x1D455: "ℎ"}  # italic h is not in the block
STYLED: tuple[Table, ...] = tuple(
    dict(
        chain.from_iterable(
            (
                (letter, _MISSING.get(first + place, chr(first + place))),
                (
                    letter.upper(),
                    chr(first + place - _CAPITAL_BEFORE_SMALL.get(first, 26)),
                ),
            )
            for place, letter in enumerate(_SMALL)
        )
    )
    for first in _FIRST_OF_ALPHABET
)

# Unicode chart Combining Diacritical Marks; the ones that VIPER and strike-through writing use.
ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u030a\u0323\u0327\u0331\u0332\u0335\u0336\u0337"
# Unicode property Default_Ignorable_Code_Point; the first three are those of Bad Characters.
INVISIBLE = "\u200b\u200c\u200d\u00ad\u034f\u061c\u180e\u200e\u200f\u2060\u2063\u2064\ufeff"
# Marks of Hosseini et al. (full stop) and of the word lists of moderation bots (the others).
MARKS = "....--_*·|/'~"
# The most used of the Unicode Consortium's "Emoji Frequency", and flames, stars, swords, flags.
EMOJI = (
    *("😂", "❤️", "🤣", "👍", "😭", "🙏", "😘", "🥰", "😍", "😊"),
    *("🔥", "⭐", "✨", "⚔️", "🏴", "💥", "➡️"),
)
