"""The table of what waits for a moderator, for a terminal."""

import unicodedata

from rich.table import Table
from rich.text import Text

from bot.storage.unit_of_work import UnitOfWork

_MOST = 20
_WORDS = 60  # characters of a post


async def open_cases_table(work: UnitOfWork) -> Table:
    """Open cards, best scores first, at most 20. Post text is shown as plain text only."""
    cards = await work.cards.best_open(_MOST)
    table = Table("Case", "Score", "Looks like", "Because of", "Post", title="Open cases")
    for card in cards:
        revision = await work.posts.revision(card.revision_id)
        verdict = await work.verdicts.newest_or_none(card.revision_id)
        reasons = [words for words, weight in verdict.reasons if weight > 0] if verdict else []
        likely = [verdict.likely_harm, verdict.likely_purpose] if verdict else []
        table.add_row(
            str(card.case_id),
            f"{card.score:.0%}",
            ", ".join(code for code in likely if code),
            plain(", ".join(reasons[:3]), _WORDS),
            plain(f"{revision.message_id}: {revision.text}", _WORDS),
        )
    waiting = sum(n for state, n in (await work.cards.count_by_state()).items() if state.is_open)
    table.caption = f"{len(cards)} of {waiting} that wait for a moderator" if cards else "none"
    return table


def plain(text: str, most: int) -> Text:
    """Text of unknown origin for a terminal: no markup, no control or bidi characters."""
    seen = " ".join(text.split())
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in seen)
    return Text(kept[:most] + ("…" if len(kept) > most else ""))
