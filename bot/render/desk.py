"""The desk message: a card with its buttons, or the words of an empty desk."""

from bot.domain.case import Choice
from bot.domain.channel import post_link
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import EXCERPT, DeskCard, Notice, View, pages_of
from bot.domain.press import Action, Press
from bot.domain.verdict import Verdict
from bot.ports import Button, Letter
from bot.render.times import local_time
from bot.texts import Html, say

_MOST_REASONS = 5
_LONGEST_REASON = 40

_AFTER_CHOICE = (View.HARM, View.PURPOSE)

Rows = tuple[tuple[Button, ...], ...]


def draw_idle(is_on_duty: bool, notice: Notice | None, language: str) -> Letter:
    """An empty desk: waiting for work, or off duty."""
    words = say(language, "desk-waiting" if is_on_duty else "desk-off")
    if is_on_duty:
        buttons = [_button(language, "button-duty-off", Press(Action.DUTY_OFF))]
    else:
        buttons = [_button(language, "button-duty-on", Press(Action.DUTY_ON))]
    rows: Rows = (tuple(buttons),)
    if notice is None:
        return Letter(words, rows, protected=True, silent=True)
    lines = Html("\n\n").join([_said(notice, language), words])
    return Letter(lines, (*rows, _undo_row(notice, language)), protected=True, silent=True)


def draw_closed(language: str) -> Letter:
    """The desk of somebody who is no moderator any more: one line, no button."""
    return Letter(say(language, "desk-closed"), protected=True, silent=True)


def draw_card(card: DeskCard, language: str, timezone: str, *, shows_score: bool = True) -> Letter:
    """One post of a case, for one decision. At most 4,096 characters whatever the post holds.

    shows_score: without it, score and likely harm stand on the card only after the first choice.
    """
    parts = [_said(card.notice, language)] if card.notice else []
    parts += [
        _head(card, language, timezone, shows_score or card.view in _AFTER_CHOICE),
        _text(card, language),
    ]
    if card.view is View.HARM:
        parts.append(say(language, "ask-harm"))
    elif card.view is View.PURPOSE:
        parts.append(say(language, "ask-purpose"))
    return Letter(Html("\n\n").join(parts), _buttons(card, language), protected=True)


def _head(card: DeskCard, language: str, timezone: str, shows_score: bool) -> Html:
    revision = card.revision
    link = post_link(revision.chat_id, revision.username, revision.message_id)
    name = f"@{revision.username}" if revision.username else revision.channel_title[:60]
    lines = [
        say(
            language,
            "card-head",
            case=card.case_id,
            channel=name,
            link=link,
            posted=local_time(revision.posted_at, timezone, language),
        )
    ]
    if card.posts_in_case > 1:
        lines.append(say(language, "card-copies", posts=card.posts_in_case))
    if revision.number > 1:
        lines.append(say(language, "card-edited", times=revision.number - 1))
    if revision.forwarded_from:
        lines.append(say(language, "card-forwarded", origin=revision.forwarded_from[:60]))
    if card.verdict:
        lines += _verdict(card.verdict, language, shows_score)
    return Html("\n").join(lines)


def _verdict(verdict: Verdict, language: str, shows_score: bool) -> list[Html]:
    lines = _score(verdict, language) if shows_score else []
    if verdict.likely_purpose:
        purpose = purpose_name(verdict.likely_purpose, language)
        lines.append(say(language, "card-purpose", purpose=purpose))
    if not verdict.is_known:
        lines.append(say(language, "card-unknown"))
    words = [words for words, weight in verdict.reasons if weight > 0][:_MOST_REASONS]
    if words:
        shown = Html(", ").join(Html("<code>{}</code>").format(w[:_LONGEST_REASON]) for w in words)
        lines.append(say(language, "card-reasons", words=shown))
    return lines


def _score(verdict: Verdict, language: str) -> list[Html]:
    score, threshold = f"{verdict.score:.0%}", f"{verdict.threshold:.0%}"
    lines = [say(language, "card-score", score=score, threshold=threshold)]
    if verdict.likely_harm:
        lines.append(say(language, "card-harm", harm=harm_name(verdict.likely_harm, language)))
    return lines


