"""The next hop of the demo: takes every message over SMTP or LMTP and keeps it in a Maildir.

It is our own gateway behind a door that says yes, so what arrives there went through a real connection.
"""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from lazaretto.intake.admission import Visitor
from lazaretto.intake.door import Accepted
from lazaretto.intake.gateway import Gateway
from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.reply import Reply
from lazaretto.model.envelope import Envelope
from lazaretto.store.ids import new_queue_id
from lazaretto.store.spool import Spool

STOP_SECONDS = 5.0


class MaildirDoor:
    """Keeps what it gets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def queue_id(self) -> str:
        """A fresh queue id."""
        return new_queue_id()

    async def recipient(self, address: str, account: str | None, _: Visitor) -> Accepted | Reply:
        """Everybody lives here."""
        return Accepted(account=account or "0" * 32) if address else Reply(550, "5.1.1", "No such mailbox")

    async def receive(self, envelope: Envelope, spool: Spool) -> tuple[Reply, ...]:
        """Write to tmp, move to new."""
        name = f"{time.time_ns()}.{envelope.queue_id}.{os.getpid()}"
        beginning = self._folder / "tmp" / name
        with beginning.open("wb") as file:
            for chunk in spool.chunks():
                file.write(chunk)
        beginning.rename(self._folder / "new" / name)
        return tuple(Reply(250, "2.0.0", f"Ok: kept as {envelope.queue_id}") for _ in envelope.recipients)


@asynccontextmanager
async def sink(folder: Path, *, protocol: Literal["smtp", "lmtp"] = "lmtp") -> AsyncIterator[int]:
    """A running sink; gives its port."""
    gateway = Gateway(
        MaildirDoor(folder),
        hostname="mailboxes.meridian.example",
        limits=GatewayLimits(),
        protocol=protocol,
        tls=None,
        proxy_peers=(),
        xclient_peers=(),
        spool_folder=folder / "tmp",
    )
    await gateway.start("127.0.0.1", 0)
    try:
        yield gateway.port
    finally:
        await gateway.stop(STOP_SECONDS)
