"""`normalise` for the posts that need no repair, as machine code over code points.

Two passes over each text. The first folds sign by sign and names links and mentions; the second
looks for the mark that every disguise leaves behind and writes what is left. A text that shows
one, or a sign that only its neighbours explain, is reported, not guessed at: `normalise` itself
takes it. For all others the result is the same, sign for sign.

Only `classifiers.compiled` imports this file, because it imports numba. A compiled function is kept
on disk under the state of its own file alone: what other files define comes in as an argument.
"""

import numpy as np
from numpy.typing import NDArray

from classifiers.compiled_code import compiled

U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U16 = NDArray[np.uint16]

# As in `compiled_tables`; a test compares them.
REMOVED, NEEDS_REFERENCE, FIRST_EXPANSION = -1, -2, -3
WORD, LETTER, SPACE, SYMBOL, MARK, LEET, ALNUM, TWINNED, LATIN, CENSOR, BANG, SIGN = (
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048,
)  # fmt: skip
LONGEST_EXPANSION = 18  # signs that NFKC makes of one (U+FDFA)
PAD = 8  # blanks on both sides, so that a rule may look past either end
_SPECIAL = SYMBOL | MARK | LEET | CENSOR | BANG
LONGEST_GAP = 32  # symbols in a row; no rule reaches as far, but a run of one symbol is shortened
_FAR = -1
TABLED = 0x2_0000

_HTTP = np.array([ord(sign) for sign in "http"], dtype=np.uint32)
_TG = np.array([ord(sign) for sign in "tg://"], dtype=np.uint32)
_SLASHES = np.array([ord(sign) for sign in "://"], dtype=np.uint32)
_WWW = np.array([ord(sign) for sign in "www."], dtype=np.uint32)
_T_ME = np.array([ord(sign) for sign in "t.me/"], dtype=np.uint32)
_TELEGRAM_ME = np.array([ord(sign) for sign in "telegram.me/"], dtype=np.uint32)
_MASKED_USER = np.array([ord(sign) for sign in "[username]"], dtype=np.uint32)
_URL = np.array([ord(sign) for sign in " url "], dtype=np.uint32)
_USER = np.array([ord(sign) for sign in " user "], dtype=np.uint32)


