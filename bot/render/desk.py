"""The desk message without a card: empty, resting, closed, moved; and what became of the last."""

from datetime import datetime

from bot.domain.case import Choice
from bot.domain.desk import Desk, DeskRules, Notice
from bot.domain.explaining import Field, WhyPress
from bot.domain.press import Action, Press
from bot.ports import Button, Letter
from bot.render.codes import harm_name, purpose_name
from bot.render.reversal import withdraw_button
from bot.render.times import local_clock
from bot.texts import Html, say


def draw_idle(desk: Desk, language: str, rules: DeskRules, now: datetime) -> Letter:
    """An empty desk: waiting for work, resting, or off duty."""
    words = _idle_words(desk, language, rules, now)
    if desk.is_on_duty:
        button = _button(language, "button-duty-off", Press(Action.DUTY_OFF))
    else:
        button = _button(language, "button-duty-on", Press(Action.DUTY_ON))
    parts = [words] if desk.notice is None else [said_of(desk.notice, language), words]
    rows = ((button,), *undo_rows(desk.notice, language, now))
    return Letter(Html("\n\n").join(parts), rows, protected=True, silent=True)


def _idle_words(desk: Desk, language: str, rules: DeskRules, now: datetime) -> Html:
    if not desk.is_on_duty:
        return say(language, "desk-off")
    if desk.rests_until is not None and desk.rests(now):
        until = local_clock(desk.rests_until, rules.timezone)
        return say(language, "desk-resting", cards=rules.stretch, until=until)
    return say(language, "desk-waiting")


def draw_closed(language: str) -> Letter:
    """The desk of somebody who is no moderator any more: one line, no button."""
    return Letter(say(language, "desk-closed"), protected=True, silent=True)


def draw_moved(language: str) -> Letter:
    """What is left of a desk message when the desk has moved to a newer one."""
    return Letter(say(language, "desk-moved"), protected=True, silent=True)


def said_of(notice: Notice, language: str) -> Html:
    """What became of the person's last card."""
    if notice.choice is None:
        return say(language, "said-taken")
    if notice.choice is Choice.CONFIRM and notice.harm:
        key = "said-confirmed" if not notice.state.is_open else "said-confirmed-first"
        return say(language, key, harm=harm_name(notice.harm, language))
    if notice.choice is Choice.DISMISS:
        why = purpose_name(notice.purpose, language)
        key = "said-dismissed" if not notice.state.is_open else "said-dismissed-first"
        return say(language, key, purpose=why)
    return say(language, "said-unsure" if notice.choice is Choice.UNSURE else "said-skipped")


def undo_rows(
    notice: Notice | None, language: str, now: datetime
) -> tuple[tuple[Button, ...], ...]:
    """The last row, while the last choice can be undone; then a confirmation can be withdrawn."""
    if notice is None:
        return ()
    if not notice.can_undo(now):
        return _withdraw_rows(notice, language)
    undo = _button(language, "button-undo", Press(Action.UNDO, notice.card_id))
    if notice.harm is None or not notice.harm.is_forwardable:
        return ((undo,),)
    why = say(language, "button-why").unescape()
    return ((undo, Button(why, WhyPress(notice.card_id, Field.OPEN).pack())),)


def _withdraw_rows(notice: Notice, language: str) -> tuple[tuple[Button, ...], ...]:
    is_confirmed = notice.choice is Choice.CONFIRM and not notice.state.is_open
    if not is_confirmed or notice.harm is None or not notice.harm.is_forwardable:
        return ()
    return ((withdraw_button(notice.card_id, language),),)


def _button(language: str, key: str, press: Press) -> Button:
    return Button(say(language, key).unescape(), press.pack())
