"""The buttons under a card. What decides stands in the first two rows and never changes place."""

from collections.abc import Sequence

from bot.domain.case import CaseState
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import DeskCard, View, pages_of
from bot.domain.press import Action, Press
from bot.ports import Button
from bot.render.codes import decision_name, harm_name, purpose_name
from bot.render.reversal import withdraw_rows
from bot.texts import Html, say

Row = tuple[Button, ...]


def card_rows(card: DeskCard, language: str) -> tuple[Row, ...]:
    """All but the row for undoing."""
    back = (_on(card, Action.BACK, say(language, "button-back")),)
    if card.view is View.HARM:
        return (*_harm_rows(card, language), back)
    if card.view is View.PURPOSE:
        return (*_purpose_rows(card, language), back)
    if card.view in (View.COPIES, View.HISTORY):
        shown = card.others if card.view is View.COPIES else card.history.newest
        sent = [(one.card_id, one.case_id) for one in shown if one.state is CaseState.REFERRED]
        return (back, *withdraw_rows(sent, language))
    first = (
        _same_or_not(card, language) if card.view is View.LIKE else _this_or_that(card, language)
    )
    second = (
        _on(card, Action.UNSURE, say(language, "button-unsure")),
        _on(card, Action.SKIP, say(language, "button-skip")),
    )
    if card.view is View.MORE:
        return (first, second, back, *_more_rows(card, language))
    if card.view is View.FULL:
        return (first, second, back, *_page_rows(card, language))
    more = (_on(card, Action.MORE, say(language, "button-more")),)
    return (first, second, more, *_join_rows(card, language))


def _this_or_that(card: DeskCard, language: str) -> Row:
    return (
        _on(card, Action.CONFIRM, say(language, "button-confirm"), style="danger"),
        _on(card, Action.DISMISS, say(language, "button-dismiss"), style="success"),
    )


def _same_or_not(card: DeskCard, language: str) -> Row:
    if card.likeness is None:  # the decision was taken back: nothing to be the same as
        return _this_or_that(card, language)
    harm, purpose = card.likeness.harm, card.likeness.purpose
    same = say(language, "button-same", decision=decision_name(harm, purpose, language))
    code = harm or purpose or "NONE"
    return (
        _on(card, Action.SAME, same, code=code, style="danger" if harm else "success"),
        _on(card, Action.DIFFERENT, say(language, "button-different")),
    )


def _harm_rows(card: DeskCard, language: str) -> Sequence[Row]:
    return _by_two([_on(card, Action.HARM, harm_name(c, language), code=c) for c in HarmCode])


def _purpose_rows(card: DeskCard, language: str) -> Sequence[Row]:
    nothing = _on(card, Action.PURPOSE, purpose_name(None, language), style="primary")
    codes = [_on(card, Action.PURPOSE, purpose_name(c, language), code=c) for c in PurposeCode]
    return [(nothing,), *_by_two(codes)]


def _more_rows(card: DeskCard, language: str) -> Sequence[Row]:
    teaches = say(language, "button-teaches-not" if card.teaches else "button-teaches")
    buttons = [
        _on(card, Action.FULL, say(language, "button-full")),
        _on(card, Action.COPIES, say(language, "button-copies")),
        _on(card, Action.HISTORY, say(language, "button-history")),
        _on(card, Action.TEACHES, teaches),
    ]
    if card.spread.posts > 1:
        buttons.append(_on(card, Action.TAKE_OUT, say(language, "button-take-out")))
    return _by_two(buttons)


def _page_rows(card: DeskCard, language: str) -> Sequence[Row]:
    if len(pages_of(card.revision.text)) < 2:
        return []
    return [(_on(card, Action.NEXT_PAGE, say(language, "button-next-page")),)]


def _join_rows(card: DeskCard, language: str) -> Sequence[Row]:
    if card.looks_like is None or card.view is not View.CARD:
        return []
    join = say(language, "button-join", case=card.looks_like)
    return [
        (
            _on(card, Action.JOIN, join),
            _on(card, Action.KEEP_APART, say(language, "button-keep-apart")),
        )
    ]


def _by_two(buttons: Sequence[Button]) -> list[Row]:
    return [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]


def _on(
    card: DeskCard, action: Action, label: Html, code: str | None = None, style: str | None = None
) -> Button:
    press = Press(action, card.card_id, card.revision.id, code)
    return Button(label.unescape(), press.pack(), style=style)
