"""`POST hunts`: find what is stored already and matches something that was learned just now.

Ours. Nothing is stored. Each lead carries the search that a bulk job takes as it is.
"""

from starlette.responses import Response

from lazaretto.actions.hunt import hunt
from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.reply import success
from lazaretto.api.times import read_time
from lazaretto.api.wire import hunt as wire
from lazaretto.api.wire.message import Message, message
from lazaretto.model.access import Capability
from lazaretto.model.errors import Invalid
from lazaretto.model.hunt import Hunt
from lazaretto.store import moves
from lazaretto.store.rows import load
from lazaretto.store.transaction import Transaction

HUNTS = SECURITY + "/hunts"

MAX_START = 64
"""Characters of a time."""


async def make_hunt(call: Call) -> Response:
    """200 with the leads, also when they lead to nothing."""
    wish = read_json(await read_body(call.request, call.services.options), wire.DECODER)
    start = None
    if wish.start is not None:
        start = read_time(wish.start[:MAX_START])
        if start is None:
            raise Invalid(
                codes.BAD_RANGE, "start is not a time such as 2026-01-05T10:00:00Z", pointer="/start"
            )
    now = call.services.now()

    async def look(tx: Transaction) -> tuple[Hunt, dict[int, Message]]:
        found = await hunt(tx, call.account, wish.kind, wish.value, now=now, start=start)
        numbers = tuple(dict.fromkeys(number for lead in found.leads for number in lead.sample))
        domains = await moves.own_domains(tx, call.account)
        records = await load(tx, call.account, numbers)
        return found, {record.number: message(record, domains) for record in records}

    found, shown = await call.read(look)
    return success(wire.hunt_value(wish.kind, wish.value, found, shown))


ROUTES = (
    Entry(
        "POST",
        HUNTS,
        make_hunt,
        Capability.READ,
        "Find stored messages that match something learned just now",
        body=wire.HuntWish,
        result=wire.HuntValue,
        ours=True,
    ),
)
