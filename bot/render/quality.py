"""How good the models are, as a short text and a picture for admins."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from bot.domain.codes import PurposeCode
from bot.domain.quality import FEWEST_CONFIRMED, FEWEST_DECIDED, ModelQuality, Recall, wilson
from bot.render import plot
from bot.render.codes import purpose_name
from bot.texts import Html, say

F64 = NDArray[np.float64]

_MOST_PURPOSES = 4  # in the text; the picture shows all


def quality_text(models: Sequence[ModelQuality], language: str) -> Html:
    """The newest model in a few lines, and below 1,024 characters: it is a caption."""
    if not models:
        return say(language, "quality-none")
    newest = models[0]
    lines = [
        say(language, "quality-head", model=newest.version),
        _precision_line(newest, language),
        _recall_line(newest.recall, language),
    ]
    wrong = _by_count(newest)[:_MOST_PURPOSES]
    if wrong:
        named = Html(", ").join(
            Html("{} {}").format(purpose_name(purpose, language), count) for purpose, count in wrong
        )
        lines.append(say(language, "quality-false-flags", purposes=named))
    if len(models) > 1:
        lines.append(say(language, "quality-others", models=len(models) - 1))
    return Html("\n").join(lines)


def _precision_line(model: ModelQuality, language: str) -> Html:
    if not model.decided:
        return say(language, "quality-nothing-decided", waiting=model.undecided)
    low, high = wilson(model.confirmed, model.decided)
    return say(
        language,
        "quality-precision",
        share=_percent(model.confirmed / model.decided),
        low=_percent(low),
        high=_percent(high),
        decided=model.decided,
        waiting=model.undecided,
    )


def _recall_line(recall: Recall, language: str) -> Html:
    if recall.share is None or recall.low is None or recall.high is None:
        return say(
            language,
            "quality-recall-too-few",
            decided=recall.decided,
            hits=recall.hits,
            needed=FEWEST_DECIDED,
            confirmed=FEWEST_CONFIRMED,
        )
    return say(
        language,
        "quality-recall",
        share=_percent(recall.share),
        low=_percent(recall.low),
        high=_percent(recall.high),
        decided=recall.decided,
        hits=recall.hits,
    )


def quality_picture(models: Sequence[ModelQuality], language: str) -> bytes:
    """Four panels, as PNG: precision and recall by model; the newest one's false flags and scores.

    models: at least one, the newest first.
    """
    figure, (precision, recall, purposes, bands) = plot.frame(2, 2, _said(language, "plot-quality"))
    names = [f"{model.version}\nn = {model.decided}" for model in models]
    plot.heading(precision, _said(language, "plot-precision"))
    too_few = _said(language, "plot-too-few")
    plot.shares(precision, names, [_precision(model) for model in models], too_few)
    plot.heading(recall, _said(language, "plot-recall"))
    plot.shares(recall, names, [_recall(model.recall) for model in models], too_few)
    recall.set_yticklabels([f"n = {model.recall.decided}" for model in models])
    _draw_purposes(purposes, models[0], language)
    _draw_bands(bands, models[0], language)
    return plot.png(figure)


def _precision(model: ModelQuality) -> tuple[float, float, float] | None:
    if not model.decided:
        return None
    return model.confirmed / model.decided, *wilson(model.confirmed, model.decided)


def _recall(recall: Recall) -> tuple[float, float, float] | None:
    if recall.share is None or recall.low is None or recall.high is None:
        return None
    return recall.share, recall.low, recall.high


def _draw_purposes(panel: Axes, model: ModelQuality, language: str) -> None:
    plot.heading(panel, _said(language, "plot-false-flags"))
    wrong = _by_count(model)
    if not wrong:
        plot.say_instead(panel, _said(language, "plot-no-false-flags"))
        return
    names = [purpose_name(purpose, language).unescape() for purpose, _ in wrong]
    plot.bars(panel, names, [count for _, count in wrong])


def _draw_bands(panel: Axes, model: ModelQuality, language: str) -> None:
    """Shares on a root scale: nearly all posts score low, and the others are what matters."""
    plot.heading(panel, _said(language, "plot-bands"))
    sides = (
        (model.bands_before, -0.2, plot.PALE, "plot-before"),
        (model.bands_now, 0.2, plot.ACCENT, "plot-lately"),
    )
    for counts, shift, colour, key in sides:
        posts = sum(counts)
        label = f"{_said(language, key)} (n = {posts})"
        heights = [(count / posts if posts else 0.0) for count in counts]
        places = [number + shift for number in range(len(counts))]
        panel.bar(places, heights, width=0.38, color=colour, label=label)
    panel.set_yscale("function", functions=(_root, _square))
    panel.set_ylim(0, 1)
    panel.set_yticks([0, 0.01, 0.1, 0.5, 1], ["0", "1 %", "10 %", "50 %", "100 %"])
    panel.set_xticks([0, 4.5, 9], ["0-10 %", "", "90-100 %"])
    panel.legend(frameon=False, fontsize=9)


def _root(shares: F64) -> F64:
    return np.sqrt(np.abs(shares))


def _square(roots: F64) -> F64:
    return np.square(roots)


def _by_count(model: ModelQuality) -> list[tuple[PurposeCode | None, int]]:
    return sorted(model.false_flags.items(), key=lambda item: (-item[1], item[0] or ""))


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _said(language: str, key: str) -> str:
    return say(language, key).unescape()
