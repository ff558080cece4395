"""Who may do what. A person may hold several roles; a stranger holds none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

INVITE_LIFETIME = timedelta(days=3)


class Role(StrEnum):
    """Admins add channels and people, moderators decide, recipients get digests."""

    ADMIN = "admin"
    MODERATOR = "moderator"
    RECIPIENT = "recipient"


@dataclass(frozen=True)
class Person:
    """Somebody who joined. `name` is shown to colleagues, never to recipients or in the audit.

    group: the recipients' group that this member of it speaks for just now; None in a private chat.
    """

    id: int
    telegram_id: int
    name: str
    language: str
    roles: frozenset[Role]
    group: int | None = None

    def holds(self, role: Role) -> bool:
        return role in self.roles

    @property
    def pseudonym(self) -> str:
        return f"M{self.id}"


@dataclass(frozen=True)
class Invite:
    """A one-time link to a role. Only the token's SHA-256 is kept.

    is_for_group: it lets a group of recipients in, and no person.
    """

    id: int
    role: Role
    expires_at: datetime
    is_for_group: bool = False
