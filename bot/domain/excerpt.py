"""What a card shows of a long post: how it begins, the words that decide, how it ends.

A short post is shown whole. Of a long one the reader gets the first line, the sentences in which
the model's reasons stand, and the last line; the rest is counted, never passed over in silence.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\w+", re.UNICODE)
_SENTENCE_END = re.compile(r"[.!?…؟۔\n]")
_LONGEST_WORD = 60  # characters; longer ones are no words, and folding them takes long
_AROUND = 60  # unchanged characters shown on each side of a difference
_LONGEST_GONE = 40  # characters shown of words that are not there any more
_MOST_GONE = 8

Span = tuple[int, int]


class Mark(StrEnum):
    """What a piece of an excerpt is. GONE: words of the other text. LEFT_OUT: of this one."""

    PLAIN = "plain"
    DECISIVE = "decisive"
    NEW = "new"
    GONE = "gone"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Piece:
    """A stretch of text. With LEFT_OUT it is empty, and `hidden` counts its characters."""

    text: str
    mark: Mark = Mark.PLAIN
    hidden: int = 0


@dataclass(frozen=True)
class Excerpt:
    """Pieces in the order of the text."""

    pieces: tuple[Piece, ...]

    @property
    def hidden(self) -> int:
        """Characters that are not shown."""
        return sum(piece.hidden for piece in self.pieces)


def excerpt_of(
    text: str,
    reasons: Sequence[str],
    most: int,
    fold: Callable[[str], str] = str.casefold,
) -> Excerpt:
    """The text, or what of it matters, in at most `most` characters.

    reasons: words or pairs of words, strongest first, as `fold` writes them.
    """
    decisive = _found(text, reasons, fold)
    shown = [(0, len(text))] if len(text) <= most else _chosen(text, decisive, most)
    return Excerpt(tuple(_pieces(text, shown, decisive, Mark.DECISIVE)))


def _found(text: str, reasons: Sequence[str], fold: Callable[[str], str]) -> list[Span]:
    """Where the reasons stand, by their rank and then by their place."""
    words = [found for found in _WORD.finditer(text) if len(found[0]) <= _LONGEST_WORD]
    folded = [fold(found[0]).strip() for found in words]
    spans = list[Span]()
    for reason in reasons:
        wanted = reason.split()
        for i in range(len(words) - len(wanted) + 1):
            if wanted and folded[i : i + len(wanted)] == wanted:
                spans.append((words[i].start(), words[i + len(wanted) - 1].end()))
    return spans


def _chosen(text: str, decisive: Sequence[Span], most: int) -> list[Span]:
    """Stretches of together at most `most` characters: beginning, end, decisive sentences."""
    share = most // 4
    head = len(text) - len(text.lstrip())
    tail = len(text.rstrip())
    first = text.find("\n", head, tail)
    last = text.rfind("\n", head, tail)
    wanted = [
        (head, min(first if first > 0 else tail, head + share)),
        (max(last + 1, tail - share), tail),
        *(_sentence(text, span, share) for span in decisive),
        (head, min(tail, head + most)),  # room that is left goes to the beginning
    ]
    shown = list[Span]()
    for start, end in wanted:
        together = _merged([*shown, (start, end)])
        while (too_much := _length(together) - most) > 0:  # again where it overlaps what is shown
            end -= too_much
            together = _merged([*shown, (start, end)])
        shown = together
    return [(start, _word_end(text, start, end)) for start, end in shown]


def _word_end(text: str, start: int, end: int) -> int:
    """Where the last whole word before `end` ends; `end` itself in a word that is very long."""
    if end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum()):
        return end
    cut = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
    return cut if end - cut <= _LONGEST_WORD and cut > start else end


def _sentence(text: str, span: Span, longest: int) -> Span:
    """The sentence around a span, cut to about `longest` characters."""
    around = max(0, (longest - (span[1] - span[0])) // 2)
    low, high = max(0, span[0] - around), min(len(text), span[1] + around)
    ends = [found.end() for found in _SENTENCE_END.finditer(text, low, span[0])]
    after = _SENTENCE_END.search(text, span[1], high)
    begin = ends[-1] if ends else low
    return begin + len(text[begin : span[0]]) - len(text[begin : span[0]].lstrip()), (
        after.end() if after else high
    )


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The same characters in spans that neither touch nor overlap, in order."""
    merged = list[Span]()
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _pieces(
    text: str, shown: Sequence[Span], marked: Sequence[Span], mark: Mark
) -> Iterator[Piece]:
    at = 0
    for start, end in shown:
        if start > at:
            yield Piece("", Mark.LEFT_OUT, start - at)
        at = start
        for low, high in _merged(marked):
            low, high = max(low, at), min(high, end)
            if low < high:
                if at < low:
                    yield Piece(text[at:low])
                yield Piece(text[low:high], mark)
                at = high
        if at < end:
            yield Piece(text[at:end])
        at = end
    if at < len(text):
        yield Piece("", Mark.LEFT_OUT, len(text) - at)


def differing(old: str, new: str, most: int) -> Excerpt:
    """The new text with the words that the old one did not have, and those that are gone.

    In at most `most` characters of the new text: where it is longer, what both have is left out
    first. Of words that are gone at most eight stretches are shown, shortened.
    """
    before, after = _words(old), _words(new)
    changes = [
        (after[j1][0] if j1 < len(after) else len(new), after[j2 - 1][1] if j2 > j1 else -1, gone)
        for gone, j1, j2 in _changes(old, before, new, after)
    ]
    fresh = [(start, end) for start, end, _ in changes if end >= 0]
    if len(new) <= most:
        shown = [(0, len(new))]
    else:
        shown = list[Span]()
        for start, end, _ in changes:
            wide = max(0, start - _AROUND), min(len(new), max(start, end) + _AROUND)
            together = _merged([*shown, wide])
            if _length(together) <= most:
                shown = together
    gone = [(start, words) for start, _, words in changes if words][:_MOST_GONE]
    return Excerpt(tuple(_with_gone(_pieces(new, shown, fresh, Mark.NEW), gone)))


def _words(text: str) -> list[Span]:
    return [found.span() for found in re.finditer(r"\S+", text)]


def _changes(
    old: str, before: Sequence[Span], new: str, after: Sequence[Span]
) -> Iterator[tuple[str, int, int]]:
    """The words that are gone, and from which to which of the new words others stand there."""
    matcher = SequenceMatcher(
        None, [old[a:b] for a, b in before], [new[a:b] for a, b in after], autojunk=False
    )
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what != "equal":
            gone = old[before[i1][0] : before[i2 - 1][1]] if i2 > i1 else ""
            yield gone, j1, j2


def _with_gone(pieces: Iterator[Piece], gone: Sequence[tuple[int, str]]) -> Iterator[Piece]:
    """Puts words that are gone before the piece where they stood."""
    rest, at = list(gone), 0
    for piece in pieces:
        length = piece.hidden or len(piece.text)
        inside = 0
        while rest and rest[0][0] < at + length:
            place, words = rest.pop(0)
            if piece.mark is Mark.PLAIN and place - at > inside:
                yield Piece(piece.text[inside : place - at])
                inside = place - at
            yield Piece(_shortened(words), Mark.GONE)
        if piece.hidden or piece.text[inside:]:
            yield Piece(piece.text[inside:], piece.mark, piece.hidden)
        at += length
    for _, words in rest:
        yield Piece(_shortened(words), Mark.GONE)


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST_GONE else words[: _LONGEST_GONE - 1] + "…"
