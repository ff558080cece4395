"""What `reasons` and `heads` say of normalised texts, as machine code.

The same numbers as the reference up to the order in which floats are added. Only
`classifiers.compiled` imports this file, because it imports numba. A compiled function is kept on
disk under the state of its own file alone, so this file spells the hashes out once more and gets
everything else as arguments.
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
# Fowler, Noll, Vo: enough to tell the words of one text apart, which are compared in full anyway.
_FNV_START = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)


@compiled
def explain_batch(
    signs: U32,
    ends: I64,
    kinds: U8,
    keys: tuple[U64, U64, U64, U64],
    bits: tuple[int, int, int],
    pairs: F32,
    edges: U8,
    place: I32,
    head_weights: F32,
    spans: I64,
    weights: F64,
    head_sums: F64,
) -> None:
    """Fill the last three: (n, most, 2) spans of the strongest words in `signs` and (n, most) of
    what they add, strongest first, weight 0 behind the last; (n, codes) sums of the heads.

    signs, ends, kinds, keys, bits, pairs: as in `compiled_scoring`. edges: 1 for signs that a word
    is shown without. place: for each bucket its row in head_weights or -1.
    """
    longest = start = 0
    for end in ends:
        longest = max(longest, end - start)
        start = end
    most = 4 * longest + 8  # windows of four signs and of two, words and pairs
    slots = np.empty(_slots_for(longest), dtype=np.int32)
    grams = np.empty((4, most), dtype=np.int32)  # cell, word or -1 for a pair, first, last
    columns = np.empty(most, dtype=np.int32)
    shares = np.empty(most, dtype=np.int32)
    parts = np.empty(most)
    names = np.empty((2, most), dtype=np.int32)
    sums = np.empty(most)
    start = 0
    for row in range(len(ends)):
        length = ends[row] - start
        text = np.full(length + 3, 32, dtype=np.uint32)
        text[1 : length + 1] = signs[start : ends[row]]
        seen = slots[: _slots_for(length)]
        seen[:] = -1
        found = _windows(text, keys[0], keys[1], bits, grams)
        found = _words(text, kinds, keys[2], keys[3], bits[0], grams, found)
        cells = _cells(grams, found, seen, columns, shares)
        _weigh(columns[:cells], shares, pairs, bits[0], place, head_weights, parts, head_sums[row])
        words = _spelled(text, edges, names, sums)
        entries = _shared_out(grams, found, parts, names, sums, words)
        seen[:] = -1
        _merge(text, names, sums, entries, seen)
        _pick(names, sums, entries, start - 1, spans[row], weights[row])
        start = ends[row]


@compiled
def _slots_for(length: int) -> int:
    slots = 64
    while slots < 8 * length + 16:
        slots *= 2
    return slots


@compiled
def _windows(
    text: U32, window_keys: U64, short_keys: U64, bits: tuple[int, int, int], grams: I32
) -> int:
    """List the windows: column for now, the word between blanks that each lies in."""
    shift, short_shift = np.uint64(64 - bits[1]), np.uint64(64 - bits[2])
    base = 1 << bits[0]
    short_base = base + (1 << bits[1])
    found = 0
    word = -1
    for place in range(len(text) - 2):
        first, second, third = text[place], text[place + 1], text[place + 2]
        if first == 32:
            if second == 32:
                continue
            word += 1
        total = np.uint64(first) * short_keys[0] + np.uint64(second) * short_keys[1]
        grams[0, found] = short_base + np.int64(total >> short_shift)
        grams[1, found] = word
        found += 1
        if second == 32 or third == 32:
            continue
        total = np.uint64(first) * window_keys[0] + np.uint64(second) * window_keys[1]
        total += np.uint64(third) * window_keys[2]
        total += np.uint64(text[place + 3]) * window_keys[3]
        grams[0, found] = base + np.int64(total >> shift)
        grams[1, found] = word
        found += 1
    return found


@compiled
def _words(
    text: U32, kinds: U8, word_keys: U64, pair_keys: U64, bits: int, grams: I32, found: int
) -> int:
    """Append single words and pairs of neighbours, as `ngrams` tells them apart."""
    shift = np.uint64(64 - bits)
    last_kind = np.uint32(len(kinds) - 1)
    word = begin_before = -1
    before = np.uint64(0)
    place = 1
    while place < len(text) - 2:
        word += text[place - 1] == 32 and text[place] != 32
        kind = kinds[min(text[place], last_kind)]
        if kind != LETTER and kind != SYMBOL:
            place += 1
            continue
        begin = place
        total = np.uint64(text[place]) * word_keys[0]
        place += 1
        while kind == LETTER and kinds[min(text[place], last_kind)] == LETTER:
            total += np.uint64(text[place]) * word_keys[(place - begin) & 63]
            place += 1
        grams[0, found] = np.int64(_mixed(total) >> shift)
        grams[1, found] = word
        found += 1
        if begin_before >= 0:
            pair = before * pair_keys[0] + total * pair_keys[1]
            grams[0, found] = np.int64(_mixed(pair) >> shift)
            grams[1, found] = -1
            grams[2, found] = begin_before
            grams[3, found] = place
            found += 1
        begin_before, before = begin, total
    return found


@compiled
def _mixed(value: Any) -> Any:
    value = (value ^ (value >> np.uint64(33))) * MIX
    return value ^ (value >> np.uint64(29))


@compiled
def _cells(grams: I32, found: int, seen: I32, columns: I32, shares: I32) -> int:
    """Give each n-gram its cell in place of its column; how many cells there are."""
    mask = len(seen) - 1
    cells = 0
    for gram in range(found):
        column = grams[0, gram]
        slot = column & mask
        while seen[slot] >= 0 and columns[seen[slot]] != column:
            slot = (slot + 1) & mask
        if seen[slot] < 0:
            seen[slot] = cells
            columns[cells] = column
            shares[cells] = 0
            cells += 1
        cell = seen[slot]
        shares[cell] += 1
        grams[0, gram] = cell
    return cells


@compiled
def _weigh(
    columns: I32,
    shares: I32,
    pairs: F32,
    bits: int,
    place: I32,
    head_weights: F32,
    parts: F64,
    head_sums: F64,
) -> None:
    """What one n-gram of each cell adds to the decision value, and the sums of the heads."""
    squares = np.zeros(2)
    for column in columns:
        idf = np.float64(pairs[column, 0])
        squares[column >> bits] += idf * idf
    scales = np.zeros(2)
    for space in range(2):
        if squares[space] > 0.0:
            scales[space] = 1.0 / np.sqrt(squares[space])
    head_sums[:] = 0.0
    for cell in range(len(columns)):
        column = columns[cell]
        value = np.float64(pairs[column, 0]) * scales[column >> bits]
        parts[cell] = value * np.float64(pairs[column, 1]) / shares[cell]
        row = place[column]
        if row >= 0:
            for code in range(len(head_sums)):
                head_sums[code] += value * np.float64(head_weights[row, code])


@compiled
def _spelled(text: U32, edges: U8, names: I32, sums: F64) -> int:
    """The words between blanks, without the marks at their edges; how many there are."""
    words = 0
    begin = 1
    while begin < len(text) - 2:
        end = begin
        while text[end] != 32:
            end += 1
        first, last = begin, end
        while first < last and _is_edge(text[first], edges):
            first += 1
        while first < last and _is_edge(text[last - 1], edges):
            last -= 1
        names[0, words] = first if first < last else begin
        names[1, words] = last if first < last else end
        sums[words] = 0.0
        words += 1
        begin = end + 1
    return words


@compiled
def _is_edge(sign: int, edges: U8) -> bool:
    return bool(sign < len(edges) and edges[sign])


@compiled
def _shared_out(grams: I32, found: int, parts: F64, names: I32, sums: F64, entries: int) -> int:
    """Add each window and word to the word it lies in, and each pair as an entry of its own."""
    for gram in range(found):
        part = parts[grams[0, gram]]
        if grams[1, gram] >= 0:
            sums[grams[1, gram]] += part
        else:
            names[0, entries] = grams[2, gram]
            names[1, entries] = grams[3, gram]
            sums[entries] = part
            entries += 1
    return entries


@compiled
def _merge(text: U32, names: I32, sums: F64, entries: int, seen: I32) -> None:
    """Add what is spelled alike to the first of its kind; the others become 0."""
    mask = len(seen) - 1
    for entry in range(entries):
        first, last = names[0, entry], names[1, entry]
        total = _FNV_START
        for at in range(first, last):
            total = (total ^ np.uint64(text[at])) * _FNV_PRIME
        slot = np.int64(total >> np.uint64(33)) & mask
        while seen[slot] >= 0 and not _same(text, names, seen[slot], first, last):
            slot = (slot + 1) & mask
        if seen[slot] < 0:
            seen[slot] = entry
        else:
            sums[seen[slot]] += sums[entry]
            sums[entry] = 0.0


@compiled
def _same(text: U32, names: I32, entry: int, first: int, last: int) -> bool:
    begin = names[0, entry]
    if names[1, entry] - begin != last - first:
        return False
    for offset in range(last - first):  # noqa: SIM110 - `all` of a generator does not compile
        if text[begin + offset] != text[first + offset]:
            return False
    return True


@compiled
def _pick(names: I32, sums: F64, entries: int, offset: int, spans: I64, weights: F64) -> None:
    """The entries of largest effect in either direction, the earlier first among equals."""
    most = len(weights)
    weights[:] = 0.0
    for entry in range(entries):
        value = sums[entry]
        if abs(value) <= abs(weights[most - 1]):
            continue
        at = most - 1
        while at > 0 and abs(value) > abs(weights[at - 1]):
            weights[at] = weights[at - 1]
            spans[at, 0], spans[at, 1] = spans[at - 1, 0], spans[at - 1, 1]
            at -= 1
        weights[at] = value
        spans[at, 0], spans[at, 1] = names[0, entry] + offset, names[1, entry] + offset
