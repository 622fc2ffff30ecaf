"""A person who works in an account."""

from dataclasses import dataclass
from datetime import datetime

from lazaretto.model.access import Capability, Role


@dataclass(frozen=True, slots=True)
class User:
    """Whom credentials can belong to; what they do is logged under the email address."""

    id: str  # 32 hex digits
    account: str
    email: str  # lower case
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None = None

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the user's credentials may do at most: nothing once the user is disabled."""
        return frozenset() if self.disabled_at else self.role.capabilities
