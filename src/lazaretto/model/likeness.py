"""What makes two messages alike: the traits that a campaign keeps while it changes everything else."""

from dataclasses import dataclass
from enum import StrEnum


class Alike(StrEnum):
    """One way of being alike, strongest first."""

    FINGERPRINT = "fingerprint"  # the same content by the fuzzy hash
    ATTACHMENT = "attachment"  # the same file
    SENDER = "sender"  # the same address writes under the same form of subject
    LINK = "link"  # a link to the same host


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of one message."""

    kind: Alike
    value: str  # compared; for a sender the address and the form of the subject
    shown: str  # for people
