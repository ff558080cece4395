"""What was seen of a post when it came before people: sealed, and never changed afterwards."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SCHEMA = "saring-capture-1"


@dataclass(frozen=True)
class Capture:
    """content: canonical JSON, None once it has been forgotten; its hash stays.

    picture_sha256: of the picture of it, None before there is one. picture_hides_words: the
    picture shows "[steps removed]" in place of the words.
    """

    revision_id: int
    taken_at: datetime
    content: str | None
    sha256: str
    picture_sha256: str | None = None
    picture_hides_words: bool | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What the content says; empty where it has been forgotten."""
        return dict(json.loads(self.content)) if self.content else {}


def sealed(facts: Mapping[str, Any]) -> tuple[str, str]:
    """The facts as canonical JSON (keys sorted, no spaces, UTF-8), and its SHA-256."""
    content = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return content, hashlib.sha256(content.encode()).hexdigest()
