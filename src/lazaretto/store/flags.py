"""What the search filters on besides text, as bits of one column.

Rules. The column is a fold of other tables and is written only here in `store`, in the transaction of the
fact that changes it. It stands in the same index as the position: filters are answered from the index alone.
The numbers are stored: they may be added to, never changed.
"""

from collections.abc import Iterable

from lazaretto.model.disposition import DETECTIONS, Disposition
from lazaretto.model.record import DeliveryState, Operation
from lazaretto.query.criteria import MessageAction

SUBMISSION = 1 << 0
DETECTION = 1 << 1  # the partial index record_detection names this number
BYTES_GONE = 1 << 2
FACTS_GONE = 1 << 3

DISPOSITIONS = {
    Disposition.MALICIOUS: 1 << 8,
    Disposition.MALICIOUS_BEC: 1 << 9,
    Disposition.SUSPICIOUS: 1 << 10,
    Disposition.SPOOF: 1 << 11,
    Disposition.SPAM: 1 << 12,
    Disposition.BULK: 1 << 13,
    Disposition.ENCRYPTED: 1 << 14,
    Disposition.EXTERNAL: 1 << 15,
    Disposition.UNKNOWN: 1 << 16,
    Disposition.NONE: 1 << 17,
}
STATES = {
    DeliveryState.QUEUED: 1 << 24,
    DeliveryState.DELIVERED: 1 << 25,
    DeliveryState.QUARANTINED: 1 << 26,
    DeliveryState.REJECTED: 1 << 27,
    DeliveryState.DEFERRED: 1 << 28,
    DeliveryState.BOUNCED: 1 << 29,
    DeliveryState.MOVED: 1 << 30,
    DeliveryState.MOVE_FAILED: 1 << 31,
    DeliveryState.NONE: 1 << 32,
}
OPERATIONS = {
    Operation.MOVE: 1 << 40,
    Operation.RELEASE: 1 << 41,
    Operation.RECLASSIFY: 1 << 42,
    Operation.SUBMISSION: 1 << 43,
    Operation.QUARANTINE_RELEASE: 1 << 44,
    Operation.PREVIEW: 1 << 45,
}
MESSAGE_ACTIONS: dict[MessageAction, int] = {
    "PREVIEW": OPERATIONS[Operation.PREVIEW],
    "QUARANTINE_RELEASED": OPERATIONS[Operation.QUARANTINE_RELEASE] | OPERATIONS[Operation.RELEASE],
    "MOVED": OPERATIONS[Operation.MOVE],
}

ALL_DISPOSITIONS = sum(DISPOSITIONS.values()) | DETECTION
ALL_STATES = sum(STATES.values())


def of_disposition(disposition: Disposition) -> int:
    """The bits that a disposition sets."""
    return DISPOSITIONS[disposition] | (DETECTION if disposition in DETECTIONS else 0)


def of_states(states: Iterable[DeliveryState]) -> int:
    """The bits of a set of delivery states."""
    return sum(STATES[state] for state in set(states))
