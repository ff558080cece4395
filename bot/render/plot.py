"""What every picture shares: its frame, its colours, and its bytes.

Matplotlib's objects are used directly, without pyplot, whose global state is not safe in threads.
"""

import re
from collections.abc import Sequence
from io import BytesIO, StringIO

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

INK, ACCENT, PALE = "#22313f", "#1f6f8b", "#b9cdd6"
WARN = "#b5482a"


def frame(rows: int, columns: int, title: str, height: float = 7.0) -> tuple[Figure, list[Axes]]:
    """An empty picture of 1,100 pixels' width, and its panels row by row."""
    figure = Figure(figsize=(10, height), dpi=110, layout="constrained")
    figure.suptitle(title, color=INK, fontsize=14, fontweight="bold")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
        panel.tick_params(colors=INK, labelsize=9)
    return figure, axes


def png(figure: Figure) -> bytes:
    """The picture as PNG."""
    FigureCanvasAgg(figure)
    stream = BytesIO()
    figure.savefig(stream, format="png", facecolor="white")
    return stream.getvalue()


def heading(panel: Axes, words: str) -> None:
    panel.set_title(words, loc="left", color=INK, fontsize=11)


def say_instead(panel: Axes, words: str) -> None:
    """A sentence where there is nothing to plot."""
    panel.set_axis_off()
    panel.text(0.0, 0.6, words, color=INK, fontsize=10, wrap=True, transform=panel.transAxes)


def shares(
    panel: Axes,
    names: Sequence[str],
    of: Sequence[tuple[float, float, float] | None],
    too_few: str,
) -> None:
    """A share with its interval for each name, first on top; too_few: what None reads as."""
    places = range(len(names))
    for place, share in zip(places, of, strict=True):
        if share is None:
            panel.text(0.5, place, too_few, color=INK, ha="center", va="center", fontsize=9)
            continue
        middle, low, high = share
        panel.hlines(place, low, high, color=PALE, linewidth=7)
        panel.plot([middle], [place], "o", color=ACCENT)
        panel.annotate(
            f"{middle:.0%}", (middle, place), (0, 9), textcoords="offset points",
            ha="center", fontsize=9, color=INK,
        )  # fmt: skip
    panel.set_yticks(list(places), list(names))
    panel.set_ylim(len(names) - 0.4, -0.7)
    panel.set_xlim(-0.03, 1.03)
    panel.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])


def bars(panel: Axes, names: Sequence[str], counts: Sequence[int]) -> None:
    """A count for each name, first on top."""
    drawn = panel.barh(range(len(names)), counts, color=ACCENT, height=0.6)
    panel.bar_label(drawn, padding=3, fontsize=9, color=INK)
    panel.set_yticks(range(len(names)), list(names))
    panel.set_ylim(len(names) - 0.4, -0.6)
    panel.set_xlim(0, max([1, *counts]) * 1.15)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def pairs(
    panel: Axes,
    names: Sequence[str],
    before: Sequence[float],
    after: Sequence[float],
    labels: tuple[str, str],
    limit: float,
) -> None:
    """Two shares for each name, first on top, and a line at the limit."""
    places = range(len(names))
    panel.barh([p - 0.2 for p in places], before, height=0.36, color=PALE, label=labels[0])
    panel.barh([p + 0.2 for p in places], after, height=0.36, color=ACCENT, label=labels[1])
    panel.axvline(limit, color=WARN, linewidth=1, linestyle="--")
    panel.set_yticks(list(places), list(names))
    panel.set_ylim(len(names) - 0.4, -0.6)
    panel.set_xlim(0, max(2 * limit, *before, *after) * 1.1)
    panel.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    # Below, where no bar is: there may be one of full length at any height.
    panel.legend(frameon=False, fontsize=9, ncols=2, loc="upper right", bbox_to_anchor=(1, -0.08))


def slim_bars(bars: Sequence[tuple[str, int | None, str]], salt: str) -> str:
    """A count below each name, first on top, as SVG that is read at a phone's width.

    bars: name, count, and how the count reads; None is one that is hidden.
    salt: another one for each picture of a page, so that no two parts have one name. The letters
    are outlines, and nothing in it names an address.
    """
    figure = Figure(figsize=(5, 0.6 * len(bars) + 0.2), layout="constrained")
    panel = figure.subplots()
    panel.set_axis_off()
    most = max([1, *(count for _, count, _ in bars if count is not None)])
    for place, (name, count, words) in enumerate(bars):
        width = most * 0.1 if count is None else count
        panel.text(0, place - 0.12, name, color=INK, fontsize=12, va="bottom")
        if count is None:
            panel.barh(place + 0.12, width, height=0.3, color="none", edgecolor=INK, hatch="////")
        else:
            panel.barh(place + 0.12, width, height=0.3, color=ACCENT)
        panel.text(width + most * 0.02, place + 0.12, words, color=INK, fontsize=12, va="center")
    panel.set_xlim(0, most * 1.2)
    panel.set_ylim(len(bars) - 0.6, -0.7)
    stream = StringIO()
    with rc_context({"svg.hashsalt": salt, "svg.fonttype": "path"}):
        FigureCanvasSVG(figure)
        figure.savefig(stream, format="svg", metadata=dict.fromkeys(_SAID_OF_SVG))
    return _inline(stream.getvalue(), salt)


_SAID_OF_SVG = ("Creator", "Date", "Format", "Type")


def _inline(svg: str, salt: str) -> str:
    """An SVG as a part of a page: without a head, namespaces and styles of its own."""
    svg = re.sub(r"<style.*?</style>|<metadata.*?</metadata>|<!--.*?-->", "", svg, flags=re.S)
    svg = re.sub(r' xmlns(:xlink)?="[^"]*"', "", svg[svg.index("<svg") :])
    svg = re.sub(r' (?:width|height)="[\d.]+pt"', "", svg)
    svg = svg.replace("xlink:href=", "href=")
    svg = re.sub(r'\bid="', f'id="{salt}-', svg)
    svg = re.sub(r'href="#', f'href="#{salt}-', svg)
    return re.sub(r"url\(#", f"url(#{salt}-", svg).replace("<svg ", '<svg aria-hidden="true" ', 1)
