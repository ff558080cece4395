"""What is said when a decision is taken back: to the second person, and to who received it.

A correction asks, as a referral does; it orders nothing.
"""

from bot.domain.reversal import Correction, CorrectionPress, Restored, SecondPress
from bot.ports import Button, Letter
from bot.texts import Html, say


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
