"""The demo from start to stop: name server, sink, server, samples, and the words that tell what to try.

Everything is in one data folder. A second start finds account, token and mail there and sends nothing.
"""

import asyncio
import dataclasses
import json
import os
import secrets
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lazaretto.app import App
from lazaretto.demo.letters import SAMPLES
from lazaretto.demo.nameserver import nameserver
from lazaretto.demo.post import Sent, send_all
from lazaretto.demo.sample import OWN_DOMAIN, STRICT_DOMAIN
from lazaretto.demo.sink import sink
from lazaretto.demo.world import zone
from lazaretto.model.access import Role
from lazaretto.model.account import DEFAULT_ORDERS, DomainPolicy, NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.record import DeliveryState
from lazaretto.roles import serve
from lazaretto.settings import Settings
from lazaretto.store.accounts import add_account, find_account
from lazaretto.store.credentials import add_token
from lazaretto.store.database import Transaction, open_database
from lazaretto.store.domains import add_domain, find_domain, set_domain
from lazaretto.store.lock import hold
from lazaretto.store.outbox import queue_depth

STATE_NAME = "demo.json"
DRAIN_SECONDS = 30.0
ACCOUNT_NAME = "Meridian Shipping"
TOKEN_NAME = "demo"  # noqa: S105  # a name, not a secret

_STRICT = DomainPolicy(orders=(*DEFAULT_ORDERS, (Disposition.MALICIOUS, Order.REJECT)))


@dataclass(frozen=True, slots=True)
class State:
    """What a start leaves for the next one."""

    account: str
    secret: str
    sent: bool = False


def demo_settings(settings: Settings, folder: Path, dns_server: str) -> Settings:
    """The given settings inside the demo's own little world."""
    return dataclasses.replace(
        settings,
        server=dataclasses.replace(settings.server, data=folder, hostname=f"mx.{OWN_DOMAIN}"),
        store=dataclasses.replace(settings.store, url="", blobs=""),
        smtp=dataclasses.replace(settings.smtp, xclient_peers=("127.0.0.1",)),
        dns=dataclasses.replace(settings.dns, servers=(dns_server,), offline=False),
    )


async def play(
    settings: Settings, folder: Path, *, once: bool, say: Callable[[State, list[Sent]], None]
) -> None:
    """Run the demo until SIGTERM or Ctrl-C; with `once` until the samples are processed."""
    folder.mkdir(parents=True, exist_ok=True)
    async with nameserver(zone()) as dns_server, sink(folder / "delivered") as port:
        own = demo_settings(settings, folder, dns_server)
        with hold(folder):  # a demo that runs already must keep its next hop
            state = await _prepare(own, folder, NextHop("127.0.0.1", port, protocol="lmtp", tls="off"))
        opened: asyncio.Future[App] = asyncio.get_running_loop().create_future()
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(own, ready=opened.set_result))
            app = await opened  # a server that cannot start ends the group, and so this wait
            await _show(own, folder, state, say)
            if once:
                await _drained(app)
                signal.raise_signal(signal.SIGTERM)


async def _drained(app: App) -> None:
    """Everything that was let through has reached the sink."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while (await app.database.read(queue_depth)).get(DeliveryState.QUEUED, 0):  # noqa: ASYNC110  # it rings no bell
                await asyncio.sleep(0.05)


async def _show(
    settings: Settings, folder: Path, state: State, say: Callable[[State, list[Sent]], None]
) -> None:
    sent: list[Sent] = []
    if not state.sent:
        sent = await asyncio.to_thread(
            lambda: list(send_all(SAMPLES, port=settings.smtp.port, now=datetime.now(UTC)))
        )
        state = dataclasses.replace(state, sent=True)
        _write(folder, state)
    say(state, sent)


async def _prepare(settings: Settings, folder: Path, next_hop: NextHop) -> State:
    """Account, token and domains; the port of the sink is new at each start."""
    database = await open_database(settings.store_url)
    try:
        state = await database.write(lambda tx: _account(tx, _read(folder)))
        await database.write(lambda tx: _domains(tx, state.account, next_hop))
    finally:
        await database.close()
    _write(folder, state)
    return state


async def _account(tx: Transaction, left: State | None) -> State:
    """The account of last time, or a new one with its token."""
    if left is not None and await find_account(tx, left.account) is not None:
        return left
    now = datetime.now(UTC)
    account = await add_account(tx, ACCOUNT_NAME, now=now, id=secrets.token_hex(16))
    _, secret = await add_token(tx, account.id, name=TOKEN_NAME, role=Role.ADMIN, now=now)
    return State(account.id, secret)


async def _domains(tx: Transaction, account: str, next_hop: NextHop) -> None:
    now = datetime.now(UTC)
    for name, policy in ((OWN_DOMAIN, DomainPolicy()), (STRICT_DOMAIN, _STRICT)):
        if await find_domain(tx, name) is None:
            await add_domain(tx, account, name, next_hop, now=now, policy=policy)
        else:
            await set_domain(tx, account, name, next_hop, policy)


def _read(folder: Path) -> State | None:
    """What an earlier start left; nothing, when there is no store that it could belong to."""
    try:
        return State(**json.loads((folder / STATE_NAME).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write(folder: Path, state: State) -> None:
    """For this user only: the secret is in it."""
    beginning = folder / f"{STATE_NAME}.new"
    with os.fdopen(os.open(beginning, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(dataclasses.asdict(state), file)
    beginning.replace(folder / STATE_NAME)
