"""`email-security/audit`: what was done in the account, and whether the log is whole.

Rules. Newest first, as pages; each reading adds an entry, so a reader who wants still pages gives `before`.
A client that asks for `application/x-ndjson` gets everything that fits as JSON lines, oldest first.

Limits: verifying reads the whole chain; one at a time is done, others wait.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from starlette.responses import Response, StreamingResponse

from lazaretto.api import codes
from lazaretto.api.accept import prefers
from lazaretto.api.call import Call
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.paging import page_info, read_query
from lazaretto.api.reply import JSON, success
from lazaretto.api.wire import audit as wire
from lazaretto.model.access import Capability
from lazaretto.model.audit import AuditEntry, Head, canonical
from lazaretto.model.errors import Invalid, TryLater
from lazaretto.store.audit import (
    CHUNK,
    LOWEST,
    AuditFilter,
    count_audit,
    list_audit,
    read_audit,
    verify_audit,
)
from lazaretto.store.database import Transaction

AUDIT = SECURITY + "/audit"
JSON_LINES = "application/x-ndjson"

VERIFY_SECONDS = 50.0
"""Below the 60 seconds after which SDKs give up: about a million entries. The command line has no limit."""


async def list_entries(call: Call) -> Response:
    """A page, or all of them."""
    query = read_query(call.request, wire.AuditQuery)
    if query.start is not None and query.end is not None and query.start > query.end:
        raise Invalid(codes.BAD_RANGE, "start must not be later than end", pointer="start")
    wanted = AuditFilter(query.actor, query.operation, query.start, query.end, query.before)
    if prefers(call.request.headers.get("accept", ""), JSON_LINES, JSON):
        return StreamingResponse(_lines(call, wanted), media_type=JSON_LINES)

    async def find(tx: Transaction) -> tuple[tuple[AuditEntry, ...], int]:
        wish = query.wish
        shown = await list_audit(tx, call.account, wanted, limit=wish.per_page, offset=wish.offset)
        return shown, await count_audit(tx, call.account, wanted)

    shown, total = await call.read(find)
    return success([entry.exported for entry in shown], result_info=page_info(query, len(shown), total))


async def verify(call: Call) -> Response:
    """Walk over the chain; with an anchor, look for it on the way."""
    query = read_query(call.request, wire.AnchorQuery)
    if (query.sequence is None) != (query.hash is None):
        missing = "hash" if query.hash is None else "sequence"
        text = "An anchor is sequence and hash together"
        raise Invalid(codes.MISSING_FIELD, text, pointer=missing)
    anchors = () if query.sequence is None or query.hash is None else (Head(query.sequence, query.hash),)
    try:
        async with asyncio.timeout(VERIFY_SECONDS), call.desk.verify_turn:
            found = await verify_audit(call.services.database, call.account, anchors=anchors)
    except TimeoutError:
        text = "The log is too long to be verified here; use `lazaretto audit verify`"
        raise TryLater(codes.TRY_LATER, text) from None
    return success(wire.verified(found))


async def _lines(call: Call, wanted: AuditFilter) -> AsyncIterator[bytes]:
    after = LOWEST
    while True:
        entries = await call.read(partial(read_audit, account=call.account, wanted=wanted, after=after))
        if entries:
            yield "".join(f"{canonical(entry.exported)}\n" for entry in entries).encode("ascii")
        if len(entries) < CHUNK:
            return
        after = entries[-1].sequence


ROUTES = (
    Entry(
        "GET", AUDIT + "/verify", verify, Capability.AUDIT, "Is the audit log whole",
        query=wire.AnchorQuery, result=wire.Verified, ours=True,
    ),
    Entry(
        "GET", AUDIT, list_entries, Capability.AUDIT, "What was done in the account",
        query=wire.AuditQuery, result=list[wire.Entry], pages="page", ours=True,
    ),
)  # fmt: skip