@compiled
def normalise_batch(
    signs: U32, ends: I64, fold: I32, expansion: U32, starts: I64, classes: U16
) -> tuple[U32, I64]:
    """The normalised texts, one after another, and where each ends.

    signs, ends: the raw texts as code points, and where each of them ends. The end is -1 - end for
    a text that `normalise` must take; nothing is written for it.
    """
    longest = start = at = 0
    for end in ends:
        longest = max(longest, end - start)
        start = end
    folded = np.empty(longest * LONGEST_EXPANSION + 2 * PAD, dtype=np.uint32)
    named = np.empty(2 * len(folded), dtype=np.uint32)
    out = np.empty(len(signs) + len(signs) // 8 + 64, dtype=np.uint32)
    out_ends = np.empty(len(ends), dtype=np.int64)
    start = 0
    for row in range(len(ends)):
        length = _folded(signs[start : ends[row]], fold, expansion, starts, folded)
        start = ends[row]
        if length >= 0:
            length = _named(folded, length, classes, named)
        written = -1
        if length >= 0 and not _mixes_scripts(named, length, classes):
            if at + length > len(out):
                out = _grown(out, at, length)
            written = _written(named, length, classes, out[at:])
        at += max(written, 0)
        out_ends[row] = at if written >= 0 else -1 - at
    return out[:at], out_ends


@compiled
def _grown(out: U32, used: int, needed: int) -> U32:
    larger = np.empty(2 * len(out) + needed, dtype=np.uint32)
    larger[:used] = out[:used]
    return larger


@compiled
def _folded(raw: U32, fold: I32, expansion: U32, starts: I64, out: U32) -> int:
    """Fold sign by sign, PAD blanks on both sides; the length with them, or -1."""
    out[:PAD] = 32
    at = PAD
    keeps_backtick = _is_ascii(raw)
    place = 0
    is_parting = False  # what was removed last stood behind a blank
    while place < len(raw):
        sign = raw[place]
        plain = fold[sign] if sign < TABLED else NEEDS_REFERENCE
        place += 1
        if sign == 92 and place < len(raw) and raw[place] == 110:
            plain = 32  # an escaped line end
            place += 1
        elif sign == 96 and keeps_backtick:
            plain = 96
        if plain == REMOVED:
            is_parting = out[at - 1] == 32 and at > PAD
            continue
        if plain == NEEDS_REFERENCE or (is_parting and (plain == 32 or plain < 0)):
            return -1
        is_parting = False
        if plain >= 0:
            out[at] = plain
            at += 1
        else:
            at = _expanded(FIRST_EXPANSION - plain, expansion, starts, out, at)
    out[at : at + PAD] = 32
    return at + PAD


@compiled
def _is_ascii(signs: U32) -> bool:
    either = np.uint32(0)
    for sign in signs:
        either |= sign
    return bool(either < 128)


@compiled
def _expanded(number: int, expansion: U32, starts: I64, out: U32, at: int) -> int:
    for piece in range(starts[number], starts[number + 1]):
        out[at] = expansion[piece]
        at += 1
    return at


@compiled
def _is_at(signs: U32, place: int, end: int, word: U32) -> bool:
    if place + len(word) > end:
        return False
    for offset in range(len(word)):  # noqa: SIM110 - `all` of a generator does not compile
        if signs[place + offset] != word[offset]:
            return False
    return True


@compiled
def _named(signs: U32, length: int, classes: U16, out: U32) -> int:
    """Links and mentions by one word each; the new length, or -1 for what may be mail."""
    place = 0
    at = 0
    end = length - PAD
    while place < length:
        sign = signs[place]
        new_place = place
        name = _URL
        if sign == 104 or sign == 116 or sign == 119:  # h, t, w
            new_place = _link_end(signs, place, end, classes)
        elif sign == 64:  # @
            if _may_be_mail(signs, place, classes):
                return -1
            name = _USER
            new_place = _mention_end(signs, place, classes)
        elif sign == 91 and _is_at(signs, place, end, _MASKED_USER):
            name = _USER
            new_place = place + len(_MASKED_USER)
        if new_place == place:
            out[at] = sign
            at += 1
            place += 1
        else:
            for piece in name:
                out[at] = piece
                at += 1
            place = new_place
    return at


@compiled
def _link_end(signs: U32, place: int, end: int, classes: U16) -> int:
    """Where the link that begins here ends; the same place where none does."""
    body = _body_of_link(signs, place, end, classes)
    if body < 0:
        return place
    while not classes[signs[body]] & SPACE:
        body += 1
    return body


@compiled
def _body_of_link(signs: U32, place: int, end: int, classes: U16) -> int:
    """Where a link's free part may begin, or -1 where there is no link."""
    if _is_at(signs, place, end, _HTTP):
        body = place + 4
        if signs[body] == 115:  # s
            body += 1
        return body + 3 if _is_at(signs, body, end, _SLASHES) else -1
    if _is_at(signs, place, end, _TG):
        return place + 5
    before = signs[place - 1]
    if classes[before] & WORD or before == 64 or before == 46:
        return -1
    body = -1
    if _is_at(signs, place, end, _WWW):
        body = place + 4
    elif _is_at(signs, place, end, _T_ME):
        body = place + 5
    elif _is_at(signs, place, end, _TELEGRAM_ME):
        body = place + 12
    if body >= 0 and classes[signs[body]] & SPACE:
        return -1
    return body


@compiled
def _may_be_mail(signs: U32, place: int, classes: U16) -> bool:
    before, after = signs[place - 1], signs[place + 1]
    named = classes[before] & WORD or before == 46 or before == 43 or before == 45
    return bool(named and (classes[after] & WORD or after == 45))


@compiled
def _mention_end(signs: U32, place: int, classes: U16) -> int:
    """Where the mention that begins at this @ ends; the same place where it is none."""
    before = classes[signs[place - 1]] & WORD or signs[place - 1] == 64
    if before or not classes[signs[place + 1]] & LATIN:
        return place
    end = place + 2
    while classes[signs[end]] & WORD:
        end += 1
    return end if 3 <= end - place - 2 <= 31 else place


@compiled
def _mixes_scripts(signs: U32, length: int, classes: U16) -> bool:
    """Whether a word may be written in letters of another script (see `fold_mixed_words`).

    Counts each run as long as it is after `_without_runs`. Digits and the marks that hide letters
    part nothing.
    """
    latin = other = run = 0
    meeting = False
    before = np.int64(0)
    for place in range(1, length):
        kind = classes[signs[place]]
        run = run + 1 if signs[place] == signs[place - 1] else 1
        script = np.int64(kind & (LATIN | TWINNED))
        counts = _counted(run, kind)
        latin += counts * (script == LATIN)
        other += counts * (script == TWINNED)
        if kind & CENSOR or (kind & ALNUM and not kind & LETTER):
            continue
        meeting |= script + before == LATIN + TWINNED
        before = script
    return bool(other > 0 and (meeting or latin > 3 * other))


@compiled
def _counted(run: int, kind: int) -> int:
    """What the last of a run of equal signs adds to their number in the end."""
    if run < 3:
        return 1
    if kind & LETTER:
        return -1 if run == 3 else 0
    return 1 if kind & WORD else 0


@compiled
def _written(signs: U32, length: int, classes: U16, out: U32) -> int:
    """Write with single blanks and shortened runs; the length, or -1 for a mark of disguise."""
    at = run = 0
    before = 32
    for place in range(PAD, length - PAD + 1):
        sign = signs[place]
        kind = classes[sign]
        if kind & _SPECIAL and _hides_a_word(signs, place, classes):
            return -1
        if kind & SIGN and _stands_alone(signs, place, classes):
            return -1
        if kind & CENSOR and classes[signs[place - 1]] & classes[signs[place + 1]] & LETTER:
            if signs[place - 1] == signs[place + 1]:
                return -1  # it may part a run
            continue
        run = run + 1 if sign == before else 1
        before = sign
        if run >= 3 and kind & LETTER and _is_a_word(signs, place, run, classes):
            return -1
        if kind & SPACE:
            at = _blank_written(out, at)
        elif run < 3 or (kind & WORD and not kind & LETTER):
            out[at] = sign
            at += 1
        elif run == 3 and kind & LETTER:
            at -= 1  # of letters one stays, of marks two
    return at - 1 if at and out[at - 1] == 32 else at


@compiled
def _is_a_word(signs: U32, place: int, run: int, classes: U16) -> bool:
    """Whether the run that is here so long stands for one letter that is alone."""
    return not (classes[signs[place - run]] | classes[signs[place + 1]]) & ALNUM


@compiled
def _blank_written(out: U32, at: int) -> int:
    if at and out[at - 1] != 32:
        out[at] = 32
        return at + 1
    return at


@compiled
def _hides_a_word(signs: U32, place: int, classes: U16) -> bool:
    """Whether a rule of `normalise` may begin at this mark, digit or symbol."""
    before, kind, after = (
        classes[signs[place - 1]],
        classes[signs[place]],
        classes[signs[place + 1]],
    )
    if kind & SYMBOL and kind & WORD:
        return True  # a circled digit: what parts words and a part of one
    if kind & MARK and _parts_signs(signs, place, classes):
        return True
    if not before & LETTER:
        return bool(signs[place] == 36 and after & LETTER)  # $word
    if kind & LEET and _letter_after_leet(signs, place, classes):
        return True
    if kind & SYMBOL:
        return _letter_after_symbols(signs, place, classes)
    return bool(kind & BANG and after & LETTER)


@compiled
def _letter_after_leet(signs: U32, place: int, classes: U16) -> bool:
    """Whether only signs that may stand for letters are between here and a letter."""
    while classes[signs[place]] & (LEET | BANG) or signs[place] == 43:  # +
        place += 1
    return bool(classes[signs[place]] & LETTER)


@compiled
def _letter_after_symbols(signs: U32, place: int, classes: U16) -> bool:
    for offset in range(1, LONGEST_GAP):
        kind = classes[signs[place + offset]]
        if not kind & SYMBOL:
            return bool(kind & LETTER)
    return True


@compiled
def _past_gap(signs: U32, place: int, step: int, classes: U16) -> int:
    """The first place from here on, by steps of 1 or -1, behind a blank, symbols, and a blank.

    Any of the three may be missing. _FAR where there are too many symbols to tell.
    """
    if signs[place] == 32:
        place += step
    for symbols in range(LONGEST_GAP):
        if not classes[signs[place]] & SYMBOL:
            return place + step if symbols and signs[place] == 32 else place
        place += step
    return _FAR


@compiled
def _begins(signs: U32, place: int, classes: U16) -> bool:
    return not classes[signs[place - 1]] & WORD


@compiled
def _parts_signs(signs: U32, place: int, classes: U16) -> bool:
    """Whether this mark may be the first of those that part single signs."""
    mark = signs[place]
    if mark == 44 and signs[place + 1] == 32:  # a comma
        return False
    first = _past_gap(signs, place - 1, -1, classes)
    if first >= 0 and not (classes[signs[first]] & SIGN and _begins(signs, first, classes)):
        return False
    second = _past_gap(signs, place + 1, 1, classes)
    if second >= 0 and not classes[signs[second]] & SIGN:
        return False
    again = _past_gap(signs, second + 1, 1, classes) if second >= 0 else _FAR
    if again >= 0 and signs[again] != mark:
        return False
    third = _past_gap(signs, again + 1, 1, classes) if again >= 0 else _FAR
    return third < 0 or bool(classes[signs[third]] & SIGN)


@compiled
def _stands_alone(signs: U32, place: int, classes: U16) -> bool:
    """Whether this sign may be one of a word pulled apart by blanks or symbols."""
    if _between_symbols(signs, place, classes):
        return True
    if (classes[signs[place - 1]] | classes[signs[place + 1]]) & WORD:
        return False
    for _ in range(3):
        after = _past_gap(signs, place + 1, 1, classes)
        if after == _FAR:
            return True
        if after == place + 1 or not classes[signs[after]] & SIGN:
            return False
        place = after
    after_last = signs[place + 1]
    return not (classes[after_last] & WORD or after_last == 64 or after_last == 36)


@compiled
def _between_symbols(signs: U32, place: int, classes: U16) -> bool:
    before = place - 2 if signs[place - 1] == 32 else place - 1
    after = place + 2 if signs[place + 1] == 32 else place + 1
    return bool(classes[signs[before]] & classes[signs[after]] & SYMBOL)
