"""What policy orders for each recipient of a judged message."""

from dataclasses import dataclass
from enum import StrEnum

from lazaretto.model.disposition import Disposition
from lazaretto.model.judgement import ListMatch


class Order(StrEnum):
    """What happens to one recipient's copy."""

    DELIVER = "deliver"
    TAG = "tag"  # deliver with the disposition marked in the headers and the subject
    QUARANTINE = "quarantine"
    REJECT = "reject"  # refuse at the door with 550; the record is kept
    DEFER = "defer"  # refuse for now with 451


@dataclass(frozen=True, slots=True)
class RecipientOrder:
    """The order for one recipient and the sentence that explains it."""

    recipient: str
    order: Order
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One order a recipient."""

    disposition: Disposition
    orders: tuple[RecipientOrder, ...]
    version: int = 1
    matches: tuple[ListMatch, ...] = ()  # entries of the account's lists that had a say
