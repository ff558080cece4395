"""What is said when a decision is taken back: to the second person, and to who received it.

A correction asks, as a referral does; it orders nothing.
"""

from collections.abc import Iterable

from bot.domain.reversal import Correction, CorrectionPress, Restored, SecondPress, TakeBackPress
from bot.ports import Button, Letter
from bot.texts import Html, say

MOST_ROWS = 8  # of buttons under one message


def withdraw_button(card_id: int, language: str, case_id: int | None = None) -> Button:
    """case_id: named on the button where a message is about several."""
    key = "button-withdraw" if case_id is None else "button-withdraw-case"
    label = say(language, key, case=case_id).unescape()
    return Button(label, TakeBackPress(card_id).pack(), style="danger")


def withdraw_rows(
    cards: Iterable[tuple[int, int]], language: str
) -> tuple[tuple[Button, ...], ...]:
    """A row for each card and its case, each once and eight at most."""
    different = list(dict.fromkeys(cards))[:MOST_ROWS]
    return tuple((withdraw_button(card, language, case),) for card, case in different)


def why_letter(card_id: int, case_id: int, link: str, language: str) -> Letter:
    """Asks for the reason of a withdrawal, to be sent in reply."""
    label = say(language, "button-withdraw-off").unescape()
    button = Button(label, TakeBackPress(card_id, is_off=True).pack())
    words = say(language, "withdraw-why", case=case_id, link=link)
    return Letter(words, ((button,),), protected=True)


def second_letter(
    withdrawal_id: int, case_id: int, link: str, name: str, reason: str, language: str
) -> Letter:
    """Asks another person whether what was sent is to be withdrawn."""
    words = say(language, "withdraw-second", case=case_id, link=link, name=name, reason=reason)
    agree = Button(
        say(language, "button-withdraw-agree").unescape(),
        SecondPress(withdrawal_id, agrees=True).pack(),
        style="danger",
    )
    decline = Button(
        say(language, "button-withdraw-decline").unescape(),
        SecondPress(withdrawal_id, agrees=False).pack(),
    )
    return Letter(words, ((agree, decline),), protected=True)


def correction_letter(one: Correction, language: str) -> Letter:
    """A correction with what its recipient said to it so far; the buttons stay, to change that."""
    words = say(
        language,
        "correction",
        number=one.number,
        digest=one.digest,
        place=one.place,
        referral=one.referral,
        channel=one.channel[:60],
        link=one.link,
        reason=one.reason,
    )
    if one.outcome:
        said = say(language, f"correction-said-{one.outcome.replace('_', '-')}")
        words = Html("\n\n").join([words, said])
    buttons = tuple(
        Button(
            say(language, f"button-correction-{outcome.replace('_', '-')}").unescape(),
            CorrectionPress(one.id, outcome).pack(),
        )
        for outcome in Restored
        if outcome is not one.outcome
    )
    return Letter(words, (buttons,))
