"""What operators and their tools ask: alive, ready, counters.

`/livez` says that the process answers.
`/readyz` asks every part, and is 503 when an essential one is not well.
None of them needs a credential, and none tells anything about a message.
"""

import asyncio

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from lazaretto.api.call import Desk
from lazaretto.api.reply import JSON, encode
from lazaretto.api.services import PartState, Probe
from lazaretto.telemetry import metrics

PROBE_SECONDS = 2.0
"""How long one part may take to say how it is; silence is not well."""


class Part(msgspec.Struct, frozen=True):
    """One part in the answer."""

    ok: bool
    essential: bool
    detail: str


class Readiness(msgspec.Struct, frozen=True):
    """The answer of /readyz."""

    ready: bool
    parts: dict[str, Part]


async def show_live(desk: Desk, _: Request) -> Response:
    """The process answers."""
    del desk
    return Response(b'{"live":true}', media_type=JSON)


async def show_ready(desk: Desk, _: Request) -> Response:
    """Every part, in words, and whether all that is essential works."""
    readiness = await ask_all(desk)
    return Response(encode(readiness), 200 if readiness.ready else 503, media_type=JSON)


async def show_metrics(desk: Desk, _: Request) -> Response:
    """Counters for Prometheus."""
    del desk
    return Response(generate_latest(metrics.REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def ask_all(desk: Desk) -> Readiness:
    """All parts at once; the store is asked here, the others bring their own question."""
    probes = (Probe("store", lambda: _ask_store(desk)), *desk.services.probes)
    async with asyncio.TaskGroup() as group:
        tasks = {probe.name: (probe, group.create_task(_ask(probe))) for probe in probes}
    states = {name: (probe, task.result()) for name, (probe, task) in tasks.items()}
    parts = {name: Part(state.ok, probe.essential, state.detail) for name, (probe, state) in states.items()}
    return Readiness(all(part.ok for part in parts.values() if part.essential), parts)


async def _ask(probe: Probe) -> PartState:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await probe.ask()
    except TimeoutError:
        return PartState(ok=False, detail=f"no answer within {PROBE_SECONDS:g} seconds")
    except Exception as error:  # noqa: BLE001 - a part that breaks when asked is not well, and the page must say so
        return PartState(ok=False, detail=type(error).__name__)


async def _ask_store(desk: Desk) -> PartState:
    await desk.services.database.read(lambda tx: tx.value("SELECT 1"))
    return PartState(ok=True, detail=f"{desk.services.database.dialect} answers")
