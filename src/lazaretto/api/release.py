"""`POST investigate/release`: let held copies go.

Repeating it is safe, since SDKs repeat a POST after any broken connection: a copy that was released is not
sent again.
A message that is not known is a row with empty lists and a note; only when none is known the answer is 404.
"""

from collections.abc import Sequence

from starlette.responses import Response

from lazaretto.actions.release import ReleaseOutcome
from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call, is_reference
from lazaretto.api.entry import INVESTIGATE, Entry
from lazaretto.api.reply import success
from lazaretto.api.wire import release as wire
from lazaretto.api.wire.envelope import Note
from lazaretto.model.access import Capability
from lazaretto.model.errors import Invalid, NotFound


async def release_messages(call: Call) -> Response:
    """Every body form; one row for each message, in the order they were named."""
    wish = read_json(await read_body(call.request, call.services.options), wire.DECODER)
    references = wire.references(wish)
    _check(references, call.services.options.release_limit)
    outcomes = await call.services.release(
        call.account,
        [reference for reference in references if is_reference(reference)],
        call.token.email or call.token.name,
        recipients=None if isinstance(wish, list) else wish.recipients,
    )
    known = _by_name(outcomes)
    if not known:
        raise NotFound(codes.NOT_FOUND, "None of these messages is in this account", pointer="")
    unknown = [reference for reference in references if reference not in known]
    return success(_rows(references, known), messages=tuple(_note(reference) for reference in unknown))


def _by_name(outcomes: Sequence[ReleaseOutcome]) -> dict[str, ReleaseOutcome]:
    """The outcomes under every name that a message has: investigate id, alert id, queue id."""
    known = {}
    for outcome in outcomes:
        if outcome.found:
            known.update(
                dict.fromkeys((outcome.queue_id, outcome.id.rpartition("-")[0], outcome.id), outcome)
            )
    return known


def _rows(references: Sequence[str], known: dict[str, ReleaseOutcome]) -> list[wire.Released]:
    """A message that is named twice, by two of its names, is one row."""
    rows: dict[str, wire.Released] = {}
    for reference in references:
        outcome = known.get(reference)
        row = wire.unknown(reference) if outcome is None else wire.released(outcome)
        rows.setdefault(row.id, row)
    return list(rows.values())


def _check(references: Sequence[str], limit: int) -> None:
    if not references:
        raise Invalid(
            codes.MISSING_FIELD, "No message is named; send an array of ids, or ids", pointer="/ids"
        )
    if len(references) > limit:
        raise Invalid(codes.BAD_RANGE, f"At most {limit} messages can be released at once", pointer="/ids")


def _note(reference: str) -> Note:
    shown = reference if is_reference(reference) else "an id that cannot be one"
    return Note(codes.NOT_FOUND, f"There is no message {shown} in this account")


ROUTES = (
    Entry(
        "POST",
        INVESTIGATE + "/release",
        release_messages,
        Capability.ACT,
        "Release held messages to their recipients",
        body=list[str] | wire.Wish,
        result=list[wire.Released],
    ),
)
