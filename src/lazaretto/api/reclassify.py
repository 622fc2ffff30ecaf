"""`POST investigate/{id}/reclassify`: say what a message really is.

The answer is 202 with an empty result: a team submission was stored, and a role works on it.
Repeating it is safe: the same wish of the same person is the same submission, while it is pending and for a
minute after it was made.
"""

import msgspec
from starlette.responses import Response

from lazaretto.actions.submit import Ask, check_follow_up, submit
from lazaretto.api.body import read_json
from lazaretto.api.call import Call, find_record
from lazaretto.api.entry import MESSAGE, Entry
from lazaretto.api.query import read_flag
from lazaretto.api.reply import success
from lazaretto.api.upload import store_eml, upload
from lazaretto.api.wire import submissions as wire
from lazaretto.model.access import Capability
from lazaretto.model.disposition import Disposition
from lazaretto.model.submission import Purpose

ACCEPTED = 202


class Query(msgspec.Struct, frozen=True):
    """Where to look for the message."""

    submission: bool | None = None


class Nothing(msgspec.Struct, frozen=True):
    """An empty object."""


async def reclassify_message(call: Call) -> Response:
    """Store the wish and tell the role."""
    submissions = read_flag(call.request.query_params.multi_items(), "submission")
    async with upload(call) as octets:
        wish = read_json(octets, wire.RECLASSIFY)
        record = await find_record(call, submissions=submissions)
        ask = read_ask(wish, record.id)
        check_follow_up(ask)
        ask = await with_eml(call, ask, wish.eml_content, "/eml_content")
    now = call.services.now()
    made = await call.write(lambda tx: submit(tx, call.account, call.actor, ask, now=now))
    call.note("submission_id", made.id)
    call.services.submitted()
    return success(Nothing(), status=ACCEPTED)


def read_ask(wish: wire.Reclassify, reference: str, *, purpose: Purpose = Purpose.RECLASSIFICATION) -> Ask:
    """The wish as the action takes it, without the uploaded message."""
    return Ask(
        reference=reference,
        disposition=Disposition(wish.expected_disposition),
        purpose=purpose,
        escalates=wish.escalated_submission_id,
        follow_up=wish.follow_up,
        destination=wish.destination,
    )


async def with_eml(call: Call, ask: Ask, text: str | None, pointer: str) -> Ask:
    """The same with the uploaded message stored, if there is one. Raises Invalid."""
    if text is None:
        return ask
    return ask.with_blob(await store_eml(call, text, pointer))


ROUTES = (
    Entry(
        "POST",
        MESSAGE + "/reclassify",
        reclassify_message,
        Capability.ACT,
        "Say what a message really is",
        query=Query,
        body=wire.Reclassify,
        result=Nothing,
        status=ACCEPTED,
    ),
)
