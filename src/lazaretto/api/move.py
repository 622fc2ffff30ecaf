"""`POST investigate/{id}/move` and `POST investigate/move`: bring delivered copies to another folder.

One row for each message and recipient of ours. Repeating it is safe, since SDKs repeat a POST after any
broken connection: a copy that lies there already is left alone, and its row says OK. A message that is not
known is 404 where the path names it, and a row with NOT_FOUND among many.
"""

from collections.abc import Sequence

from starlette.responses import Response

from lazaretto.actions.move import MoveOutcome, move
from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call, find_record, is_reference
from lazaretto.api.entry import INVESTIGATE, MESSAGE, Entry
from lazaretto.api.reply import success
from lazaretto.api.wire import move as wire
from lazaretto.model.access import Capability
from lazaretto.model.errors import Invalid
from lazaretto.model.job import Destination, MoveStatus

MAX_MESSAGES = 1_000
"""Of one request, as published."""


async def move_message(call: Call) -> Response:
    """One message; a row for each recipient."""
    wish = read_json(await read_body(call.request, call.services.options), wire.DECODER)
    record = await find_record(call)
    return success([wire.moved(one) for one in await _move(call, (record.id,), wish.destination)])


async def move_messages(call: Call) -> Response:
    """Many messages, in the order they were named."""
    wish = read_json(await read_body(call.request, call.services.options), wire.DECODER_FOR_MANY)
    references = wire.references(wish)
    if not references:
        raise Invalid(codes.MISSING_FIELD, "No message is named; send ids", pointer="/ids")
    if len(references) > MAX_MESSAGES:
        text = f"At most {MAX_MESSAGES} messages can be moved at once"
        raise Invalid(codes.BAD_RANGE, text, pointer="/ids")
    known = tuple(reference for reference in references if is_reference(reference))
    outcomes = list(await _move(call, known, wish.destination))
    outcomes += (
        _never(call, reference, wish.destination) for reference in references if not is_reference(reference)
    )
    return success([wire.moved(one) for one in outcomes])


async def _move(call: Call, references: Sequence[str], folder: Destination) -> tuple[MoveOutcome, ...]:
    return await move(
        call.services.database,
        call.services.porter,
        call.account,
        references,
        folder=folder.value,
        actor=call.actor,
        now=call.services.now,
    )


def _never(call: Call, reference: str, folder: Destination) -> MoveOutcome:
    """What cannot be an id is not even looked up."""
    return MoveOutcome(reference, None, folder.value, MoveStatus.NOT_FOUND, call.services.now(), found=False)


ROUTES = (
    Entry(
        "POST",
        INVESTIGATE + "/move",
        move_messages,
        Capability.ACT,
        "Move messages to another folder",
        body=wire.WishForMany,
        result=list[wire.Moved],
    ),
    Entry(
        "POST",
        MESSAGE + "/move",
        move_message,
        Capability.ACT,
        "Move one message to another folder",
        body=wire.Wish,
        result=list[wire.Moved],
    ),
)
