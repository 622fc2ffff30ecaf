"""What the API needs from the running parts: the release verb, the sealing secret, how each part is doing."""

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from lazaretto import __version__
from lazaretto.actions.learn import running_classifier
from lazaretto.actions.present_rules import PresentRules
from lazaretto.actions.release import ReleaseOutcome, release
from lazaretto.api.options import ApiOptions
from lazaretto.api.services import PartState, Probe, Services
from lazaretto.app import App
from lazaretto.model.record import DeliveryState
from lazaretto.store.editions import Editions
from lazaretto.store.outbox import queue_depth

SECRET_NAME = "cursor.key"  # noqa: S105  # the name of a file
SECRET_BYTES = 32


def services(app: App) -> Services:
    """Everything that the API calls."""
    return Services(
        database=app.database,
        blobs=app.blobs,
        release=partial(_release, app),
        verify_domain=app.verifier.verify,
        hostname=app.settings.hostname,
        version=__version__,
        porter=app.porter,
        poke_bulk=app.bulk.poke,
        submitted=app.reclassifier.poke,
        poke_rescans=app.rescanner.poke,
        rule_files=app.rescanner.rule_files,
        shipped=partial(running_classifier, app.settings.data_folder),
        ruleset=PresentRules(Editions(app.settings.data_folder)).get,
        options=ApiOptions(
            open_raw_for_benign=app.settings.http.open_raw_for_benign,
            connections=app.settings.http.max_connections,
            rate_limit=app.settings.http.rate_limit,
            rate_seconds=app.settings.http.rate_window,
            failure_limit=app.settings.http.max_failed_logins,
            proxies=app.settings.http.trusted_proxies,
        ),
        secret=sealing_secret(app.settings.data_folder),
        probes=(
            Probe("scanner", partial(_scanner, app)),
            Probe("queue", partial(_queue, app), essential=False),
            Probe("next_hops", partial(_next_hops, app), essential=False),
        ),
    )


def sealing_secret(folder: Path) -> bytes:
    """The key that cursors are sealed with: made at the first start, so that they outlive a restart."""
    path = folder / SECRET_NAME
    if path.exists() and len(kept := path.read_bytes()) == SECRET_BYTES:
        return kept
    fresh = secrets.token_bytes(SECRET_BYTES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(fresh)
    return fresh


async def _release(
    app: App, account: str, refs: Sequence[str], actor: str, *, recipients: Sequence[str] | None
) -> tuple[ReleaseOutcome, ...]:
    return await release(
        app.database,
        app.relay.poke,
        account,
        refs,
        actor,
        now=lambda: datetime.now(UTC),
        recipients=recipients,
    )


async def _scanner(app: App) -> PartState:
    state = app.scanner.state
    return PartState(
        state.alive > 0, f"{state.alive} of {state.workers} workers, {state.in_hand} messages in hand"
    )


async def _queue(app: App) -> PartState:
    depth = await app.database.read(queue_depth)
    words = [f"{depth.get(state, 0)} {state.value}" for state in _QUEUE_STATES]
    return PartState(ok=True, detail=", ".join(words))


_QUEUE_STATES = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.QUARANTINED)


async def _next_hops(app: App) -> PartState:
    hops = app.relay.hops()
    down = [f"{h.hop.host}:{h.hop.port} {h.error}" for h in hops if not h.up]
    return PartState(not down, "; ".join(down) or f"{len(hops)} in use, none down")
