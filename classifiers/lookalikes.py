"""Letters of one script that pass for letters of another, and words that mix them.

A word written wholly in its own script is left alone: "оса" in a Russian text is a wasp.
"""

import re
from collections.abc import Mapping

_CYRILLIC_TO_LATIN = dict(
    zip(
        "авсеёһіїјкмноөрԛѕтуүѵԝхпгьԁӏԍғҝєґщшзи",
        "abceehiijkmhoopqstyyvwxnrbdlgfkerwwzu",
        strict=True,
    )
)
_GREEK_TO_LATIN = dict(zip("αβγδεζηικλμνοπρστυχωςϲϳ", "abydeznikluvonpotuxwscj", strict=True))
_ARMENIAN_TO_LATIN = dict(zip("աբգզիլհյոսցքօ", "wpqqhlhjnugpo", strict=True))
TO_LATIN: Mapping[int, str] = str.maketrans(
    _CYRILLIC_TO_LATIN | _GREEK_TO_LATIN | _ARMENIAN_TO_LATIN
)
TO_CYRILLIC: Mapping[int, int] = str.maketrans("abcehikmnoprtuxy", "авсенікмпоргтиху")

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-z]")
_OTHER = re.compile(r"[\u0370-\u058f]")  # Greek, Cyrillic, Armenian: the three with many twins
_MEETING = re.compile(r"[a-z][\u0370-\u058f]|[\u0370-\u058f](?=[a-z])")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


def fold_mixed_words(text: str) -> str:
    """The lower-case text with look-alike letters folded to the script that the word is written in.

    A word of both scripts goes to the script of most of its letters (ties to Latin). In a text that
    is three quarters Latin, a word made only of twins is read as Latin too.
    """
    if not _OTHER.search(text):
        return text
    mostly_latin = _is_mostly_latin(text)
    if not (mostly_latin or _MEETING.search(text)):
        return text

    def fold(match: re.Match[str]) -> str:
        return _fold_word(match.group(), mostly_latin)

    return _WORD.sub(fold, text)


def _is_mostly_latin(text: str) -> bool:
    """Cheap to deny for a text in another script: each of its letters takes two bytes or more."""
    if len(text.encode("utf-8", "replace")) > 1.5 * len(text) + 40:
        return False
    return len(_LATIN.findall(text)) > 3 * len(_OTHER.findall(text))


def _fold_word(word: str, in_latin_text: bool) -> str:
    other = len(_OTHER.findall(word))
    if not other:
        return word
    latin = len(_LATIN.findall(word))
    if not latin:
        folded = word.translate(TO_LATIN)
        return folded if in_latin_text and folded.isascii() else word
    if latin >= other or in_latin_text or not _CYRILLIC.search(word):
        return word.translate(TO_LATIN)
    return word.translate(TO_CYRILLIC)
