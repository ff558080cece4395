"""The two axes: what a post does (harm) and why it is posted (purpose).

`Unsure` is an event, never a code. Definitions stand in docs/glossary.md.
"""

from enum import StrEnum


class HarmCode(StrEnum):
    """What the post does. All but JUSTIFY may be referred."""

    THREAT = "THREAT"
    INCITE = "INCITE"
    INSTRUCT = "INSTRUCT"
    RECRUIT = "RECRUIT"
    FINANCE = "FINANCE"
    OFFICIAL = "OFFICIAL"
    GLORIFY = "GLORIFY"
    JUSTIFY = "JUSTIFY"

    @property
    def is_forwardable(self) -> bool:
        return self in FORWARDABLE

    @property
    def approvals(self) -> int:
        """How many people must confirm it: 1 or 2."""
        return 2 if self is HarmCode.GLORIFY else 1


FORWARDABLE = frozenset(HarmCode) - {HarmCode.JUSTIFY}


class PurposeCode(StrEnum):
    """Why it is posted. A post that carries one is never referred."""

    NEWS = "NEWS"
    COUNTER = "COUNTER"
    STUDY = "STUDY"
    FAITH = "FAITH"
    POLIT = "POLIT"
    RIGHTS = "RIGHTS"
    ART = "ART"
    AID = "AID"
    OTHER = "OTHER"
