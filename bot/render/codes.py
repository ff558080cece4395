"""Harm and purpose codes as people read them."""

from bot.domain.codes import HarmCode, PurposeCode
from bot.texts import Html, say


def harm_name(harm: HarmCode, language: str) -> Html:
    return say(language, f"harm-{harm.lower()}")


def purpose_name(purpose: PurposeCode | None, language: str) -> Html:
    return say(language, f"purpose-{purpose.lower()}" if purpose else "purpose-none")


def decision_name(harm: HarmCode | None, purpose: PurposeCode | None, language: str) -> Html:
    """What was decided: the harm code of a confirmation, else why it was dismissed."""
    return harm_name(harm, language) if harm else purpose_name(purpose, language)
