"""Opens a card for a post that somebody has to look at, in the case of its near copies."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.targets import Targets
from bot.storage.near_duplicates import Fingerprint
from bot.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Opening:
    """What a card is opened for. case_id: where that is settled already. sample: a sample's number.

    is_urgent: it may announce an attack. language: one of LANGUAGES_TOLD.
    """

    post_id: int
    revision_id: int
    print_: Fingerprint
    score: float
    model_version: str | None
    language: str
    is_urgent: bool = False
    case_id: int | None = None
    sample: int | None = None


async def open_card(work: UnitOfWork, opening: Opening, now: datetime, targets: Targets) -> int:
    """The number of the card. Rows a, b and o of the case table.

    A near-identical copy joins its case; one that only resembles it gets a case of its own, and
    whoever looks at it is asked.
    """
    case_id, looks_like = opening.case_id, None
    if case_id is None:
        found = await work.near_duplicates.find(opening.print_, now)
        case_id = found.case_id if found and found.joins else None
        looks_like = found.case_id if found and not found.joins else None
    if case_id is None:
        case_id = await work.cards.open_case(now)
    card_id = await work.cards.open_card(
        case_id,
        opening.post_id,
        opening.revision_id,
        score=opening.score,
        is_urgent=opening.is_urgent,
        now=now,
        due_at=targets.due_at(now, is_urgent=opening.is_urgent),
        language=opening.language,
        looks_like_case_id=looks_like,
    )
    await work.near_duplicates.keep(opening.print_, opening.revision_id, case_id, now)
    await work.captures.take(opening.revision_id, now)
    details = {
        "case": case_id,
        "post": opening.post_id,
        "revision": opening.revision_id,
        "model": opening.model_version,
    }
    if opening.sample is not None:
        details["sample"] = opening.sample
    if looks_like is not None:
        details["looks_like"] = looks_like
    await work.audit.write("card opened", f"card {card_id}", now, details=details)
    return card_id
