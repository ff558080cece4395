"""Which language a post seems to be written in: a hint for the reader of a card, and no more.

Function words tell the languages that our examples know, Malay and Indonesian taken as one; where
too few are found, the script is all that is said.
"""

import re
import unicodedata
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_FEWEST = 0.08  # share of function words; fewer may be another language's
_SCRIPTS = {"LATIN": "Latn", "ARABIC": "Arab", "CYRILLIC": "Cyrl", "HEBREW": "Hebr", "CJK": "Hani"}
_FUNCTION_WORDS = {
    "id": "yang dan di ke dari untuk dengan tidak ini itu akan kami kita ada pada sudah bukan juga "
    "karena kerana bisa boleh saya anda mereka oleh agar supaya jangan telah atau gak aja yg nggak "
    "udah kalau kalo tak nak korang awak dalam kepada bagi para ayo mari ke",
    "en": "the and of to in is for that with on this are we they not from by be was were it as at "
    "will have has your our you who when after",
    "ar": "في من على إلى عن أن التي الذي هذا هذه ما لا و كان قد كل بعد مع أو لم يا إن ثم هو هي",
    "ru": "и в на не что с по это мы за для из от как к но все он они был так бы же или уже если",
    "uk": "і в на не що з та це ми за для із від як до але всі він вони був так би же або вже якщо "
    "у й є про",
}
_SETS = {code: frozenset(words.split()) for code, words in _FUNCTION_WORDS.items()}
_LETTERS = {"ru": frozenset("ыэъё"), "uk": frozenset("іїєґ")}  # one tells the other apart
_READ = 2000  # characters are enough
# Every answer that can be counted: languages, then scripts, then neither.
NOT_TOLD = "none"
LANGUAGES_TOLD = (*_FUNCTION_WORDS, *_SCRIPTS.values(), NOT_TOLD)


def language_told(text: str) -> str:
    """One of LANGUAGES_TOLD, to be counted by."""
    return language_of(text) or NOT_TOLD


def language_of(text: str) -> str | None:
    """A language's code, as in `id`; else a script's, as in `Arab`; None without any letter."""
    words = [word.casefold() for word in _WORD.findall(text[:_READ])]
    if not words:
        return None
    found = {code: sum(word in known for word in words) for code, known in _SETS.items()}
    letters = set("".join(words))
    for code, own in _LETTERS.items():
        found[code] += 3 * len(letters & own)
    best, next_best = sorted(found, key=lambda code: found[code], reverse=True)[:2]
    script = _script(words)
    is_clear = found[best] > found[next_best] and found[best] >= _FEWEST * len(words)
    return best if is_clear and script == _SCRIPT_OF[best] else script


_SCRIPT_OF = {"id": "Latn", "en": "Latn", "ar": "Arab", "ru": "Cyrl", "uk": "Cyrl"}


def _script(words: list[str]) -> str | None:
    counts = Counter(
        _SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0], "")
        for word in words
        for letter in word
    )
    best = counts.most_common(1)[0][0]
    return best or None
