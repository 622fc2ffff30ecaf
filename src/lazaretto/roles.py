"""What runs: each role is one coroutine, all of them in one task group, stopped in order by SIGTERM.

An error in one connection or job is contained where it happens.
An error that escapes a role ends the process, so that the service manager sees it and starts it anew.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime

import structlog

from lazaretto.api.app import build_api
from lazaretto.api.server import build_server
from lazaretto.api.uses import Uses
from lazaretto.app import (
    App,
    WrongStart,
    door_rules,
    make_folder,
    open_app,
    retention_ages,
    smtp_limits,
    tls_context,
)
from lazaretto.health import services
from lazaretto.intake.gateway import Gateway
from lazaretto.intake.reception import Reception
from lazaretto.settings.sections import Settings
from lazaretto.store.credentials import touch_tokens
from lazaretto.store.errors import WrongStore
from lazaretto.store.lock import hold
from lazaretto.store.outbox import queue_depth
from lazaretto.store.recovery import recover
from lazaretto.store.retention import expire
from lazaretto.telemetry import metrics

log = structlog.get_logger()

STOP_SECONDS = 20.0
"""Time that transactions in progress have to end after SIGTERM."""

HOUSEKEEPING_SECONDS = 600.0
QUEUE_GAUGE_SECONDS = 2.0
TOKEN_USE_SECONDS = 10.0

Ready = Callable[[App], None]


async def serve(settings: Settings, *, ready: Ready | None = None) -> None:
    """Run everything until SIGTERM or SIGINT. Raises WrongStart when it cannot begin."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    make_folder(settings.data_folder)
    http = _listen(settings.http.host, settings.http.port, "http.port")
    with closing(http), _alone(settings):
        async with open_app(settings) as app:
            await _recover(app)
            await run(app, http, stop, ready=ready)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """The only server on this data folder."""
    try:
        with hold(settings.data_folder):
            yield
    except WrongStore as problem:
        raise WrongStart(str(problem)) from None


async def _recover(app: App) -> None:
    """Settle what an earlier process of ours left behind when it was killed."""
    left = await app.database.write(lambda tx: recover(tx, datetime.now(UTC)))
    if left:
        log.warning("records abandoned by an earlier process", count=left)


async def run(app: App, http: socket.socket, stop: asyncio.Event, *, ready: Ready | None = None) -> None:
    """All roles of an open app, until `stop` is set."""
    gateways = _gateways(app)
    api = services(app)
    server = build_server(build_api(api), api.options)
    async with asyncio.TaskGroup() as roles:
        for gateway, port in gateways:
            await _start(
                gateway,
                app.settings.smtp.host,
                port,
                "smtp.port" if gateway is gateways[0][0] else "smtp.lmtp_port",
            )
        roles.create_task(app.relay.run(), name="relay")
        roles.create_task(app.bulk.run(), name="bulk")
        roles.create_task(app.reclassifier.run(), name="reclassify")
        roles.create_task(app.report_reader.run(), name="reports")
        web = roles.create_task(server.serve(sockets=[http]), name="http")
        background = [
            roles.create_task(_keep_house(app), name="housekeeping"),
            roles.create_task(_gauge_queue(app), name="queue-gauge"),
            roles.create_task(_note_uses(app, api.uses), name="token-uses"),
            roles.create_task(app.verifier.run(), name="domains"),
            roles.create_task(app.learner.run(), name="learning"),
            roles.create_task(app.rule_watch.run(), name="rules"),
            roles.create_task(app.rescanner.run(), name="rescans"),
        ]
        spare_the_collector()
        log.info(
            "ready", smtp=app.settings.smtp.port, http=http.getsockname()[1], hostname=app.settings.hostname
        )
        if ready is not None:
            ready(app)
        waiting = asyncio.ensure_future(stop.wait())
        await asyncio.wait({waiting, web}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        log.info("stopping")
        await asyncio.gather(*(gateway.stop(STOP_SECONDS) for gateway, _ in gateways))
        server.should_exit = True
        app.bulk.stop()
        app.reclassifier.stop()
        app.report_reader.stop()
        app.relay.stop()
        for task in background:
            task.cancel()
    log.info("stopped")


def spare_the_collector() -> None:
    """What was built at the start lives for ever and holds no cycles worth looking for."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _gateways(app: App) -> list[tuple[Gateway, int]]:
    smtp = app.settings.smtp
    doors = [("smtp", smtp.port, False)] + ([("lmtp", smtp.lmtp_port, True)] if smtp.lmtp_port else [])
    return [
        (
            Gateway(
                Reception(
                    app.road,
                    each_replies=each,
                    rules=door_rules(app.settings),
                    reported=app.report_reader.poke,
                ),
                hostname=app.settings.hostname,
                limits=smtp_limits(app.settings),
                protocol="lmtp" if protocol == "lmtp" else "smtp",
                tls=tls_context(app.settings),
                proxy_peers=smtp.proxy_peers,
                xclient_peers=smtp.xclient_peers,
                spool_folder=app.settings.spool_folder,
            ),
            port,
        )
        for protocol, port, each in doors
    ]


async def _start(gateway: Gateway, host: str, port: int, setting: str) -> None:
    try:
        await gateway.start(host, port)
    except OSError as problem:
        raise _cannot_listen(host, port, setting, problem) from None


def _listen(host: str, port: int, setting: str) -> socket.socket:
    """Bind before anything else is opened: a taken port is the most frequent wrong start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as problem:
        listener.close()
        raise _cannot_listen(host, port, setting, problem) from None
    return listener


def _cannot_listen(host: str, port: int, setting: str, problem: OSError) -> WrongStart:
    reason = os.strerror(problem.errno) if problem.errno else str(problem)
    return WrongStart(
        f"cannot listen on {host} port {port} ({reason.lower()}): stop what uses it or set {setting}"
    )


async def _keep_house(app: App) -> None:
    """Settle what other servers of the store left when they died, and remove what is too old."""
    while True:
        now = datetime.now(UTC)
        try:
            left = await app.database.write(lambda tx, now=now: recover(tx, now, starting=False))  # type: ignore[misc]
            await app.bulk.remove_old(now)
            removed = await expire(app.database, app.blobs, ages=retention_ages(app.settings), now=now)
            log.info("housekeeping", abandoned=left, **asdict(removed))
        except Exception:
            log.exception("housekeeping failed, trying again later")
        await asyncio.sleep(HOUSEKEEPING_SECONDS)


async def _gauge_queue(app: App) -> None:
    """Keep the queue's figures fresh for /metrics."""
    while True:
        try:
            depth = await app.database.read(queue_depth)
        except Exception:
            log.exception("queue depth unknown")
        else:
            for state, count in depth.items():
                metrics.queue.labels(state.value).set(count)
        await asyncio.sleep(QUEUE_GAUGE_SECONDS)


async def _note_uses(app: App, uses: Uses) -> None:
    """Write when tokens were used last, also what is left at the end."""
    try:
        while True:
            await asyncio.sleep(TOKEN_USE_SECONDS)
            await _write_uses(app, uses)
    finally:
        await _write_uses(app, uses)


async def _write_uses(app: App, uses: Uses) -> None:
    if used := uses.take(datetime.now(UTC)):
        try:
            await app.database.write(lambda tx: touch_tokens(tx, used))
        except Exception:
            log.exception("use of tokens not written")