def _text(card: DeskCard, language: str) -> Html:
    text = card.revision.text
    pages = pages_of(text)
    if card.view is View.FULL:
        page = pages[card.page]
        heading = say(language, "card-page", page=card.page + 1, pages=len(pages))
        return Html("{}\n<blockquote>{}</blockquote>").format(heading, page)
    if not text.strip():
        return say(language, "card-no-text")
    quoted = Html("<blockquote>{}</blockquote>").format(text[:EXCERPT])
    if len(text) > EXCERPT:
        quoted += say(language, "card-cut", more=len(text) - EXCERPT)
    return quoted


def _said(notice: Notice, language: str) -> Html:
    """What became of the person's last press."""
    if notice.choice is Choice.CONFIRM and notice.harm:
        key = "said-confirmed" if not notice.state.is_open else "said-confirmed-first"
        return say(language, key, harm=harm_name(notice.harm, language))
    if notice.choice is Choice.DISMISS:
        why = purpose_name(notice.purpose, language)
        key = "said-dismissed" if not notice.state.is_open else "said-dismissed-first"
        return say(language, key, purpose=why)
    return say(language, "said-unsure" if notice.choice is Choice.UNSURE else "said-skipped")


def harm_name(harm: HarmCode, language: str) -> Html:
    return say(language, f"harm-{harm.lower()}")


def purpose_name(purpose: PurposeCode | None, language: str) -> Html:
    return say(language, f"purpose-{purpose.lower()}" if purpose else "purpose-none")


def _buttons(card: DeskCard, language: str) -> Rows:
    if card.view is View.HARM:
        return _code_rows(
            card, Action.HARM, [(code, harm_name(code, language)) for code in HarmCode], language
        )
    if card.view is View.PURPOSE:
        named = [(code, purpose_name(code, language)) for code in PurposeCode]
        nothing = _on(card, Action.PURPOSE, purpose_name(None, language), style="primary")
        return ((nothing,), *_code_rows(card, Action.PURPOSE, named, language))
    rows: list[tuple[Button, ...]] = [
        (
            _on(card, Action.CONFIRM, say(language, "button-confirm"), style="danger"),
            _on(card, Action.DISMISS, say(language, "button-dismiss"), style="success"),
        ),
        (
            _on(card, Action.UNSURE, say(language, "button-unsure")),
            _on(card, Action.SKIP, say(language, "button-skip")),
        ),
    ]
    if card.view is View.FULL:
        if len(pages_of(card.revision.text)) > 1:
            rows.append((_on(card, Action.NEXT_PAGE, say(language, "button-next-page")),))
        rows.append((_on(card, Action.BACK, say(language, "button-back")),))
    elif card.view is View.CARD and len(card.revision.text) > EXCERPT:
        rows.append((_on(card, Action.FULL, say(language, "button-full")),))
    if card.notice:
        rows.append(_undo_row(card.notice, language))
    return tuple(rows)


def _code_rows(
    card: DeskCard,
    action: Action,
    codes: "list[tuple[HarmCode, Html]] | list[tuple[PurposeCode, Html]]",
    language: str,
) -> Rows:
    """Two codes a row, then the way back."""
    buttons = [_on(card, action, name, code=code) for code, name in codes]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    return (*rows, (_on(card, Action.BACK, say(language, "button-back")),))


def _on(
    card: DeskCard, action: Action, label: Html, code: str | None = None, style: str | None = None
) -> Button:
    press = Press(action, card.card_id, card.revision.id, code)
    return Button(label.unescape(), press.pack(), style=style)


def _undo_row(notice: Notice, language: str) -> tuple[Button, ...]:
    return (_button(language, "button-undo", Press(Action.UNDO, notice.card_id)),)


def _button(language: str, key: str, press: Press) -> Button:
    return Button(say(language, key).unescape(), press.pack())
