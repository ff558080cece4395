"""N-grams, weights and sums of normalised texts in one pass, as machine code.

The same buckets as `ngrams`, the same cells as `features`, the same sums as `model`, up to the
order in which floats are added. Only `classifiers.compiled` imports this file, because it imports
numba. A compiled function is kept on disk under the state of its own file alone: what other files
define comes in as an argument.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.compiled_code import compiled

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

MIX = np.uint64(0xFF51AFD7ED558CCD)
LETTER, SYMBOL = 1, 3
FEWEST_WINDOWS = 20
PLACEHOLDERS_BELOW = 200
FOREIGN_SHARE = 0.5


@compiled
def measure_batch(
    signs: U32,
    ends: I64,
    kinds: U8,
    scripts: U8,
    keys: tuple[U64, U64, U64, U64],
    bits: tuple[int, int, int],
    pairs: F32,
    limits: F64,
    never_seen: float,
    placeholders: U32,
    decision: F64,
    readable: U8,
    known: U8,
) -> None:
    """Fill the last three, one value per text: the decision value without the model's constant,
    whether there is a word to read, and whether script and letters are familiar.

    signs, ends: normalised texts as code points, and where each of them ends. keys: of windows of
    four signs and of two, words, pairs. bits: of words, and of windows of four and two. pairs:
    (buckets, 2) of idf and weight. limits: for each script the mean rarity above which a text is
    unknown, NaN for a script that training hardly saw; entry 0 is no letter at all.
    """
    longest = start = 0
    for end in ends:
        longest = max(longest, end - start)
        start = end
    padded = np.empty(longest + 4, dtype=np.uint32)
    slots = np.empty(_slots_for(longest), dtype=np.int32)
    columns = np.empty(2 * longest + 4, dtype=np.int32)
    sums = np.empty(4)
    start = 0
    for row in range(len(ends)):
        length = ends[row] - start
        padded[0] = 32
        padded[1 : length + 1] = signs[start : ends[row]]
        padded[length + 1 : length + 3] = 32
        start = ends[row]
        text = padded[: length + 2]
        seen = slots[: _slots_for(length)]
        sums[:] = 0.0
        count = _windows(text, keys[0], bits, seen, columns)
        _add_up(columns[:count], pairs, never_seen, sums)
        rarity = sums[2] / max(count, 1)
        short = _short_windows(text, keys[1], bits, seen, columns)
        _add_up(columns[:short], pairs, never_seen, sums)
        windows = _scaled(sums)
        sums[:] = 0.0
        words = _words(text, kinds, keys[2], keys[3], bits[0], seen, columns)
        _add_up(columns[:words], pairs, never_seen, sums)
        decision[row] = windows + _scaled(sums)
        letters, foreign, limit = _letters(text, scripts, limits)
        readable[row] = letters > 0 and not _only_placeholders(text, placeholders)
        too_rare = count >= FEWEST_WINDOWS and rarity > limit
        known[row] = not (foreign > FOREIGN_SHARE * letters or too_rare)


@compiled
def _slots_for(length: int) -> int:
    """A power of two, at least twice the n-grams of one space."""
    slots = 64
    while slots < 4 * length + 8:
        slots *= 2
    return slots


@compiled
def _add(column: Any, seen: I32, columns: I32, count: int) -> int:
    """Append the column unless it is among the seen; the new count. `seen` holds column or -1."""
    mask = len(seen) - 1
    slot = column & mask
    while seen[slot] != column:
        if seen[slot] < 0:
            seen[slot] = column
            columns[count] = column
            return count + 1
        slot = (slot + 1) & mask
    return count


@compiled
def _windows(text: U32, keys: U64, bits: tuple[int, int, int], seen: I32, columns: I32) -> int:
    """Four signs, of which the first and the last may be the blanks around a word."""
    seen[:] = -1
    count = 0
    shift = np.uint64(64 - bits[1])
    base = 1 << bits[0]
    for place in range(len(text) - 3):
        if text[place + 1] == 32 or text[place + 2] == 32:
            continue
        total = np.uint64(text[place]) * keys[0] + np.uint64(text[place + 1]) * keys[1]
        total += np.uint64(text[place + 2]) * keys[2] + np.uint64(text[place + 3]) * keys[3]
        count = _add(base + np.int64(total >> shift), seen, columns, count)
    return count


@compiled
def _short_windows(
    text: U32, keys: U64, bits: tuple[int, int, int], seen: I32, columns: I32
) -> int:
    """Two signs, of which one may be a blank beside a word."""
    seen[:] = -1
    count = 0
    shift = np.uint64(64 - bits[2])
    base = (1 << bits[0]) + (1 << bits[1])
    for place in range(len(text) - 1):
        if text[place] == 32 and text[place + 1] == 32:
            continue
        total = np.uint64(text[place]) * keys[0] + np.uint64(text[place + 1]) * keys[1]
        count = _add(base + np.int64(total >> shift), seen, columns, count)
    return count


@compiled
def _words(
    text: U32, kinds: U8, word_keys: U64, pair_keys: U64, bits: int, seen: I32, columns: I32
) -> int:
    """Single words and pairs; a symbol is a word by itself."""
    seen[:] = -1
    count = 0
    shift = np.uint64(64 - bits)
    last_kind = np.uint32(len(kinds) - 1)
    total = before = np.uint64(0)
    place_in_word = -1  # -1 outside of words
    words = 0
    for place in range(len(text)):
        sign = text[place]
        kind = kinds[min(sign, last_kind)]
        if place_in_word >= 0 and kind != LETTER:  # the word ends before this sign
            count = _add_word(total, before, words, pair_keys, shift, seen, columns, count)
            before = total
            words += 1
            place_in_word = -1
        if kind == LETTER:
            place_in_word += 1
            if place_in_word == 0:
                total = np.uint64(0)
            total += np.uint64(sign) * word_keys[place_in_word & 63]
        elif kind == SYMBOL:
            total = np.uint64(sign) * word_keys[0]
            count = _add_word(total, before, words, pair_keys, shift, seen, columns, count)
            before = total
            words += 1
    return count


@compiled
def _add_word(
    total: Any,
    before: Any,
    words: int,
    pair_keys: U64,
    shift: Any,
    seen: I32,
    columns: I32,
    count: int,
) -> int:
    """Add a word and, but for the first, its pair with the word before it."""
    count = _add(np.int64(_mixed(total) >> shift), seen, columns, count)
    if words:
        pair = before * pair_keys[0] + total * pair_keys[1]
        count = _add(np.int64(_mixed(pair) >> shift), seen, columns, count)
    return count


@compiled
def _mixed(value: Any) -> Any:
    value = (value ^ (value >> np.uint64(33))) * MIX
    return value ^ (value >> np.uint64(29))


@compiled
def _add_up(columns: I32, pairs: F32, never_seen: float, sums: F64) -> None:
    """Add to `sums`: weight times cell, cell squared, rarity."""
    product = squares = rarity = 0.0
    for column in columns:
        cell = np.float64(pairs[column, 0])
        product += cell * np.float64(pairs[column, 1])
        squares += cell * cell
        rarity += cell - 1.0 if cell > 0.0 else never_seen
    sums[0] += product
    sums[1] += squares
    sums[2] += rarity


@compiled
def _scaled(sums: F64) -> float:
    return float(sums[0] / np.sqrt(sums[1])) if sums[1] > 0.0 else 0.0


@compiled
def _letters(text: U32, scripts: U8, limits: F64) -> tuple[int, int, float]:
    """How many letters, how many of scripts that training hardly saw, and the limit of the script
    that most letters are of (the first of equals)."""
    counts = np.zeros(len(limits), dtype=np.int64)
    for sign in text:
        counts[scripts[sign]] += 1
    letters = foreign = 0
    main = 1
    for script in range(1, len(limits)):
        letters += counts[script]
        if np.isnan(limits[script]):
            foreign += counts[script]
        if counts[script] > counts[main]:
            main = script
    limit = np.inf if np.isnan(limits[main]) else limits[main]
    return letters, foreign, limit


@compiled
def _only_placeholders(text: U32, placeholders: U32) -> bool:
    """Whether a short text holds nothing but the words that stand for links and mentions."""
    if len(text) - 2 >= PLACEHOLDERS_BELOW:
        return False
    begin = 1
    while begin < len(text) - 1:
        end = begin
        while text[end] != 32:
            end += 1
        if not _is_among(text[begin:end], placeholders):
            return False
        begin = end + 1
    return True


@compiled
def _is_among(word: U32, words: U32) -> bool:
    longest = words.shape[1]
    if len(word) > longest:
        return False
    for row in range(words.shape[0]):
        same = len(word) == longest or words[row, len(word)] == 0
        for place in range(len(word)):
            same &= words[row, place] == word[place]
        if same:
            return True
    return False
