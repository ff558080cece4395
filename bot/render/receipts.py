"""What a recipient answers with: Received, the list of items eight a page, the answers to one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.codes import HarmCode
from bot.domain.receipt import (
    PAGE,
    AnswerableDigest,
    AnswerableItem,
    AnswerPress,
    DigestPress,
    DisputePress,
    DisputeState,
    Noted,
    ReplyCode,
    Unanswered,
)
from bot.ports import Button, Letter
from bot.render.codes import harm_name
from bot.render.paging import packed
from bot.render.reversal import withdraw_rows
from bot.render.times import how_long
from bot.texts import Html, say

_IN_A_ROW = 4  # number buttons
_MOST_BUTTONS = 90  # Telegram takes 100 in a message
_MOST_NOTED = 20  # items that one message names
_QUOTE = 600  # characters that a moderator is shown of a disputed post

Rows = tuple[tuple[Button, ...], ...]


def code_name(code: ReplyCode, language: str) -> Html:
    return say(language, f"reply-{code.replace('_', '-')}")


def with_buttons(letters: Sequence[Letter], digest_id: int, language: str) -> list[Letter]:
    """A digest's letters, the last of them with Received and the way to the answers."""
    received = say(language, "button-received").unescape()
    answer = say(language, "button-answer").unescape()
    row = (
        Button(received, DigestPress(digest_id, is_received=True).pack(), style="primary"),
        Button(answer, DigestPress(digest_id, is_received=False).pack()),
    )
    return [*letters[:-1], replace(letters[-1], buttons=(*letters[-1].buttons, row))]


def page_letter(digest: AnswerableDigest, page: int, language: str) -> Letter:
    """Up to eight items with what was answered so far; a number opens the answers to one."""
    page = min(page, digest.pages - 1)
    shown = digest.items[page * PAGE : (page + 1) * PAGE]
    head = say(
        language,
        "answer-head",
        number=digest.number,
        page=page + 1,
        pages=digest.pages,
        answered=digest.answered,
        items=len(digest.items),
    )
    lines = [_line(item, language) for item in shown]
    numbers = [
        Button(
            f"{'✓ ' if item.code else ''}{item.place}",
            AnswerPress(digest.id, page, item.number).pack(),
        )
        for item in shown
    ]
    rows = [tuple(numbers[i : i + _IN_A_ROW]) for i in range(0, len(numbers), _IN_A_ROW)]
    if not digest.received_at:
        received = say(language, "button-received").unescape()
        press = DigestPress(digest.id, is_received=True)
        rows.append((Button(received, press.pack(), style="primary"),))
    turn = []
    if page > 0:
        turn.append(_to_page(digest, page - 1, say(language, "button-page-before")))
    if page < digest.pages - 1:
        turn.append(_to_page(digest, page + 1, say(language, "button-page-after")))
    if turn:
        rows.append(tuple(turn))
    words = Html("\n").join([head, *lines, Html(""), say(language, "answer-how")])
    return Letter(words, tuple(rows))


def codes_letter(
    digest: AnswerableDigest, item: AnswerableItem, page: int, language: str
) -> Letter:
    """One item and the eight answers to it, two a row."""
    buttons = [
        Button(
            code_name(code, language).unescape(),
            AnswerPress(digest.id, page, item.number, code).pack(),
            style="primary" if code is item.code else None,
        )
        for code in ReplyCode
    ]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    rows.append((_to_page(digest, page, say(language, "button-back")),))
    words = Html("\n").join([_line(item, language), say(language, "answer-ask")])
    return Letter(words, tuple(rows))


def _line(item: AnswerableItem, language: str) -> Html:
    said = code_name(item.code, language) if item.code else say(language, "answer-none")
    return say(
        language,
        "answer-line",
        place=item.place,
        number=item.number,
        link=item.link,
        channel=item.channel[:40],
        harm=harm_name(item.harm, language),
        said=said,
    )


