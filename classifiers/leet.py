"""Digits and signs that stand for letters, read as letters.

Between two letters is where ordinary writing has them least: "covid19", "anak2", "5 km" stay. Where
two words of a text have one there, its other words are read in the same way, from their first sign
to their last.
"""

import re
from collections.abc import Mapping

_L = r"[^\W\d_]"
_TELLING = r"[013457@$€]"  # 2 is not among them: "anak2nya" is a plural
_TELLING_INSIDE = re.compile(rf"({_TELLING})(?<={_L}{_TELLING})\1{{0,6}}{_TELLING}?[!+]?(?={_L})")
_ANY_INSIDE = re.compile(rf"{_TELLING}(?<={_L}{_TELLING})[\d@$€!+]{{0,6}}(?={_L})")
_BANG = re.compile(
    rf"!(?:(?<=[^\w]{_L}!)|(?<=[^\w]{_L}{_L}!))(?={_L}{_L})|!(?<={_L}{_L}!)(?={_L}{{1,2}}(?!\w))"
)
_DOLLAR_FIRST = re.compile(rf"\$(?<![\w$]\$)(?={_L}{{3}})")
_CANDIDATE = re.compile(r"[^\W_@$€!+]*[\d@$€!+][\w@$€!+]*")
_NUMBER = re.compile(r"\d{3}")
_RUN = re.compile(r"([\d@$€!+])\1{2,}")
_FIRST = re.compile(rf"\W*{_TELLING}{_L}{{3}}")  # "40rb", "misi4" stay where only some words tell
_SIGNS_IN_A_ROW = re.compile(rf"([@$€+])\1{{2,}}|(?<={_L})!(!){{2,}}(?={_L})")
_BANG_AS_LETTER = re.compile(
    r"[\w@$€+]!(?=[\w@$€+])|[\w@$€+]!(?= [\w@$€+]).*[\w@$€+]!(?= [\w@$€+])"
)
_CLOSING = frozenset(
    ".,;:?)\"'"
)  # behind a "!" that is a letter; one that ends a sentence has none
_LONGEST_WORD = 30  # longer is an address or a key
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_ENOUGH_WORDS = 2
_FULL = 0.2  # of the words: then even "474" within a word is read

_TO_LATIN: Mapping[int, int] = str.maketrans("034567@$€!89+", "oeasgtaseibgt")
_TO_CYRILLIC: Mapping[int, int] = str.maketrans("045678@$€!1", "очебтвасеіі")
_ONE = re.compile(r"1+")
_VOWELS = frozenset("aeiou")
_THREE = re.compile(r"3(?=[аеиоуыэюя0@])|(?<=[аеиоуыэюя0@])3")  # з beside a vowel, else е


def shorten_leet(text: str) -> str:
    """The lower-case text, where digits stand for letters, without runs of signs for letters."""
    if not _TELLING_INSIDE.search(text):
        return text
    return _SIGNS_IN_A_ROW.sub(lambda match: match.group()[0], text)


def read_leet(text: str) -> str:
    """The lower-case text, a blank at both ends, with digits for letters read as letters."""
    if "!" in text:
        text = _BANG.sub("i", text)
    if "$" in text:
        text = _DOLLAR_FIRST.sub("s", text)
    if not _TELLING_INSIDE.search(text):
        return text
    words = text.split(" ")
    telling = [_TELLING_INSIDE.search(word) is not None for word in words]
    everywhere = sum(telling) >= _ENOUGH_WORDS
    if everywhere:
        telling = [_ANY_INSIDE.search(word) is not None for word in words]
    full = everywhere and sum(telling) >= _FULL * len(text.split())
    has_bangs = full and _BANG_AS_LETTER.search(text) is not None

    def read(match: re.Match[str]) -> str:
        found = match.group()
        if full and found[-1] == "!" and _bang_is_a_letter(match, has_bangs):
            found = found[:-1] + "i"
        return _read(found, everywhere, full)

    return " ".join(
        _CANDIDATE.sub(read, word) if tells or full or (everywhere and _FIRST.match(word)) else word
        for word, tells in zip(words, telling, strict=True)
    )


def _bang_is_a_letter(match: re.Match[str], has_bangs: bool) -> bool:
    """Whether the "!" at the end of a word is an i, in a text whose words are mostly disguised."""
    word, end = match.string, match.end()
    if end < len(word):
        return word[end] in _CLOSING
    return has_bangs and match.group()[-2:-1] not in ("", "!")


def _read(word: str, everywhere: bool, full: bool) -> str:
    """The word read; unless it holds a number, or no letter. "!" at its end closes a sentence."""
    core = word.rstrip("!")
    if everywhere:
        core = _RUN.sub(r"\1", core)
    if not any(sign.isalpha() for sign in core) or core[-1] == "2" or len(core) > _LONGEST_WORD:
        return word
    if not full and _NUMBER.search(core):
        return word
    end = word[len(word.rstrip("!")) :]
    if _CYRILLIC.search(core):
        return _THREE.sub("з", core).replace("3", "е").translate(_TO_CYRILLIC) + end
    core = core.translate(_TO_LATIN)
    return (_ONE.sub(_read_one, core) if "1" in core else core) + end


def _read_one(match: re.Match[str]) -> str:
    """1 is an l between vowels or beside a vowel at either end of the word, else an i; two of them
    are an l and an i where a consonant stands beside them, since no word has "mll" or "lls"."""
    word, start, end = match.string, match.start(), match.end()
    before = word[start - 1] in _VOWELS if start else True
    after = word[end] in _VOWELS if end < len(word) else True
    if end - start == 2 and not (before and after):
        return "li" if before or start == 0 else "il"
    if end - start > 1:
        return "l" * (end - start)
    return "l" if before and after else "i"
