"""What stays the same for all sessions of one gateway."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lazaretto.intake.limits import GatewayLimits


@dataclass(frozen=True, slots=True)
class Terms:
    """Name, limits and manner of a gateway, and the two things it cannot know by itself."""

    hostname: str
    limits: GatewayLimits
    lmtp: bool
    tls: bool  # STARTTLS is offered
    queue_id: Callable[[], str]
    clock: Callable[[], datetime]
