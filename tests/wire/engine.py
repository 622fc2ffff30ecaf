"""An API whose bulk jobs are worked on, with mailboxes on disk and a next hop that takes everything."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from lazaretto.actions.bulk import Bulk
from lazaretto.actions.bulk_options import BulkOptions
from lazaretto.actions.bulk_tools import Tools
from lazaretto.actions.porter import Porter
from lazaretto.api.app import build_api
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.record import DeliveryState
from lazaretto.store import outbox
from lazaretto.store.outbox import Outcome
from tests.helpers.maildir import Maildirs
from tests.helpers.program import eventually
from tests.wire.conftest import Api
from tests.wire.samples import ACCOUNT
from tests.wire.seed import AcceptingHop, services

QUICK = BulkOptions(look=0.01, put_off_look=0.02, poll=0.05, waits=(0.02, 0.02), trouble_wait=0.02)
ACCEPTED = Outcome(DeliveryState.DELIVERED, "250 2.0.0 Ok", "delivered to the sink")
ENDED = ("COMPLETED", "FAILED", "CANCELLED")


@dataclass(frozen=True)
class Desk(Api):
    """The API of a test with what stands behind it."""

    maildirs: Maildirs
    bulk: Bulk
    seen: list[dict]  # every job that was read

    async def delivered(self, recipients=("u@example.com",), folder="Inbox", **options):
        """A message that was delivered and lies in its mailboxes; its investigate id."""
        made = await self.world.put(Disposition.SPAM, recipients=recipients, order=Order.DELIVER, **options)
        await self.world.database.write(self.services.release._send)
        for recipient in recipients:
            self.mailbox(recipient).put(f"Received: by mx id {made.split('-')[0]}\r\n\r\nx".encode(), folder)
        return made

    def mailbox(self, recipient="u@example.com"):
        return self.maildirs.open(ACCOUNT, recipient)

    async def create(self, action="RELEASE", *, headers=None, **body):
        body = {"action": action, "search_params": {}, **body}
        return await self.post("/investigate/bulk", json=body, headers=headers or {})

    async def made(self, action="RELEASE", **body):
        answer = await self.create(action, **body)
        assert 201 == answer.status_code, answer.text
        return self.noted(answer)["job_id"]

    async def job(self, job):
        answer = await self.get(f"/investigate/bulk/{job}")
        assert 200 == answer.status_code, answer.text
        return self.noted(answer)

    def noted(self, answer):
        """Every answer adds up."""
        job = answer.json()["result"]
        self.seen.append(job)
        assert job["total_messages_discovered"] == sum(
            job[f"messages_{word}"] for word in ("pending", "successful", "failed", "skipped", "cancelled")
        )
        return job

    async def ended(self, job):
        """Wait until a job has ended."""

        async def look():
            found = await self.job(job)
            return found if found["status"] in ENDED else None

        return await eventually(look, 20)

    async def items(self, job, **params):
        answer = await self.get(f"/investigate/bulk/{job}/messages", params={"per_page": 1000, **params})
        assert 200 == answer.status_code, answer.text
        return answer.json()["result"]

    async def act(self, job, verb, **kwargs):
        return await self.post(f"/investigate/bulk/{job}/{verb}", **kwargs)

    async def message(self, made):
        return (await self.get(f"/investigate/{made}")).json()["result"]


class ScriptedHop(AcceptingHop):
    """Answers by recipient; whoever has no answer gets a 250."""

    def __init__(self, database) -> None:
        super().__init__(database)
        self.answers: dict[str, Outcome] = {}
        self.most_held = 0  # released copies under way at one time

    async def _send(self, tx):
        now = datetime.now(UTC)
        claimed = await outbox.claim(tx, owner="test", limit=10_000, now=now, lease=timedelta(seconds=60))
        self.most_held = max(self.most_held, sum(bool(one.generation) for one in claimed))
        for one in claimed:
            answer = self.answers.get(one.recipient.address, ACCEPTED)
            await outbox.settle(tx, one, answer, now)
            if one.generation and answer.state is DeliveryState.DELIVERED:
                self.sent.append((one.record, one.recipient.address))


@asynccontextmanager
async def desk(world, folder: Path, options: BulkOptions = QUICK, *, running: bool = True):
    """`running` False leaves jobs where they are until somebody runs `bulk`."""
    maildirs = Maildirs(folder / "mailboxes")
    porter = Porter(maildirs)
    made = replace(services(world), porter=porter, release=ScriptedHop(world.database))
    tools = Tools(world.database, porter, made.release._poke, options, lambda: datetime.now(UTC), "test")
    bulk = Bulk(tools)
    made = replace(made, poke_bulk=bulk.poke)
    transport = httpx.ASGITransport(build_api(made))
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://lazaretto.test") as http,
        asyncio.TaskGroup() as group,
    ):
        if running:
            group.create_task(bulk.run())
        yield Desk(world, made, http, maildirs, bulk, [])
        bulk.stop()
