"""A capture as a picture that names its time and its hash. Pure; drawn on this machine.

Matplotlib lays lines out with Raqm, which it brings: letters of Arabic join, and right-to-left
stands right, whatever is installed.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from bot.domain.capture import Capture
from bot.render.fonts import MISSING, fonts, printable
from bot.render.lines import Line, broken
from bot.render.plot import ACCENT, INK, PALE

_WIDTH = 1080  # pixels
_EDGE = 56
_QUIET = "#5d6d7e"
_DPI = 100
_MOST_LINES = 110  # more would be too small on a page; the sealed capture has them
_STEPS = "[steps removed]"
_GAPS = f"{MISSING} stands for a sign that no font here has; the sealed capture has it."


def capture_picture(capture: Capture, *, hides_words: bool) -> bytes:
    """The post as PNG, 1,080 pixels wide. hides_words: "[steps removed]" stands in their place.

    Its own words are in English and figures in UTC: the same picture goes to every recipient.
    """
    facts = capture.facts
    text = _STEPS if hides_words else str(facts["text"])
    size = _size_for(text)
    shown = printable(text)
    body = _broken(shown, size, _WIDTH - 2 * _EDGE)
    if len(body) > _MOST_LINES:
        left = len(body) - _MOST_LINES
        body = [*body[:_MOST_LINES], Line(f"… {left} more lines in the sealed capture", False)]
    head = _head(facts)
    foot = _foot(capture, facts, hides_words=hides_words)
    if shown.count(MISSING) > text.count(MISSING):
        foot.append(_GAPS)
    step = round(size * 1.55)
    height = 150 + len(head) * 34 + 40 + len(body) * step + 50 + len(foot) * 28 + 40
    page = _Page(height)
    page.band(str(facts["channel"]["title"] or ""), str(facts["url"]))
    y = 150.0
    for line in head:
        page.write(Line(line, False), y, 19, _QUIET)
        y += 34
    y += 26
    for place in body:
        page.write(place, y, size, INK)
        y += step
    y += 24
    page.rule(y)
    y += 26
    for line in foot:
        page.write(Line(line, False), y, 16, _QUIET)
        y += 28
    return page.png()


def _size_for(text: str) -> int:
    """Pixels of a letter: long texts are set smaller, so that they still fit a page."""
    return 30 if len(text) < 700 else 24 if len(text) < 1800 else 20


def _head(facts: dict[str, Any]) -> list[str]:
    """When it was published, and what is known of how far it went."""
    lines = [f"Posted {_moment(facts['posted_at'])}"]
    if facts["edited_at"]:
        lines[0] += f" · edited {_moment(facts['edited_at'])}"
    if facts["forwarded_from"]:
        lines.append(printable(f"Forwarded from {facts['forwarded_from']}")[:80])
    if facts["media"]:
        kinds = ", ".join(str(kind) for kind in facts["media"])
        lines.append(f"Attached, not kept: {kinds}"[:90])
    return lines


def _foot(capture: Capture, facts: dict[str, Any], *, hides_words: bool) -> list[str]:
    channel = facts["channel"]
    reach = [
        f"{'about ' if counted.get(f'{what}_approx') else ''}{counted[what]:,} {what}"
        for what, counted in (("views", facts), ("subscribers", channel))
        if counted.get(what) is not None
    ]
    lines = [f"Captured {_moment(facts['taken_at'])}" + "".join(f" · {one}" for one in reach)]
    lines.append(f"Sealed capture, SHA-256 {capture.sha256}")
    if hides_words:
        lines.append("The words are in the sealed capture alone.")
    return lines


def _moment(iso: object) -> str:
    return f"{str(iso)[:19].replace('T', ' ')} UTC"


def _broken(text: str, size: int, width: float) -> list[Line]:
    return broken(text, width, lambda piece: _measured(piece, size))


@lru_cache(maxsize=20_000)
def _measured(piece: str, size: int) -> float:
    """The width of a piece, in pixels."""
    width, _, _ = _RULER.get_text_width_height_descent(piece, _letters(size), ismath=False)
    return float(width)


_RULER: Any = RendererAgg(10, 10, _DPI)  # type: ignore[no-untyped-call]


@lru_cache
def _letters(size: int, weight: str = "normal") -> FontProperties:
    return FontProperties(
        family=[font.name for font in fonts()], size=size * 72 / _DPI, weight=weight
    )


class _Page:
    """A white sheet on which lines are written from the top, in pixels."""

    def __init__(self, height: int) -> None:
        self._height = height
        self._figure = Figure(figsize=(_WIDTH / _DPI, height / _DPI), dpi=_DPI)

    def band(self, title: str, url: str) -> None:
        """The head: whose channel, and where the post stands."""
        self._add(Rectangle((0, 0), _WIDTH, 112, color="#f3f6f8"))
        self._add(Rectangle((0, 0), 10, 112, color=ACCENT))
        name = _broken(printable(title)[:200], 28, _WIDTH - 2 * _EDGE)[0]
        self._text(_EDGE, 30, Line(name.text, False), _letters(28, "bold"), INK)
        self._text(_EDGE, 72, Line(url, False), _letters(19), ACCENT)

    def write(self, line: Line, y: float, size: int, color: str) -> None:
        if line.text:
            x = _WIDTH - _EDGE if line.is_right else _EDGE
            self._text(x, y, line, _letters(size), color)

    def rule(self, y: float) -> None:
        self._add(Line2D([_EDGE, _WIDTH - _EDGE], [y, y], color=PALE, linewidth=1.5))

    def _text(self, x: float, y: float, line: Line, letters: FontProperties, color: str) -> None:
        """y: of the upper edge; the base line is the same for every script."""
        size = letters.get_size_in_points() * _DPI / 72
        self._add(
            Text(
                x,
                y + size * 0.93,
                line.marked,
                fontproperties=letters,
                color=color,
                ha="right" if line.is_right else "left",
                va="baseline",
                parse_math=False,
            )
        )

    def _add(self, artist: Artist) -> None:
        artist.set_transform(Affine2D().scale(1, -1).translate(0, self._height))
        self._figure.add_artist(artist)

    def png(self) -> bytes:
        """In 64 colours, which is all that letters on white need: a tenth of the bytes."""
        canvas: Any = FigureCanvasAgg(self._figure)
        canvas.draw()
        drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        stream = BytesIO()
        drawn.quantize(64, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            stream, format="png"
        )
        return stream.getvalue()
