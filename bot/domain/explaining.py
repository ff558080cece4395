"""The checklist that goes with a confirmation: what its buttons do to a statement."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.codes import HarmCode
from bot.domain.statement import (
    LONGEST_NOTE,
    LONGEST_TRANSLATION,
    Caution,
    Factor,
    Rating,
    Statement,
    offered,
)

_PRESS = re.compile(r"why:([0-9]{1,18}):([a-z]{1,8})(?::([a-z-]{1,24}))?")
_ENTITY = re.compile(r"(?:entity|entitas)\s*:\s*(.+)", re.I | re.S)
_TRANSLATION = re.compile(r"(?:translation|terjemahan)\s*:\s*(.+)", re.I | re.S)
_LONGEST_ENTITY = 200


class Field(StrEnum):
    """What a button of the checklist changes. OPEN shows it, DONE closes it."""

    OPEN = "open"
    REASON = "reason"
    EXEMPTION = "exempt"
    RATING = "rating"
    CAUTION = "caution"
    DONE = "done"


class Part(StrEnum):
    """What somebody wrote in reply to a checklist."""

    NOTE = "note"
    ENTITY = "entity"
    TRANSLATION = "translation"


@dataclass(frozen=True)
class WhyPress:
    """A button of the checklist for the presser's own confirmation of a card."""

    card_id: int
    field: Field
    value: str = ""

    def pack(self) -> str:
        packed = f"why:{self.card_id}:{self.field}"
        return f"{packed}:{self.value}" if self.value else packed


def unpack_why(data: str) -> WhyPress | None:
    found = _PRESS.fullmatch(data)
    if not found or found[2] not in set(Field):
        return None
    return WhyPress(int(found[1]), Field(found[2]), found[3] or "")


def pressed(said: Statement, harm: HarmCode, press: WhyPress) -> Statement | None:
    """The statement after a button; None for one that is not offered with this code."""
    if press.field is Field.REASON and press.value in offered(harm):
        chosen = set(said.reasons) ^ {press.value}
        return replace(said, reasons=tuple(one for one in offered(harm) if one in chosen))
    if press.field is Field.EXEMPTION:
        return replace(said, has_no_exemption=not said.has_no_exemption)
    if press.field is Field.RATING and press.value in set(Factor):
        return replace(said, ratings=_rated(said, Factor(press.value)))
    if press.field is Field.CAUTION and press.value in set(Caution):
        turned = set(said.warnings) ^ {Caution(press.value)}
        return replace(said, warnings=tuple(one for one in Caution if one in turned))
    return said if press.field in (Field.OPEN, Field.DONE) else None


def _rated(said: Statement, factor: Factor) -> dict[Factor, Rating]:
    """The ratings with one factor turned: not rated, low, middle, high, and not rated again."""
    order = [None, *Rating]
    following = order[(order.index(said.ratings.get(factor)) + 1) % len(order)]
    ratings = {one: rating for one, rating in said.ratings.items() if one is not factor}
    if following is not None:
        ratings[factor] = following
    return {one: ratings[one] for one in Factor if one in ratings}


def part(words: str) -> Part:
    """What a reply to a checklist is by its first word; a sentence in own words, if by none."""
    if _ENTITY.fullmatch(words.strip()):
        return Part.ENTITY
    return Part.TRANSLATION if _TRANSLATION.fullmatch(words.strip()) else Part.NOTE


def is_taken(harm: HarmCode, wrote: Part) -> bool:
    """Of attack know-how no translation is: in no language do its steps leave the capture."""
    return wrote is not Part.TRANSLATION or harm is not HarmCode.INSTRUCT


def written(said: Statement, harm: HarmCode, words: str) -> Statement:
    """The statement with a sentence in own words, or with what follows "entity:" or "translation:".

    Unchanged where that part is not taken with this code.
    """
    entity = _ENTITY.fullmatch(words.strip())
    if entity:
        return replace(said, entity=" ".join(entity[1].split())[:_LONGEST_ENTITY])
    translation = _TRANSLATION.fullmatch(words.strip())
    if translation and not is_taken(harm, Part.TRANSLATION):
        return said
    if translation:
        translated = " ".join(translation[1].split())[:LONGEST_TRANSLATION]
        return replace(said, translation=translated)
    return replace(said, note=" ".join(words.split())[:LONGEST_NOTE])
