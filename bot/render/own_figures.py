"""A person's own figures, as a few lines."""

from babel.dates import format_timedelta

from bot.domain.case import Choice
from bot.domain.own_figures import OwnFigures
from bot.texts import Html, say


def own_figures_text(figures: OwnFigures, language: str) -> Html:
    total = sum(figures.counts.values())
    if not total:
        return say(language, "me-nothing")
    lines = [
        say(language, "me-head", total=total, today=figures.today),
        say(
            language,
            "me-counts",
            confirmed=figures.counts[Choice.CONFIRM],
            dismissed=figures.counts[Choice.DISMISS],
            unsure=figures.counts[Choice.UNSURE],
            skipped=figures.counts[Choice.SKIP],
        ),
    ]
    if figures.median is not None:
        took = format_timedelta(
            figures.median, granularity="second", threshold=1.5, locale=language
        )
        lines.append(say(language, "me-median", median=took))
    if figures.shared:
        lines.append(say(language, "me-shared", shared=figures.shared, borne_out=figures.borne_out))
    if figures.until_rest is not None:
        lines.append(say(language, "me-rest", cards=figures.until_rest))
    return Html("\n").join([*lines, say(language, "me-only-you")])
