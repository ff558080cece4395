"""Words pulled apart so that a filter does not see them, put together again.

Each rule needs a shape that ordinary writing seldom has, because a wrong repair changes a benign
post: "a b c" stays, "P B B" stays, "maju!serang" stays two words. Where a text shows the trick
beyond doubt once, the same trick is undone in its short words too.

Most posts need no repair. So each rule begins at the sign that gives the trick away (a mark, a
symbol) and looks back from there: that search is several times faster than one that begins at every
letter.
"""

import re

_L = r"[^\W\d_]"
_S = r"[\u2190-\u2bff\u3030\U0001f000-\U0001faff]"
_MARK = r"[.\-_*~|'+·•/\\,^]"
_SIGN = r"(?:[^\W_]|[@$€!+])"  # a letter, or what stands for one

# Runs of single signs held apart by one mark ("j.i.h"; with blanks around it four signs at least),
# by symbols, or by single blanks (four at least). A symbol may stand in any gap of the first and
# the last. The upper bounds keep the time linear on hostile input.
_MARKED_SIGN = re.compile(rf"({_MARK}){_S}{{0,3}} ?{_SIGN} ?{_S}{{0,3}}\1")
_MARKED = re.compile(
    rf"(?<!\w){_SIGN}{_S}{{0,3}}({_MARK}){_S}{{0,3}}{_SIGN}"
    rf"(?:{_S}{{0,3}}\1{_S}{{0,3}}{_SIGN}){{1,40}}(?![\w])"
    rf"|(?<!\w){_SIGN} ?{_S}{{0,3}}((?!, ){_MARK}){_S}{{0,3}} ?{_SIGN}"
    rf"(?: ?{_S}{{0,3}}\2{_S}{{0,3}} ?{_SIGN}){{2,40}}(?![\w])"
)
_SHORT_MARKED = re.compile(
    rf"(?<!\w){_SIGN} ?{_S}{{0,3}}((?!, ){_MARK}){_S}{{0,3}} ?{_SIGN}"
    rf"(?: ?{_S}{{0,3}}\1{_S}{{0,3}} ?{_SIGN}){{1,40}}(?![\w])"
)
_BLANKED_SIGN = re.compile(rf" {_SIGN}(?: |{_S}{{1,3}} ?| {_S}{{1,3}} ?){_SIGN} ")
_GAP = rf"(?: (?:{_S}{{1,3}} ?)?|{_S}{{1,3}} ?)"
_BLANKED = re.compile(rf"(?<!\w)(?<![\w][.\-']){_SIGN}(?:{_GAP}{_SIGN}){{3,40}}(?![\w@$€])")
_SHORT_BLANKED = re.compile(rf"(?<![\w.\-']){_SIGN}(?:{_GAP}{_SIGN}){{1,40}}(?![\w@$€])")
_SYMBOL = re.compile(rf"{_S}+")
_SYMBOL_INSIDE = re.compile(rf"{_S}(?<={_L}{_S}){_S}{{0,2}}{_L}")
_SYMBOLLED = re.compile(rf"(?<!\w){_SIGN}(?: ?{_S}{{1,3}} ?{_SIGN}){{2,40}}(?!\w)")
_SPLIT_WORD = re.compile(rf"{_L}{{1,30}}(?:{_S}{{1,3}}{_L}{{1,30}}){{1,12}}")
_SPLIT_SIGNS = re.compile(rf"{_SIGN}{{1,30}}(?:{_S}{{1,3}}{_SIGN}{{1,30}}){{1,12}}")
_CENSORED = re.compile(rf"[*~|_](?<={_L}[*~|_])(?={_L})")


def join_pulled_apart(text: str) -> str:
    """The lower-case text with pulled-apart words joined.

    The text may come back with a blank at either end.
    """
    text = f" {text} "  # so that a rule may look back past the first letter
    if _MARKED_SIGN.search(text):
        text = _without(text, _MARKED, _SHORT_MARKED)
    has_symbols = not text.isascii() and _SYMBOL.search(text) is not None
    whole = 0
    if has_symbols:
        text, whole = _SYMBOLLED.subn(_joined_if_a_letter, text)
    if _BLANKED_SIGN.search(text):
        text = _without(text, _BLANKED, _SHORT_BLANKED)
    if has_symbols and (whole or _SYMBOL_INSIDE.search(text)):
        text = _without_symbols(text, whole)
    return _CENSORED.sub("", text)


def _without(text: str, long: re.Pattern[str], short: re.Pattern[str]) -> str:
    """Long runs joined; where there was one, short ones too."""
    joined = long.sub(_joined_if_letters, text)
    return joined if joined == text else short.sub(_joined_if_a_letter, joined)


def _joined_if_letters(match: re.Match[str]) -> str:
    """Join when at least two and two in five are letters: "1 2 3 4 5" is a list of numbers."""
    signs = _signs(match)
    letters = sum(sign.isalpha() for sign in signs)
    return signs if letters >= 2 and 5 * letters >= 2 * len(signs) else match.group()


def _joined_if_a_letter(match: re.Match[str]) -> str:
    signs = _signs(match)
    return signs if any(sign.isalpha() for sign in signs) else match.group()


def _signs(match: re.Match[str]) -> str:
    return "".join(sign for sign in match.group() if sign.isalnum() or sign in "@$€!+")


def _without_symbols(text: str, found: int) -> str:
    """Words with symbols inside joined where a piece is too short to be a word ("ji" + symbol +
    "had"); where the trick was found twice, all such words, and those with digits for letters.

    found: how often it was found already.
    """
    joined = _SPLIT_WORD.sub(_joined_if_short, text)
    found += len(_SYMBOL_INSIDE.findall(text)) - len(_SYMBOL_INSIDE.findall(joined))
    return joined if found < 2 else _SPLIT_SIGNS.sub(_joined_if_a_letter, joined)


def _joined_if_short(match: re.Match[str]) -> str:
    pieces = _SYMBOL.split(match.group())
    return "".join(pieces) if min(map(len, pieces)) <= 2 else match.group()
