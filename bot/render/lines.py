"""Breaks a text into lines of a width, each with the direction of its paragraph.

Lines are kept in the order of reading: whoever draws them sets letters from right to left.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_LEFT, _RIGHT = "\u200e", "\u200f"  # marks without a look that set a line's direction


@dataclass(frozen=True)
class Line:
    """is_right: the paragraph runs from right to left, so the line stands at the right."""

    text: str
    is_right: bool

    @property
    def marked(self) -> str:
        """Headed by a mark of its direction: the line itself may begin with foreign letters."""
        return f"{_RIGHT if self.is_right else _LEFT}{self.text}"


def is_right_to_left(paragraph: str) -> bool:
    """Whether the first letter with a direction says right to left (Unicode's rules P2, P3)."""
    for letter in paragraph:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[Line]:
    """The text's lines, at blanks where it can be, inside a word that is wider than the width.

    measure: the width of a piece; pieces without blanks are asked for, and one blank.
    """
    blank = measure(" ")
    lines: list[Line] = []
    for paragraph in text.split("\n"):
        right, line, room = is_right_to_left(paragraph), list[str](), width
        for word in paragraph.split():
            for piece in _pieces(word, width, measure):
                needed = measure(piece) + (blank if line else 0)
                if line and needed > room:
                    lines.append(Line(" ".join(line), right))
                    line, room, needed = [], width, measure(piece)
                line.append(piece)
                room -= needed
        lines.append(Line(" ".join(line), right))
    return lines


def _pieces(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    if measure(word) <= width or len(word) < 2:
        return [word]
    fits, above = 1, len(word)
    while above - fits > 1:
        middle = (fits + above) // 2
        fits, above = (middle, above) if measure(word[:middle]) <= width else (fits, middle)
    return [word[:fits], *_pieces(word[fits:], width, measure)]
