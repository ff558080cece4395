"""Words pulled apart or rewritten so that a filter does not see them, put together again.

Each rule needs a shape that ordinary writing seldom has, because a wrong repair changes a benign
post: "a b c" stays, "covid19" stays, "anak2" stays, "maju!serang" stays two words.

Most posts need no repair. So each rule begins at the sign that gives the trick away (a mark, a
digit, a symbol) and looks back from there: that search is several times faster than one that begins
at every letter.
"""

import re

_L = r"[^\W\d_]"
_S = r"[\u2190-\u2bff\u3030\U0001f000-\U0001faff]"
_MARK = r"[.\-_*~|'+·•/\\,^]"
_LEET = r"[013457@$€]"

# Runs of single signs held apart by one mark ("j.i.h"), by symbols, or by single blanks (four at
# least). The upper bounds keep the time linear on hostile input.
_MARKED_SIGN = re.compile(rf"({_MARK})[^\W_]\1")
_MARKED = re.compile(rf"(?<!\w){_L}({_MARK})[^\W_](?:\1[^\W_]){{1,40}}(?![\w])")
_BLANKED_SIGN = re.compile(r" [^\W_] [^\W_] ")
_BLANKED = re.compile(r"(?<!\S)[^\W_](?: [^\W_]){3,40}(?!\S)")
_SYMBOL = re.compile(rf"{_S}+")
_SYMBOL_INSIDE = re.compile(rf"{_S}(?<={_L}{_S}){_S}{{0,2}}{_L}")
_SYMBOLLED = re.compile(rf"(?<!\w){_L}(?: ?{_S}{{1,3}} ?[^\W_]){{2,40}}(?!\w)")
_SPLIT_WORD = re.compile(rf"{_L}{{1,30}}(?:{_S}{{1,3}}{_L}{{1,30}}){{1,12}}")
_CENSORED = re.compile(rf"[*~|_](?<={_L}[*~|_])(?={_L})")
_BANG = re.compile(
    rf"!(?:(?<=[^\w]{_L}!)|(?<=[^\w]{_L}{_L}!))(?={_L}{_L})|!(?<={_L}{_L}!)(?={_L}{{1,2}}(?!\w))"
)
_LEET_INSIDE = re.compile(rf"{_LEET}(?<={_L}{_LEET}){_LEET}?(?={_L})")
_LEET_LETTERS = str.maketrans("013457@$€", "oieastase")
_DOLLAR_FIRST = re.compile(rf"\$(?<![\w$]\$)(?={_L}{{3}})")


def undo_disguise(text: str) -> str:
    """The lower-case text with pulled-apart words joined and digits for letters read as letters.

    The text may come back with a blank at either end.
    """
    text = f" {text} "  # so that a rule may look back past the first letter
    if _MARKED_SIGN.search(text):
        text = _MARKED.sub(_letters_only, text)
    if _BLANKED_SIGN.search(text):
        text = _BLANKED.sub(_joined_if_letters, text)
    if not text.isascii() and _SYMBOL.search(text):
        text = _SYMBOLLED.sub(_letters_only, text)
        if _SYMBOL_INSIDE.search(text):
            text = _SPLIT_WORD.sub(_joined_if_short, text)
    if "!" in text:
        text = _BANG.sub("i", text)
    text = _CENSORED.sub("", text)
    if "$" in text:
        text = _DOLLAR_FIRST.sub("s", text)
    if _LEET_INSIDE.search(text):
        text = " ".join(map(_without_leet, text.split(" ")))
    return text


def _letters_only(match: re.Match[str]) -> str:
    return "".join(sign for sign in match.group() if sign.isalnum())


def _joined_if_letters(match: re.Match[str]) -> str:
    """Join when at least half are letters: "1 2 3 4 5" is a list of numbers."""
    run = match.group()
    letters = sum(sign.isalpha() for sign in run)
    return run.replace(" ", "") if 2 * letters >= len(run) / 2 + 1 else run


def _joined_if_short(match: re.Match[str]) -> str:
    """Join when a piece is too short to be a word by itself ("ji" + symbol + "had")."""
    pieces = _SYMBOL.split(match.group())
    return "".join(pieces) if min(map(len, pieces)) <= 2 else match.group()


def _without_leet(word: str) -> str:
    """A word with a digit between letters has all its digits read as letters."""
    return word.translate(_LEET_LETTERS) if _LEET_INSIDE.search(word) else word
