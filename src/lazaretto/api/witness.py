"""Between a request and its operation: what is done is in the audit log before anybody sees that it was.

Rules. Plain reading leaves no trace here. Reading content, or who may do what, is one entry, written before
the answer is given. A change is two: what is asked, written before the operation begins or as soon as it has
the body, and how it ended. An entry that was asked and has no end belongs to a server that died: the change
may have been made. What a known credential was refused is one entry.
An entry that cannot be written ends the request.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.call import Call
from lazaretto.api.entry import Entry
from lazaretto.api.reply import HttpError, failure
from lazaretto.api.trail import MAX_BODY, parameters, target
from lazaretto.model.access import Capability
from lazaretto.model.audit import Deed, Json, Stage
from lazaretto.model.errors import Refusal, TryLater

READING = ("GET", "HEAD")
BROKEN = 500


def is_audited(entry: Entry) -> bool:
    """Everything but plain reading, when the entry does not say otherwise."""
    if entry.audited is not None:
        return entry.audited
    return entry.method not in READING or entry.needs is not Capability.READ


async def attend(call: Call, entry: Entry) -> Response:
    """The answer of the operation, with its entries in the log."""
    if not is_audited(entry):
        return await entry.operation(call)
    if entry.method in READING:
        return await _read(call, entry)
    return await _change(call, entry)


async def refuse(call: Call, entry: Entry, status: int) -> None:
    """A known credential may not do this."""
    await _write(call, _deed(call, entry, None, status=status))


async def _read(call: Call, entry: Entry) -> Response:
    async def tell(status: int) -> None:
        await _write(call, _deed(call, entry, None, status=status))

    return await _told(call, entry, tell)


async def _change(call: Call, entry: Entry) -> Response:
    asking = _Asking(call, entry)
    if not _has_body(call):
        await asking.write(b"")
    call.request.state.witness = asking.write
    return await _told(call, entry, asking.end)


async def _told(call: Call, entry: Entry, tell: Callable[[int], Awaitable[object]]) -> Response:
    """Run the operation and tell its status, whatever it is, before anything is answered."""
    try:
        response = await entry.operation(call)
    except (Refusal, HttpError) as refusal:
        await tell(failure(refusal).status_code)
        raise
    except Exception:
        await tell(BROKEN)
        raise
    await tell(response.status_code)
    return response


@dataclass(slots=True)
class _Asking:
    """The two entries of one change."""

    call: Call
    entry: Entry
    asked: int | None = None

    async def write(self, body: bytes) -> None:
        """What is asked, once."""
        if self.asked is None:
            asked = partial(_deed, self.call, self.entry, body, status=None)
            deed = await asyncio.to_thread(asked) if len(body) > MAX_BODY else asked()
            self.asked = await _write(self.call, replace(deed, stage=Stage.ASKED))

    async def end(self, status: int) -> None:
        """How it ended. A body that never came whole leaves one entry."""
        deed = _deed(self.call, self.entry, None, status=status)
        if self.asked is not None:
            deed = replace(deed, stage=Stage.ENDED, begun=self.asked)
        await _write(self.call, deed)


def _has_body(call: Call) -> bool:
    """The operation may read one."""
    headers = call.request.headers
    return headers.get("content-length", "0").strip() != "0" or "transfer-encoding" in headers


def _deed(call: Call, entry: Entry, body: bytes | None, *, status: int | None) -> Deed:
    state = call.request.state
    notes: dict[str, Json] = dict(getattr(state, "notes", {}))
    return Deed(
        call.actor,
        f"{call.request.method} {entry.path}",
        target=target(call.request.path_params, call.account),
        parameters={**parameters(call.request.query_params.multi_items(), body), **notes},
        token=call.token.id,
        client=call.address,
        status=status,
        request=getattr(state, "request_id", None),
    )


async def _write(call: Call, deed: Deed) -> int:
    try:
        return await call.desk.audit.add(call.account, deed, call.services.now())
    except TimeoutError:
        raise TryLater(codes.TRY_LATER, "The audit log is too busy to be written; try again") from None
