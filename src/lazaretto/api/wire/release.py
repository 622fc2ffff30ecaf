"""Release: what clients send, in the four forms that SDKs have had, and what became of each message.

SDKs up to 5.8 send a bare array, 5.9 sends `ids`, and newer ones called the old way send `body`.
`recipients` is ours: only these recipients' copies are released.
"""

import msgspec

from lazaretto.actions.release import ReleaseOutcome


class Wish(msgspec.Struct, frozen=True):
    """The object forms."""

    ids: list[str] | None = None
    postfix_ids: list[str] | None = None
    body: list[str] | None = None
    recipients: list[str] | None = None


class Released(msgspec.Struct, frozen=True):
    """One row of ReleaseBulkResponse: each recipient stands in exactly one of the three lists."""

    id: str
    postfix_id: str
    delivered: tuple[str, ...]
    failed: tuple[str, ...]
    undelivered: tuple[str, ...]


DECODER = msgspec.json.Decoder(list[str] | Wish)


def references(wish: list[str] | Wish) -> tuple[str, ...]:
    """The ids of all forms together, in order, each once."""
    if isinstance(wish, list):
        return tuple(dict.fromkeys(wish))
    forms = (wish.ids, wish.postfix_ids, wish.body)
    return tuple(dict.fromkeys(reference for form in forms for reference in form or ()))


def released(outcome: ReleaseOutcome) -> Released:
    """The row of a message that was found."""
    return Released(outcome.id, outcome.queue_id, outcome.delivered, outcome.failed, outcome.undelivered)


def unknown(reference: str) -> Released:
    """The row of a message that was not. `postfix_id` must not be null, so it repeats what was given."""
    return Released(reference, reference.partition("-")[0], (), (), ())
