"""`rescans`: stored messages judged again in the background, under changed rules, thresholds or orders.

Ours. A rescan changes nothing but itself. What is tried is laid over what runs when the work begins.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.query import read_criteria, read_values
from lazaretto.api.reply import success
from lazaretto.api.wire import rescan_wish as wire
from lazaretto.api.wire.bulk import filters
from lazaretto.model.access import Capability
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.rescan import Asked
from lazaretto.scan.overrides import NOTHING, OVERRIDES_FILE, Overrides, RuleChange, write_overrides
from lazaretto.scan.rulefiles import RuleFileError, shipped_files
from lazaretto.scan.ruleset import parse_ruleset
from lazaretto.store import codec, rescans

RESCANS = SECURITY + "/rescans"
RESCAN = RESCANS + "/{rescan_id}"
ACCEPTED = 202


async def make_rescan(call: Call) -> Response:
    """202 with the rescan, which waits."""
    wish = read_json(await read_body(call.request, call.services.options), wire.DECODER)
    overrides = await asyncio.to_thread(_overrides, wish, call.services.rule_files)
    asked = Asked(
        search=b"" if wish.ids else _search(wish, call),
        ids=tuple(wish.ids),
        limit=wish.limit,
        overrides=overrides,
        orders=tuple(wish.orders.items()),
        without_lists=wish.without_lists,
    )
    now = call.services.now()
    made = await call.write(lambda tx: rescans.add_rescan(tx, call.account, call.actor, asked, now=now))
    call.services.poke_rescans()
    call.note("rescan", made.id)
    response = success(wire.rescan_row(made))
    response.status_code = ACCEPTED
    return response


async def list_rescans(call: Call) -> Response:
    """All that are kept, newest first, without their outcomes."""
    found = await call.read(lambda tx: rescans.list_rescans(tx, call.account))
    return success([wire.rescan_row(one) for one in found])


async def get_rescan(call: Call) -> Response:
    """One, with its outcome when it has completed."""
    found = await call.read(lambda tx: rescans.get_rescan(tx, call.account, _id(call)))
    if found is None:
        raise _missing()
    return success(wire.rescan_row(found))


async def remove_rescan(call: Call) -> Response:
    """Forget one; one that runs ends."""
    if not await call.write(lambda tx: rescans.remove_rescan(tx, call.account, _id(call))):
        raise _missing()
    return success(wire.RescanRemoved(_id(call)))


def _id(call: Call) -> str:
    return str(call.request.path_params["rescan_id"])


def _missing() -> NotFound:
    return NotFound(codes.NO_JOB, "There is no such rescan", pointer="rescan_id")


def _search(wish: wire.RescanWish, call: Call) -> bytes:
    asked = wish.search_params
    try:
        values = read_values(filters(asked)) if asked is not None else {}
        criteria = read_criteria(values, call.services.now())
    except Invalid as problem:
        pointer = f"/search_params/{problem.pointer}"
        raise Invalid(problem.code, problem.public, pointer=pointer) from None
    said = asked is not None and isinstance(asked.detections_only, bool)
    return codec.encode(criteria if said else replace(criteria, detections_only=False))


def _overrides(wish: wire.RescanWish, running: Callable[[], Mapping[str, bytes]]) -> bytes:
    """The changes as a rule file, tried on the rules that run. Raises Invalid."""
    changes = tuple(
        RuleChange(one.id, weight=one.weight, limit=one.limit, floor=one.floor, enabled=one.enabled)
        for one in wish.rules
    )
    overrides = Overrides(changes, wish.thresholds)
    if overrides == NOTHING:
        return b""
    try:
        content = write_overrides(overrides)
        parse_ruleset({**shipped_files(), **running(), OVERRIDES_FILE: content})
    except RuleFileError as problem:
        text = str(problem).removeprefix(f"{OVERRIDES_FILE}: ")
        pointer = "/thresholds" if text.startswith("threshold") else "/rules"
        raise Invalid(codes.GENERIC, text[:500], pointer=pointer) from None
    return content


ROUTES = (
    Entry(
        "POST",
        RESCANS,
        make_rescan,
        Capability.ACT,
        "Judge stored messages again under other rules",
        body=wire.RescanWish,
        result=wire.RescanRow,
        status=ACCEPTED,
        ours=True,
    ),
    Entry(
        "GET", RESCANS, list_rescans, Capability.READ, "List rescans", result=list[wire.RescanRow], ours=True
    ),
    Entry("GET", RESCAN, get_rescan, Capability.READ, "Show one rescan", result=wire.RescanRow, ours=True),
    Entry(
        "DELETE",
        RESCAN,
        remove_rescan,
        Capability.ACT,
        "Remove a rescan",
        result=wire.RescanRemoved,
        ours=True,
    ),
)
