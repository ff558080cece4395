"""What a model card says, before it is Markdown or HTML: parts of sentences, tables and plots."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.intervals import FEWEST_OF_A_KIND, RESAMPLES, BoundedRate, Curve, Estimate
from classifiers.model_card.measured import Measured, Point
from classifiers.model_card.plots import kinds_by_axis
from classifiers.model_card.slices import MOST_SLICES, Axis, BenignKind

NOTHING = "-"


@dataclass(frozen=True)
class Table:
    """Cells are plain text, not yet escaped; the first column names the row.

    is_prose: cells are words that may wrap, not figures that a line end would tear apart.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_prose: bool = False


@dataclass(frozen=True)
class Part:
    """A heading with what stands below it. plot: the name of a plot of `classifiers.plots`, "" for
    none; plot_says: the plot in words, for those who do not see it."""

    title: str
    sentences: tuple[str, ...]
    table: Table | None = None
    plot: str = ""
    plot_says: str = ""


def parts(measured: Measured) -> list[Part]:
    """The card in reading order."""
    found = [_summary(measured), _use()]
    if measured.threshold_notes:
        found.append(Part("Where the threshold comes from", measured.threshold_notes))
    found.append(_points(measured))
    found.extend(
        _benign(measured, name, kinds, number)
        for number, (name, kinds) in enumerate(kinds_by_axis(measured))
    )
    if measured.curve is not None:
        found.append(_curve(measured.curve, measured.n))
    found += [_reliability(measured), _scores(measured)]
    found.extend(_slices(measured, axis, number) for number, axis in enumerate(measured.axes))
    return [*found, _intervals()]


def _summary(measured: Measured) -> Part:
    facts = [
        ("model", measured.model_version),
        ("measured on", measured.data),
        ("rows", f"{measured.n:,}: {_split(measured.positives, measured.n)}"),
        ("threshold in use", f"{measured.points[0].threshold:.4f}"),
        *measured.about,
    ]
    return Part("Model and data", (), Table(("fact", "value"), tuple(facts), is_prose=True))


def _split(positives: int, n: int) -> str:
    return f"{positives:,} propaganda, {n - positives:,} benign"


def _use() -> Part:
    return Part(
        "What it is for",
        (
            "It sorts public posts so that a person looks first at what is most likely terrorist "
            "or violent-extremist propaganda. A flag is a request to look, never a finding: "
            "nothing is reported without a person's decision.",
            "It reads text alone: no picture, no sound, no link target, no author. It knows what "
            "its examples showed it. New wording, irony and languages without examples are where "
            "it errs, and the figures below hold for posts like the rows measured here.",
        ),
    )


def _points(measured: Measured) -> Part:
    figures = measured.figures
    rows = [
        ("average precision", figures.average_precision),
        ("ROC-AUC", figures.roc_auc),
        ("Brier score (lower is better)", figures.brier),
        ("mean score minus share of propaganda", figures.calibration_bias),
        ("macro-F1 at the threshold in use", figures.macro_f1),
    ]
    if measured.recall_elsewhere is not None:
        data, recall = measured.recall_elsewhere
        rows.append((f"recall at {_at(measured.points[0])}, on {data}", recall))
    for point in measured.points:
        rows += [
            (f"recall at {_at(point)}", point.recall),
            (f"precision at {_at(point)}", point.precision),
            (f"flag rate of benign rows at {_at(point)}", point.benign_flag_rate),
        ]
    table = Table(
        ("figure", "value", "95 % interval", "n"),
        tuple((name, *_cells(found)) for name, found in rows),
    )
    sentences = [
        "Precision depends on the share of propaganda among the rows: in a channel where it is "
        "rarer than here, precision is lower.",
    ]
    if len(measured.points) > 1:
        sentences.append(
            "The thresholds that find 80 % and 90 % were read off these same rows, so their recall "
            "is no news; look at what they cost."
        )
    return Part("Figures", tuple(sentences), table)


def _at(point: Point) -> str:
    return f"{point.threshold:.3f} ({point.name})"


def _benign(measured: Measured, name: str, kinds: Sequence[BenignKind], number: int) -> Part:
    header = [f"kind of benign post ({name})", "n"]
    for point in measured.points:
        header.append(f"flagged at {_at(point)}, {_recall_of(measured, point)}")
    rows = tuple((kind.name, f"{kind.n:,}", *map(_bounded, kind.rates)) for kind in kinds)
    return Part(
        f"Benign posts that are flagged, by {name}",
        (
            f"At the threshold in use: {_recall_sentence(measured)}",
            "Each cell: flagged rows, their share, and the one-sided 95 % upper bound. The bound "
            "is what a limit should be held against: no flag among ten rows says little. Of twenty "
            "such bounds one is expected to be too low.",
            *_left_out(len(kinds), MOST_SLICES),
        ),
        Table(tuple(header), rows),
        f"benign-{number}",
        f"Bars of the share of benign rows flagged at the threshold in use, by {name}.",
    )


def _recall_of(measured: Measured, point: Point) -> str:
    recall = point.recall or measured.recall_in_use
    return "recall unknown" if recall is None else f"recall {_with_interval(recall)}"


