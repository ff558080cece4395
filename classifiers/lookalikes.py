"""Letters of one script that pass for letters of another, and words that mix them.

A word written wholly in its own script is left alone ("оса" in a Russian text is a wasp), unless
the text around it is full of mixed words.
"""

import re
import unicodedata
from collections.abc import Mapping

# From Unicode's confusables and from what "fake Cyrillic" and "fake Greek" writing uses.
_CYRILLIC_TO_LATIN = dict(
    zip(
        "авсеёһіїјкмноөрԛѕтуүѵԝхпгьԁӏԍғҝєґщшзиядэцчжфћђҽҹъбйљњўқҳұҷӊ",
        "abceehiijkmhoopqstyyvwxnrbdlgfkerwwznraeuyxohheybbnlhykhyyh",
        strict=True,
    )
)
_GREEK_TO_LATIN = dict(
    zip("αβγδεζηθικλμνξοπρσςτυφχψωϳϝ", "abydeznoikluveonpostuoxywjf", strict=True)
)
_ARMENIAN_TO_LATIN = dict(zip("աբգզիլհյոսցքօռմտրեկնծ", "wpqqhlhjnugfonuurkyud", strict=True))
# Cherokee in lower case, as `str.lower` gives it; Lisu has none.
_CHEROKEE_TO_LATIN = dict(
    zip("ꭰꭱꭲꭺꭻꭼꮃꮇꮋꮐꮓꮞꮟꮢꮤꮥꮩꮪꮮꮯꮲꮶꮷᏼᏻᏽꮖ", "drtajewmhgz4brwsvslcpkjbgbi", strict=True)
)
_LISU_TO_LATIN = dict(
    zip("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓤꓥꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrrvvhwxyaeiou", strict=True)
)
_TO_LATIN = (
    _CYRILLIC_TO_LATIN | _GREEK_TO_LATIN | _ARMENIAN_TO_LATIN | _CHEROKEE_TO_LATIN | _LISU_TO_LATIN
)
# A letter with an accent looks like what the letter itself looks like.
_ACCENTED = {
    chr(point): _TO_LATIN[base]
    for point in (*range(0x0370, 0x0530), *range(0x1F00, 0x2000))
    if (base := unicodedata.normalize("NFKD", chr(point))[0]) in _TO_LATIN
}
TO_LATIN: Mapping[int, str] = str.maketrans(_ACCENTED | _TO_LATIN)
# Compatibility composition would read the lunate sigma, which looks like a c, as an s.
OLD_LETTERS: Mapping[int, int] = str.maketrans("ϲϹ", "cC")
SHIFTING_CAPITALS = "ΔΗΘΛΜΝΞΠΣΥΦΩ"
_CAPITALS = str.maketrans(SHIFTING_CAPITALS, "ahoamneneyow")
_GREEK_CAPITAL = re.compile(rf"[{SHIFTING_CAPITALS}]")
_GREEK = re.compile(r"[\u0370-\u03ff]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")
TO_CYRILLIC: Mapping[int, int] = str.maketrans(
    "abcdeghikmnoprtuwxyαβγδεικνορςτυχωϲ", "авсдегнікмпоргтишхуаругеікворстухшс"
)

# Latin, Greek, Cyrillic, Armenian, Cherokee, Lisu: the scripts with many twins.
OTHER_SIGNS = r"\u0370-\u058f\u1f00-\u1fff\u13a0-\u13ff\ua4d0-\ua4ff\uab70-\uabbf"
_OTHER = re.compile(rf"[{OTHER_SIGNS}]")
_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[a-z]")
_DIGIT_INSIDE = re.compile(r"(?<=[^\W\d_])[013457](?=[^\W\d_])")  # as `leet` reads them
_MEETING = re.compile(rf"[a-z]\d?[{OTHER_SIGNS}]|[{OTHER_SIGNS}]\d?(?=[a-z])")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
# Letters that nobody takes for one of the other script, and digits that look like an l, s or t:
# they tell what a word is written in.
_LATIN_ALONE = re.compile(r"[dfjlqsvz157]")
_CYRILLIC_ALONE = re.compile(r"[бёзйлщъыю]")


def fold_capitals(text: str) -> str:
    """Greek capitals that lose their likeness in lower case (Η, Μ, Ν), in a text not Greek."""
    if not _GREEK_CAPITAL.search(text):
        return text
    if len(_GREEK.findall(text)) >= len(_ASCII_LETTER.findall(text)):
        return text
    return text.translate(_CAPITALS)


def fold_mixed_words(text: str) -> str:
    """The lower-case text with look-alike letters folded to the script that the word is written in.

    A word of both scripts goes to the script of most of its letters (ties to Latin). In a text that
    is three quarters Latin, a word made only of twins is read as Latin too. Where more than a third
    of the words that could be mixed are, and three at least, the whole text goes to one script; a
    digit inside a word speaks for it, as one that stands for a letter may have been its last Latin.
    """
    if not _OTHER.search(text):
        return text
    mostly_latin = _is_mostly_latin(text)
    if not (mostly_latin or _MEETING.search(text)):
        return text
    foreign = [word for word in _WORD.findall(text) if _OTHER.search(word)]
    mixed = [word for word in foreign if _is_mixed(word)]
    if len(mixed) > 2 and 3 * len(mixed) > len(foreign):
        table = TO_LATIN if mostly_latin or _is_latin("".join(mixed)) else TO_CYRILLIC
        return text.translate(table)

    def fold(match: re.Match[str]) -> str:
        return _fold_word(match.group(), mostly_latin)

    return _WORD.sub(fold, text)


def _is_mixed(word: str) -> bool:
    """Whether a word with letters that have twins may be in disguise."""
    if _LATIN.search(word) or _DIGIT_INSIDE.search(word):
        return True
    return bool(_GREEK.search(word) and _CYRILLIC.search(word))


def _is_mostly_latin(text: str) -> bool:
    """Cheap to deny for a text in another script: each of its letters takes two bytes or more."""
    if len(text.encode("utf-8", "replace")) > 1.5 * len(text) + 40:
        return False
    return len(_LATIN.findall(text)) > 3 * len(_OTHER.findall(text))


def _is_latin(letters: str) -> bool:
    """Whether these letters of both scripts were Latin before some were replaced."""
    if not _CYRILLIC.search(letters):
        return True
    latin, cyrillic = len(_LATIN_ALONE.findall(letters)), len(_CYRILLIC_ALONE.findall(letters))
    if latin == cyrillic:
        latin, cyrillic = len(_LATIN.findall(letters)), len(_CYRILLIC.findall(letters))
    return latin >= cyrillic


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
