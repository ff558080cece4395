"""Candidate against champion, as a short text and a picture for admins."""

from bot.domain.learning import (
    FEWEST_OF_A_KIND,
    FEWEST_ROWS,
    Answer,
    Comparison,
    Difference,
    LearningPress,
    Lesson,
    Meeting,
    Problem,
)
from bot.ports import Attachment, Button, Letter
from bot.render import plot
from bot.render.codes import purpose_name
from bot.texts import Html, say


def comparison_letter(
    comparison: Comparison,
    taught: Lesson,
    training_id: int | None,
    picture: Attachment,
    language: str,
) -> Letter:
    """What the admins get. training_id: None where there is nothing to choose."""
    words = comparison_text(comparison, taught, language)
    if training_id is None:
        return Letter(words, attachment=picture)
    row = tuple(
        Button(
            say(language, f"button-{answer}").unescape(),
            LearningPress(training_id, answer).pack(),
            style=style,
        )
        for answer, style in ((Answer.PROMOTE, "success"), (Answer.KEEP, None))
    )
    return Letter(words, (row,), attachment=picture)


def comparison_text(comparison: Comparison, taught: Lesson, language: str) -> Html:
    """A few lines, below 1,024 characters: it is a caption."""
    flags = Html(", ").join(
        Html("{} {}/{} ({})").format(
            purpose_name(rate.purpose, language), rate.candidate, rate.posts, rate.champion
        )
        for rate in comparison.frozen.flag_rates
    )
    versions = {"candidate": comparison.candidate, "champion": comparison.champion}
    lines = [
        say(language, "comparison-head", **versions),
        lesson_text(taught, language),
        _met("comparison-frozen", comparison.frozen, language),
        say(language, "comparison-flags", purposes=flags),
        _met("comparison-folds", comparison.folds, language),
        _verdict(comparison, language),
    ]
    return Html("\n").join(lines)


def lesson_text(taught: Lesson, language: str) -> Html:
    """How many decisions teach, and how many do not."""
    aside = taught.capped + taught.contradictory + taught.repeated + taught.reserved
    words = say(
        language,
        "lesson-rows",
        rows=len(taught.rows),
        positives=taught.positives,
        negatives=len(taught.rows) - taught.positives,
    )
    if not aside:
        return words
    return words + say(
        language,
        "lesson-aside",
        capped=taught.capped,
        contradictory=taught.contradictory,
        repeated=taught.repeated,
        reserved=taught.reserved,
    )


def problem_text(problem: Problem, taught: Lesson, language: str) -> Html:
    """Why there is no candidate, and that the champion stays."""
    words = say(
        language,
        f"training-{problem.replace('_', '-')}",
        rows=len(taught.rows),
        positives=taught.positives,
        negatives=len(taught.rows) - taught.positives,
        needed=FEWEST_ROWS,
        kind=FEWEST_OF_A_KIND,
    )
    lines = [words, say(language, "champion-stays")]
    if taught.contradictory:
        said = say(language, "training-contradictory", rows=taught.contradictory)
        lines.insert(1, said)
    return Html("\n").join(lines)


def _met(key: str, meeting: Meeting, language: str) -> Html:
    """What the rows are, and the measures of both models on them."""
    return say(
        language,
        key,
        posts=meeting.posts,
        precision=_change(meeting.average_precision),
        brier=_change(meeting.brier),
        champion=f"{meeting.champion_recall:.0%}",
        candidate=f"{meeting.candidate_recall:.0%}",
    )


def _change(measured: Difference) -> str:
    """The champion's figure, the candidate's, and the interval of the difference."""
    low, high = f"{measured.low:+.3f}", f"{measured.high:+.3f}"
    return f"{measured.champion:.3f} → {measured.candidate:.3f} ({low} … {high})"


def _verdict(comparison: Comparison, language: str) -> Html:
    if comparison.candidate == comparison.champion:
        return say(language, "comparison-same")
    if not comparison.objections:
        return say(language, "comparison-good")
    return say(language, "comparison-bad", reasons=Html("; ").join(_against(comparison, language)))


def _against(comparison: Comparison, language: str) -> list[Html]:
    """What speaks against the candidate, in at most four reasons: a caption is short."""
    reasons = [
        say(language, f"objection-{one.replace('_', '-')}") for one in comparison.frozen.worse
    ]
    if comparison.folds.worse:
        reasons.append(say(language, "objection-folds"))
    if comparison.flagged_too_much:
        names = [purpose_name(purpose, language) for purpose in comparison.flagged_too_much]
        limit = f"{comparison.limit:.0%}"
        too_much = Html(", ").join(names)
        reasons.append(say(language, "objection-flags", purposes=too_much, limit=limit))
    return reasons


def comparison_picture(comparison: Comparison, language: str) -> bytes:
    """The measures' differences with their intervals, and flag rates by purpose, as PNG."""
    figure, (measures, flags) = plot.frame(1, 2, _said(language, "plot-comparison"), height=4.6)
    plot.heading(measures, _said(language, "plot-difference"))
    frozen, folds = comparison.frozen, comparison.folds
    rows = (
        ("plot-average-precision", frozen.average_precision, 1),
        ("plot-average-precision-folds", folds.average_precision, 1),
        ("plot-brier", frozen.brier, -1),  # an error: less of it is better
        ("plot-brier-folds", folds.brier, -1),
    )
    for place, (_, measured, sign) in enumerate(rows):
        low, high = sorted((sign * measured.low, sign * measured.high))
        middle = sign * (measured.candidate - measured.champion)
        measures.hlines(place, low, high, color=plot.PALE, linewidth=9)
        measures.plot([middle], [place], "o", color=plot.ACCENT)
    measures.axvline(0, color=plot.INK, linewidth=1)
    measures.set_yticks(range(len(rows)), [_said(language, key) for key, _, _ in rows])
    measures.set_ylim(len(rows) - 0.5, -0.5)
    widest = max(0.02, *(abs(end) for _, one, _ in rows for end in (one.low, one.high))) * 1.2
    measures.set_xlim(-widest, widest)
    plot.heading(flags, _said(language, "plot-flag-rates"))
    plot.pairs(
        flags,
        [
            f"{purpose_name(rate.purpose, language).unescape()} (n = {rate.posts})"
            for rate in frozen.flag_rates
        ],
        [_share(rate.champion, rate.posts) for rate in frozen.flag_rates],
        [_share(rate.candidate, rate.posts) for rate in frozen.flag_rates],
        (_said(language, "plot-champion"), _said(language, "plot-candidate")),
        comparison.limit,
    )
    return plot.png(figure)


def _share(flagged: int, posts: int) -> float:
    return flagged / posts if posts else 0.0


def _said(language: str, key: str) -> str:
    return say(language, key).unescape()
