"""Why originals were not forwarded, in an admin's words."""

from collections.abc import Sequence

from bot.domain.original import Stays
from bot.texts import Html, say


def reasons_text(problems: Sequence[tuple[str, int]], language: str) -> Html:
    """Each reason with the number of messages that it kept away; Telegram's own as it gave them."""
    counted = [(_reason(problem, language), count) for problem, count in problems]
    return Html("; ").join(Html("{} ({})").format(words, count) for words, count in counted)


def _reason(problem: str, language: str) -> Html | str:
    reason, _, refusal = problem.partition(": ")
    if reason not in set(Stays):
        return problem
    return say(language, f"original-{reason}", refusal=refusal)
