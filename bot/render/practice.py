"""Sample cards, marked as such, and what was right about the one before."""

from bot.domain.practice import Answered, Exercise, PracticePress
from bot.domain.press import Action, Press
from bot.ports import Button, Letter
from bot.render.codes import decision_name
from bot.texts import Html, say


def draw_sample(stand: Exercise, before: Answered | None, language: str) -> Letter:
    """The next sample; above it what became of the one before."""
    sample = stand.sample
    assert sample is not None  # else it is done
    head = say(language, "practice-head", number=stand.passed + 1, wanted=stand.wanted)
    quoted = Html("<blockquote>{}</blockquote>").format(sample.text)
    parts = [*_feedback(before, language), head, quoted, say(language, "practice-ask")]
    row = tuple(
        Button(say(language, key).unescape(), PracticePress(sample.id, is_yes).pack(), style=style)
        for key, is_yes, style in (
            ("practice-yes", True, "danger"),
            ("practice-no", False, "success"),
        )
    )
    return Letter(Html("\n\n").join(parts), (row,), protected=True)


def draw_done(stand: Exercise, before: Answered | None, language: str) -> Letter:
    """All samples were answered rightly: the shift may begin."""
    done = say(language, "practice-done", wanted=stand.wanted)
    start = Button(say(language, "button-duty-on").unescape(), Press(Action.DUTY_ON).pack())
    words = Html("\n\n").join([*_feedback(before, language), done])
    return Letter(words, ((start,),), protected=True)


def _feedback(before: Answered | None, language: str) -> list[Html]:
    if before is None or before.sample is None:
        return []
    key = "practice-was-right" if before.is_right else "practice-was-wrong"
    what = decision_name(before.sample.harm, before.sample.purpose, language)
    return [say(language, key, what=what, why=before.sample.why)]
