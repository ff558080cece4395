"""What a moderator says of a confirmation: reasons, and answers that no machine may give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.domain.codes import HarmCode

LONGEST_NOTE = 600  # characters
LONGEST_TRANSLATION = 1000


class Factor(StrEnum):
    """The six of the Rabat Plan of Action, by which a context is rated."""

    CONTEXT = "context"
    SPEAKER = "speaker"
    INTENT = "intent"
    CONTENT = "content"
    EXTENT = "extent"
    LIKELIHOOD = "likelihood"


class Rating(StrEnum):
    """How much a factor speaks for acting, as a person sees it."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class Caution(StrEnum):
    """What the reader of a referral should know before opening the post."""

    GRAPHIC = "graphic"
    PERSONAL = "personal"
    MINORS = "minors"


# Sentences to choose from, by what the post does; their words are in the catalogues.
REASONS: Mapping[HarmCode, tuple[str, ...]] = {
    HarmCode.THREAT: ("threat-announces", "threat-target", "threat-moment", "threat-means"),
    HarmCode.INCITE: (
        "incite-calls",
        "incite-addresses",
        "incite-praises-means",
        "incite-urges-soon",
    ),
    HarmCode.INSTRUCT: (
        "instruct-explains",
        "instruct-links",
        "instruct-materials",
        "instruct-evades",
    ),
    HarmCode.RECRUIT: ("recruit-invites", "recruit-contact", "recruit-pledge", "recruit-travel"),
    HarmCode.FINANCE: ("finance-asks-money", "finance-account", "finance-goods", "finance-purpose"),
    HarmCode.OFFICIAL: (
        "official-own-mark",
        "official-claims",
        "official-uncritical",
        "official-series",
    ),
    HarmCode.GLORIFY: ("glorify-model", "glorify-praise", "glorify-imitate", "glorify-martyr"),
    HarmCode.JUSTIFY: (),
}
# What was looked at: the same for every code.
LOOKED = ("looked-whole", "looked-channel-read", "looked-no-frame")


@dataclass(frozen=True)
class Statement:
    """reasons: of `REASONS` for the code, and of `LOOKED`. note: a sentence in own words.

    has_no_exemption: the person looked for each lawful purpose and found none; False where nobody
    said so, which reads "not assessed". entity: the listed body, its list and the list's date.
    ratings: empty where nobody rated. translation: of the decisive words, by this person.
    """

    reasons: tuple[str, ...] = ()
    note: str = ""
    has_no_exemption: bool = False
    entity: str = ""
    ratings: Mapping[Factor, Rating] = field(default_factory=dict)
    warnings: tuple[Caution, ...] = ()
    translation: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "reasons": list(self.reasons),
            "note": self.note,
            "has_no_exemption": self.has_no_exemption,
            "entity": self.entity,
            "ratings": dict(self.ratings),
            "warnings": list(self.warnings),
            "translation": self.translation,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Statement":
        return cls(
            tuple(kept["reasons"]),
            kept["note"] or "",
            kept["has_no_exemption"],
            kept["entity"] or "",
            {Factor(name): Rating(rating) for name, rating in kept["ratings"].items()},
            tuple(Caution(one) for one in kept["warnings"]),
            kept["translation"] or "",
        )


def offered(harm: HarmCode) -> tuple[str, ...]:
    """The reasons that can be given for a code."""
    return (*REASONS[harm], *LOOKED)


def merged(statements: Sequence[Statement]) -> Statement:
    """What several people said of the same post, oldest first; the last word counts in ratings."""
    notes = dict.fromkeys(one.note for one in statements if one.note)
    ratings = next((one.ratings for one in reversed(statements) if one.ratings), {})
    return Statement(
        reasons=tuple(dict.fromkeys(reason for one in statements for reason in one.reasons)),
        note=" ".join(notes),
        has_no_exemption=any(one.has_no_exemption for one in statements),
        entity=next((one.entity for one in reversed(statements) if one.entity), ""),
        ratings=ratings,
        warnings=tuple(dict.fromkeys(warning for one in statements for warning in one.warnings)),
        translation=next((one.translation for one in reversed(statements) if one.translation), ""),
    )