def _recall_sentence(measured: Measured) -> str:
    recall = measured.points[0].recall
    if recall is not None:
        return f"recall {_with_interval(recall)} of {recall.n:,} propaganda rows."
    if measured.recall_elsewhere is not None:
        data, found = measured.recall_elsewhere
        return (
            f"recall {_with_interval(found)} of {found.n:,} propaganda rows, measured on {data}, "
            "because there are none here."
        )
    return "recall is unknown, because no row here is propaganda. Low rates then prove nothing."


def _curve(curve: Curve, n: int) -> Part:
    rows = []
    for index in range(9, len(curve.recall), 10):  # at recall 0.1, 0.2 ...
        band = "too few rows"
        if curve.low:
            band = f"{curve.low[index]:.3f} to {curve.high[index]:.3f}"
        precision = f"{curve.precision[index]:.3f}"
        rows.append((f"{curve.recall[index]:.1f}", precision, band, f"{n:,}"))
    return Part(
        "Precision at each recall",
        ("The price of finding more: as the threshold falls, more of what is flagged is benign.",),
        Table(("recall reached", "precision", "95 % interval", "n"), tuple(rows)),
        "precision-recall",
        "Precision against recall, with a 95 % band and the threshold in use.",
    )


def _reliability(measured: Measured) -> Part:
    rows = tuple(
        (f"{one.low:.3f} to {one.high:.3f}", f"{one.mean_score:.3f}", *_cells(one.share))
        for one in measured.bins
    )
    return Part(
        "Does a score mean what it says?",
        (
            "Rows in ten bins of equal size by score (equal scores share one): the share that is "
            "propaganda should be the mean score. Where the share of propaganda differs from that "
            "of the training rows, all bins move.",
        ),
        Table(
            ("scores", "mean score", "share of propaganda", "95 % interval", "n"),
            rows,
        ),
        "reliability",
        "Share of propaganda against mean score in each bin, with 95 % intervals.",
    )


def _scores(measured: Measured) -> Part:
    counts = measured.histogram
    width = 5  # a table of five steps: the plot shows the rest
    rows = tuple(
        (
            f"{start / len(counts.benign):.1f} to {(start + width) / len(counts.benign):.1f}",
            f"{sum(counts.positive[start : start + width]):,}",
            f"{sum(counts.benign[start : start + width]):,}",
        )
        for start in range(0, len(counts.benign), width)
    )
    return Part(
        "Scores by label",
        ("Counts of rows. The vertical scale of the plot is logarithmic above 10.",),
        Table(("scores", "propaganda", "benign"), rows),
        "scores",
        "Histograms of the scores of propaganda and of benign rows, with the threshold in use.",
    )


def _slices(measured: Measured, axis: Axis, number: int) -> Part:
    header = (axis.name, "recall", "flag rate of benign rows", "average precision")
    rows = tuple(
        (
            part.name,
            _with_n(part.recall),
            _with_n(part.benign_flag_rate),
            _with_n(part.figures.average_precision),
        )
        for part in axis.slices
    )
    sentences = ["At the threshold in use, with n and 95 % intervals."]
    if axis.left_out:
        sentences.append(f"{axis.left_out:,} further names with fewer rows are left out.")
    if sum(part.n for part in axis.slices) > measured.n:
        sentences.append("A row with several names stands in the slice of each.")
    return Part(
        f"Slices by {axis.name}",
        tuple(sentences),
        Table(header, rows),
        f"slices-{number}",
        f"Bars of recall and of the flag rate of benign rows, by {axis.name}.",
    )


def _left_out(shown: int, most: int) -> tuple[str, ...]:
    return () if shown < most else (f"At most {most} kinds are shown, those with most rows.",)


def _intervals() -> Part:
    return Part(
        "How the intervals were made",
        (
            "Rates (recall, precision, flag rates, shares): Clopper-Pearson, which covers at least "
            "95 % for every n. The other figures: the middle 95 % of "
            f"{RESAMPLES} resamples of the rows, with a fixed seed; none is given with fewer than "
            f"{FEWEST_OF_A_KIND} rows of a kind. A bootstrap interval of one point, such as 1.000 "
            "to 1.000, says that no row was out of order in this sample, not that none ever is.",
            "Every interval speaks of other rows from the same source. Wrong labels, rows that "
            "repeat each other, other channels and other times are not in it.",
        ),
    )


def _cells(found: Estimate | None) -> tuple[str, str, str]:
    if found is None:
        return (NOTHING, NOTHING, "0")
    n = f"{found.n:,}" if found.hits is None else f"{found.hits:,} of {found.n:,}"
    return (f"{found.value:.3f}", _interval(found), n)


def _interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return "too few rows"
    return f"{found.low:.3f} to {found.high:.3f}"


def _with_interval(found: Estimate) -> str:
    return f"{found.value:.3f} ({_interval(found)})"


def _with_n(found: Estimate | None) -> str:
    """As in "24 of 29: 0.828 (0.642 to 0.942)", or with n alone for what is not a rate."""
    if found is None:
        return NOTHING
    n = f"n {found.n:,}" if found.hits is None else f"{found.hits:,} of {found.n:,}"
    return f"{n}: {_with_interval(found)}"


def _bounded(found: BoundedRate) -> str:
    # The bound is rounded up: "below 0.9 %" of 0.94 % would be false.
    upper = math.ceil(1000 * found.upper - 1e-9) / 10
    return f"{found.hits:,}: {100 * found.value:.1f} %, below {upper:.1f} %"