def tally(noted: Sequence[Noted], unchanged: int, foreign: Sequence[int], language: str) -> Html:
    """What was noted for which items, how much was known, which numbers are not theirs."""
    lines = [say(language, "answer-tally", kept=len(noted), unchanged=unchanged)]
    lines += [
        say(
            language,
            "answer-noted",
            place=one.place,
            number=one.number,
            channel=one.channel[:40],
            said=code_name(one.code, language),
        )
        for one in noted[:_MOST_NOTED]
    ]
    if len(noted) > _MOST_NOTED:
        lines.append(say(language, "answer-noted-more", count=len(noted) - _MOST_NOTED))
    if foreign:
        listed = ", ".join(str(number) for number in foreign[:_MOST_NOTED])
        lines.append(say(language, "answer-foreign", numbers=listed))
    return Html("\n").join(lines)


def _to_page(digest: AnswerableDigest, page: int, label: Html) -> Button:
    return Button(label.unescape(), AnswerPress(digest.id, page).pack())


def open_letters(unanswered: Unanswered, now: datetime, language: str) -> list[Letter]:
    """What a recipient has not answered, oldest first, with its age and a button for each."""
    if not unanswered.digests and not unanswered.corrections:
        return [Letter(say(language, "open-none"))]
    lines = [say(language, "open-head")]
    rows = list[tuple[Button, ...]]()
    for one in unanswered.digests:
        key = "open-digest" if one.is_received else "open-digest-unreceived"
        age = how_long(now - one.delivered_at, language)
        lines.append(
            say(
                language,
                key,
                number=one.number,
                unanswered=one.unanswered,
                items=one.items,
                age=age,
            )
        )
        label = say(language, "button-open-digest", number=one.number).unescape()
        rows.append((Button(label, DigestPress(one.digest_id, is_received=False).pack()),))
    lines += [
        say(language, "open-correction", number=number, age=how_long(now - since, language))
        for number, since in unanswered.corrections
    ]
    parts = packed(lines, "\n")
    last = Letter(parts[-1], tuple(rows[:_MOST_BUTTONS]))
    return [*(Letter(part) for part in parts[:-1]), last]


@dataclass(frozen=True)
class Told:
    """A recipient's answer about a card that somebody confirmed."""

    card_id: int
    case_id: int
    recipient: str
    code: ReplyCode
    is_withdrawn: bool = False


def told_letter(lines: Sequence[Told], language: str) -> list[Letter]:
    """What became of cases that somebody confirmed; a mistake can be withdrawn from there."""
    blocks = [say(language, "told-answers")]
    blocks += [
        say(
            language,
            "told-answer",
            case=one.case_id,
            name=one.recipient[:40],
            said=code_name(one.code, language),
        )
        for one in lines
    ]
    *earlier, last = packed(blocks, "\n")
    standing = ((one.card_id, one.case_id) for one in lines if not one.is_withdrawn)
    rows = withdraw_rows(standing, language)
    return [*(Letter(part, silent=True) for part in earlier), Letter(last, rows, silent=True)]


def dispute_letter(
    dispute_id: int, case_id: int, harm: HarmCode, text: str, link: str, name: str, language: str
) -> Letter:
    """Asks a moderator whether a recipient's "not violating" is right."""
    quote = (
        say(language, "steps-removed")
        if harm is HarmCode.INSTRUCT
        else Html.escape(text[:_QUOTE] or "…")
    )
    words = say(
        language,
        "dispute",
        case=case_id,
        name=name[:60],
        harm=harm_name(harm, language),
        link=link,
        quote=quote,
    )
    buttons = tuple(
        Button(
            say(language, f"button-dispute-{state}").unescape(),
            DisputePress(dispute_id, state).pack(),
        )
        for state in (DisputeState.AGREED, DisputeState.KEPT)
    )
    return Letter(words, (buttons,), protected=True)


def call_letter(
    digest: AnswerableDigest | None, number: int, minutes: int, emergency: str, language: str
) -> Letter:
    """Calls again for a digest that nobody has acknowledged."""
    lines = [say(language, "call-again", number=number, minutes=minutes)]
    if emergency:
        lines.append(say(language, "call-emergency", line=emergency))
    rows: Rows = ()
    if digest is not None:
        received = say(language, "button-received").unescape()
        rows = (
            (Button(received, DigestPress(digest.id, is_received=True).pack(), style="danger"),),
        )
    return Letter(Html("\n\n").join(lines), rows)
