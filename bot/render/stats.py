"""What the desk got done, as a short text and a picture for admins."""

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bot.domain.quality import wilson
from bot.domain.stats import AGES, Span, Stats
from bot.render import plot
from bot.texts import Html, say


def stats_text(stats: Stats, language: str) -> Html:
    """A few lines, below 1,024 characters: they are a caption."""
    lines = [
        say(language, f"stats-head-{stats.span}"),
        say(
            language,
            "stats-counts",
            flagged=stats.flagged,
            decided=stats.decided,
            confirmed=stats.confirmed,
        ),
    ]
    if stats.median is not None and stats.slowest is not None:
        median, slowest = _wait(stats.median, language), _wait(stats.slowest, language)
        lines.append(say(language, "stats-waits", median=median, slowest=slowest))
    lines.append(_open_line(stats, language))
    if stats.compared:
        low, high = wilson(stats.agreed, stats.compared)
        share = stats.agreed / stats.compared
        lines.append(
            say(
                language,
                "stats-agreement",
                share=f"{share:.0%}",
                low=f"{low:.0%}",
                high=f"{high:.0%}",
                compared=stats.compared,
            )
        )
    return Html("\n").join(lines)


def _open_line(stats: Stats, language: str) -> Html:
    if not sum(stats.open_by_age):
        return say(language, "stats-none-open")
    parts = Html(", ").join(
        Html("{}: {}").format(name, count)
        for name, count in zip(_ages(language), stats.open_by_age, strict=True)
        if count
    )
    return say(language, "stats-open", count=sum(stats.open_by_age), ages=parts)


def stats_picture(stats: Stats, language: str, timezone: str) -> bytes:
    """Three panels, as PNG: what came and what was done, posts that wait, agreement."""
    title = _said(language, f"plot-stats-{stats.span}")
    figure, (flow, waiting) = plot.frame(2, 1, title)
    _draw_flow(flow, stats, language, timezone)
    plot.heading(waiting, _said(language, "plot-open-by-age"))
    if sum(stats.open_by_age):
        plot.bars(waiting, _ages(language), stats.open_by_age)
    else:
        plot.say_instead(waiting, _said(language, "stats-none-open"))
    return plot.png(figure)


def _draw_flow(panel: Axes, stats: Stats, language: str, timezone: str) -> None:
    plot.heading(panel, _said(language, "plot-came-and-done"))
    flagged, confirmed = [s.flagged for s in stats.steps], [s.confirmed for s in stats.steps]
    others = [step.decided - step.confirmed for step in stats.steps]
    places = range(len(stats.steps))
    left, right = [place - 0.2 for place in places], [place + 0.2 for place in places]
    nothing = [0] * len(places)
    for where, heights, below, colour, key in (
        (left, flagged, nothing, plot.PALE, "plot-flagged"),
        (right, confirmed, nothing, plot.WARN, "plot-confirmed"),
        (right, others, confirmed, plot.ACCENT, "plot-dismissed"),
    ):
        label = _said(language, key)
        panel.bar(where, heights, width=0.38, bottom=below, color=colour, label=label)
    every = max(1, len(stats.steps) // 8)
    shown = list(places)[::every]
    names = [_moment(stats.steps[place].start, stats.span, language, timezone) for place in shown]
    panel.set_xticks(shown, names)
    panel.yaxis.set_major_locator(MaxNLocator(integer=True))
    panel.set_ylim(0, 1.05 * max([1, *flagged, *(step.decided for step in stats.steps)]))
    panel.legend(frameon=False, fontsize=9, ncols=3, loc="lower right", bbox_to_anchor=(1, 1))


def _moment(start: datetime, span: Span, language: str, timezone: str) -> str:
    pattern = "HH:mm" if span is Span.DAY else "d MMM"
    return format_datetime(start, pattern, tzinfo=ZoneInfo(timezone), locale=language)


def _ages(language: str) -> list[str]:
    """What each place of `open_by_age` is called."""
    names = [_wait(age, language) for age in AGES]
    under = [_said_of(language, "age-under", names[0])]
    between = [f"{a} – {b}" for a, b in pairwise(names)]
    return [*under, *between, _said_of(language, "age-over", names[-1])]


def _wait(length: timedelta, language: str) -> str:
    """A length of time in one unit, as in "12 minutes"."""
    return format_timedelta(length, granularity="second", threshold=1.5, locale=language)


def _said(language: str, key: str) -> str:
    return say(language, key).unescape()


def _said_of(language: str, key: str, age: str) -> str:
    return say(language, key, age=age).unescape()
