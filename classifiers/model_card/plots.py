"""The plots of a model card: precision and recall, reliability, scores, slices, benign kinds."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from classifiers.intervals import BoundedRate, Curve, Estimate
from classifiers.model_card.measured import Bin, Histogram, Measured, Point
from classifiers.model_card.printable import printable
from classifiers.model_card.slices import Axis, BenignKind
from classifiers.model_card.svg import BLUE, GREY, INK, ORANGE, blank, styled, svg_of

_ROW = 0.24  # inches of height for a bar
_NAME_LENGTH = 34  # signs of a slice name that fit beside its bar


def plots(measured: Measured) -> dict[str, str]:
    """The plots that these figures allow, by name: <svg> elements."""
    with styled():
        found = {
            "reliability": _reliability(measured.bins),
            "scores": _histograms(measured.histogram, measured.points[0].threshold),
        }
        if measured.curve is not None:
            base = measured.positives / measured.n
            found["precision-recall"] = _precision_recall(measured.curve, measured.points[0], base)
        for number, axis in enumerate(measured.axes):
            found[f"slices-{number}"] = _slice_bars(axis, f"slices-{number}")
        for number, (_, kinds) in enumerate(kinds_by_axis(measured)):
            found[f"benign-{number}"] = _benign_bars(kinds, measured, f"benign-{number}")
    return found


def kinds_by_axis(measured: Measured) -> list[tuple[str, list[BenignKind]]]:
    """The kinds of benign posts, apart by the axis that names them."""
    found: dict[str, list[BenignKind]] = {}
    for kind in measured.kinds:
        found.setdefault(kind.axis, []).append(kind)
    return list(found.items())


def _precision_recall(curve: Curve, point: Point, base: float) -> str:
    figure, (axes,) = blank(3.7)
    if curve.low:
        axes.fill_between(
            curve.recall, curve.low, curve.high, color=BLUE, alpha=0.18, lw=0, label="95 % band"
        )
    axes.plot(curve.recall, curve.precision, color=BLUE, lw=1.6, label="precision")
    axes.axhline(base, color=GREY, lw=1, ls="--", label=f"flagging everything: {base:.2f}")
    if point.recall is not None and point.precision is not None:
        axes.errorbar(
            [point.recall.value],
            [point.precision.value],
            xerr=_whiskers([point.recall]),
            yerr=_whiskers([point.precision]),
            fmt="o",
            color=ORANGE,
            capsize=3,
            label=f"threshold in use, {point.threshold:.3f}",
        )
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1.01), ylim=(0, 1.02))
    axes.legend(loc="lower left")
    return svg_of(figure, "precision-recall")


def _reliability(bins: Sequence[Bin]) -> str:
    shares = [one.share for one in bins]
    figure, (axes,) = blank(3.7)
    axes.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--", label="a score that means what it says")
    axes.errorbar(
        [one.mean_score for one in bins],
        [share.value for share in shares],
        yerr=_whiskers(shares),
        fmt="o-",
        color=BLUE,
        lw=1.2,
        capsize=3,
        label="share of propaganda, 95 % interval",
    )
    axes.set(xlabel="mean score of the bin", ylabel="share", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    axes.legend(loc="upper left")
    return svg_of(figure, "reliability")


def _histograms(histogram: Histogram, threshold: float) -> str:
    panels = (("propaganda", histogram.positive, ORANGE), ("benign", histogram.benign, BLUE))
    figure, both = blank(3.7, rows=2)
    for axes, (label, counts, colour) in zip(both, panels, strict=True):
        width = 1 / len(counts)
        starts = [number * width for number in range(len(counts))]
        axes.bar(starts, counts, width=width * 0.92, align="edge", color=colour)
        axes.axvline(threshold, color=INK, lw=1, ls=":")
        # A logarithm, or the benign rows near 0 hide the few that are flagged.
        axes.set_yscale("symlog", linthresh=10)
        axes.set(ylabel="rows", xlim=(0, 1), ylim=(0, max(10, *counts) * 1.4))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.set_title(f"{label}, n = {sum(counts):,}", loc="left", fontsize=9)
    both[-1].set_xlabel(f"score (dotted: threshold in use, {threshold:.3f})")
    return svg_of(figure, "scores")


def _slice_bars(axis: Axis, name: str) -> str:
    recalls = [part.recall for part in axis.slices]
    flags = [part.benign_flag_rate for part in axis.slices]
    panels = (
        ("recall", "propaganda", recalls, ORANGE, 1.0),
        ("flag rate of benign rows", "benign", flags, BLUE, _right_end(flags)),
    )
    figure, both = blank(_height(len(axis.slices)), columns=2)
    for axes, (title, kind, rates, colour, right) in zip(both, panels, strict=True):
        _bars(axes, rates, colour, right)
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_xlabel(f"share of n {kind} rows, 95 % interval")
    _name_bars(both[0], [part.name for part in axis.slices])
    return svg_of(figure, name)


def _benign_bars(kinds: Sequence[BenignKind], measured: Measured, name: str) -> str:
    recall = measured.recall_in_use
    in_use = [kind.rates[0] for kind in kinds]
    figure, (axes,) = blank(_height(len(kinds)))
    _bars(axes, in_use, BLUE, _right_end(in_use))
    known = "unknown" if recall is None else f"{recall.value:.3f}, n = {recall.n:,}"
    threshold = measured.points[0].threshold
    axes.set_title(f"threshold {threshold:.3f}; recall there: {known}", loc="left", fontsize=9)
    axes.set_xlabel("share flagged of n benign rows; whisker: one-sided 95 % upper bound")
    _name_bars(axes, [kind.name for kind in kinds])
    return svg_of(figure, name)


def _height(bars: int) -> float:
    return 0.9 + _ROW * max(bars, 2)


def _bars(
    axes: Axes, rates: Sequence[Estimate | BoundedRate | None], colour: str, right: float
) -> None:
    """A bar, its interval and its n for each rate; "none" where there are no rows to rate.

    right: the rate at the right end of the scale.
    """
    beside = axes.get_yaxis_transform()  # x in parts of the width, y in rows
    for row, found in enumerate(rates):
        if found is None:
            axes.text(0.01, row, "none", va="center", color=GREY, fontsize=8, transform=beside)
            continue
        low, high = _ends(found)
        ends = [high] if isinstance(found, BoundedRate) else [low, high]
        axes.barh(row, found.value, height=0.62, color=colour, alpha=0.75)
        axes.plot([low, high], [row, row], color=INK, lw=1.1)
        axes.plot(ends, [row] * len(ends), "|", color=INK, ms=6)
        axes.text(1.03, row, f"{found.n:,}", va="center", fontsize=8, transform=beside)
    axes.text(1.03, -0.75, "n", fontsize=8, color=GREY, transform=beside)
    axes.set(xlim=(0, right), ylim=(len(rates) - 0.5, -0.5))
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)


def _right_end(rates: Sequence[Estimate | BoundedRate | None]) -> float:
    """1, or less where every interval ends far below: on a scale to 1, 0.5 % cannot be seen."""
    highest = max((_ends(found)[1] for found in rates if found is not None), default=1.0)
    return 1.0 if highest > 0.5 else max(0.01, 1.1 * highest)


def _name_bars(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [printable(name, _NAME_LENGTH) for name in names])


def _ends(found: Estimate | BoundedRate) -> tuple[float, float]:
    if isinstance(found, BoundedRate):
        return found.value, found.upper
    return (
        found.value if found.low is None else found.low,
        found.value if found.high is None else found.high,
    )


def _whiskers(found: Sequence[Estimate]) -> tuple[list[float], list[float]]:
    """Distances below and above, as matplotlib wants them; rounding must not make one negative."""
    ends = [(one.value, *_ends(one)) for one in found]
    below = [max(0.0, value - low) for value, low, _ in ends]
    return below, [max(0.0, high - value) for value, _, high in ends]
