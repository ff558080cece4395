"""Figures as SVG elements that can stand inside a page, in one style.

The same figure gives the same bytes. Letters stay letters, so that the reader's own fonts draw
them, in whatever script a slice is named.
"""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, GREY, INK = "#1f6f9f", "#c4551b", "#8a8f94", "#24292e"  # apart for colour-blind eyes
_WIDTH = 7.2  # inches at 72 points
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # names come from data: a dollar sign is a dollar sign
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e6e8ea",
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """All that is drawn inside has the style; matplotlib's settings are as before afterwards."""
    with mpl.rc_context(_STYLE):
        yield


def blank(height: float, rows: int = 1, columns: int = 1) -> tuple[Figure, tuple[Axes, ...]]:
    """A figure without pyplot: it keeps no list of open figures, and threads may draw at once."""
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharex=rows > 1, sharey=columns > 1)
    return figure, tuple(grid.ravel())


def svg_of(figure: Figure, name: str) -> str:
    """The figure as an <svg> element; draw and call inside `styled()`."""
    stream = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        # Only the space that a letter takes is guessed; the reader's fonts draw it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(stream, format="svg")
    return inlined(stream.getvalue(), name)


def inlined(document: str, name: str) -> str:
    """The <svg> element of an SVG document without its date, its ids made those of `name` alone.

    Several plots share one page, and an id may stand once in it.
    """
    element = document[document.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", element, flags=re.DOTALL)

    def own(tag: re.Match[str]) -> str:
        return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", tag[0])

    return re.sub(r"<[^>]+>", own, element)
