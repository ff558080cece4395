"""Licences of corpora, and the one question asked of them: may a model trained on it be shipped?"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

# SPDX names. They ask for credit at most, which the model card gives.
PERMISSIVE = frozenset({"CC0-1.0", "CC-BY-4.0", "MIT", "Apache-2.0"})
# Non-commercial or research use: a model that anybody may run would go beyond it.
RESTRICTIVE = frozenset({"CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "research-only"})
NOT_STATED = "none"


class Shipping(StrEnum):
    """Whether a model trained on a corpus may be given away."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Licence:
    """name: an SPDX name, `research-only` or `none`; stated_by: who says so, and where.

    verified: the owner's own statement was read; hearsay is not enough to ship a model.
    """

    name: str
    stated_by: str
    verified: bool

    @property
    def shipping(self) -> Shipping:
        """FORBIDDEN by name even as hearsay; ALLOWED only where the owner was read."""
        if self.name in RESTRICTIVE:
            return Shipping.FORBIDDEN
        if self.name in PERMISSIVE and self.verified:
            return Shipping.ALLOWED
        return Shipping.UNKNOWN


class Licensed(Protocol):
    @property
    def licence(self) -> Licence: ...


def may_ship(corpus: Licensed) -> bool:
    """True only where the licence clearly allows it: what is not known counts as no.

    An operator who has asked the owner decides otherwise for a model of their own; this function
    knows the licence alone.
    """
    return corpus.licence.shipping is Shipping.ALLOWED
