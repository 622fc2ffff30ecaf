"""Learning over the running program: an analyst's labels change the next message of that account, and of no other."""

import asyncio
import json
import random
import subprocess
import sys

import pytest

from lazaretto.scan.checks.learned import CERTAIN, LIKELY, SURE
from tests.helpers.load import Wire
from tests.helpers.program import Program

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

TAUGHT = 10
LEARNED = {CERTAIN, SURE, LIKELY}  # what the classifier says where that alone is enough for SPAM


def offer(number: int, domain: str) -> bytes:
    """Advertising that the shipped classifier takes for spam, each a little different."""
    goods = ("watches", "rings", "bracelets", "necklaces")[number % 4]
    return (
        f"From: Harbour Outlet <deals@outlet.example>\r\nTo: user@{domain}\r\n"
        f"Subject: Harbour Outlet {number}: {goods} on offer\r\nMessage-ID: <{number}@outlet.example>\r\n"
        "Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n"
        f"Congratulations,\r\nyour {goods} number {number} of walnut, brass and porcelain wait at the Harbour "
        "workshop! Special offer, free teapot, click here!\r\nTo remove yourself click here.\r\n"
    ).encode()


class Desk:
    """One account of a running program."""

    def __init__(self, program: Program, domain: str) -> None:
        self.program, self.domain = program, domain
        run = program.lazaretto
        self.account = run("account", "add", domain)["id"]
        named = ("--account", self.account)
        run("domain", "add", domain, "--next-hop", "127.0.0.1:9", "--tls", "off", *named)
        self.token = run("token", "add", "test", "--permission", "write", *named)["secret"]
        self.base = f"/client/v4/accounts/{self.account}/email-security"

    async def ask(self, path):
        status, body = await asyncio.to_thread(self.program.get, self.base + path, self.token)
        assert 200 == status, body
        return json.loads(body)["result"]

    async def say(self, path, **body):
        status, answer = await asyncio.to_thread(self.program.post, self.base + path, self.token, body)
        assert status in (200, 202), answer
        return json.loads(answer)["result"]

    async def receive(self, wire, number):
        """Send one; what it was called, and what the classifier said against it."""
        queue_id = await wire.send(
            "deals@outlet.example", [f"user@{self.domain}"], offer(number, self.domain)
        )
        message = await self.ask(f"/investigate/{queue_id}")
        names = {finding["name"] for finding in message["findings"]}
        return queue_id, message["final_disposition"], bool(LEARNED & names)

    async def label(self, *names):
        """Say that they are wanted, and wait until that is granted."""
        for name in names:
            await self.say(f"/investigate/{name}/reclassify", expected_disposition="NONE")
        async with asyncio.timeout(60):
            while True:
                rows = await self.ask("/submissions?per_page=100")
                if len(rows) == len(names) and all(row["status"] == "completed" for row in rows):
                    return
                await asyncio.sleep(0.05)


async def test_from_labels_to_the_next_message_and_back(tmp_path):
    """Labels alone change nothing; promotion does, for this account; rollback takes it back."""
    program = Program(tmp_path, extra="[scan]\nworkers = 1\n")
    ours, others = Desk(program, "corp.example"), Desk(program, "other.example")
    await asyncio.to_thread(program.start)
    try:
        async with Wire(program.smtp) as wire:
            seen = [await ours.receive(wire, number) for number in range(TAUGHT)]
            await ours.label(*(name for name, _, _ in seen))
            labelled = await ours.receive(wire, 40)
            trained = await ours.say("/classifier/train")
            await ours.say("/classifier/promote", id=trained["id"])
            promoted = await ours.receive(wire, 41)
            foreign = await others.receive(wire, 42)
            state = await ours.ask("/classifier")
            await ours.say("/classifier/rollback")
            rolled_back = await ours.receive(wire, 43)
            nothing = await others.ask("/classifier")
    finally:
        code = await asyncio.to_thread(program.stop)

    assert 0 == code
    assert {("SPAM", True)} == {one[1:] for one in (*seen, labelled, foreign, rolled_back)}
    assert ("NONE", False) == promoted[1:]
    assert (TAUGHT, TAUGHT, 0) == (state["labels"], state["usable"], state["bad"])
    assert trained["id"] == state["active"]["id"]
    assert 0.0 == state["weeks"][0]["verdict"]
    assert (0, None) == (nothing["labels"], nothing["candidate"])


async def test_the_commands_do_the_same(tmp_path):
    """Beside a running server: the next message is judged with what the command promoted."""
    program = Program(tmp_path, extra="[scan]\nworkers = 1\n")
    desk = Desk(program, "corp.example")
    await asyncio.to_thread(program.start)
    try:
        async with Wire(program.smtp) as wire:
            seen = [await desk.receive(wire, number) for number in range(TAUGHT)]
            await desk.label(*(name for name, _, _ in seen))
            measured = await asyncio.to_thread(program.lazaretto, "classifier", "evaluate")
            trained = await asyncio.to_thread(program.lazaretto, "classifier", "train")
            await asyncio.to_thread(program.lazaretto, "classifier", "promote", str(trained["id"]))
            promoted = await desk.receive(wire, 41)
            shown = await asyncio.to_thread(program.lazaretto, "classifier", "show")
            back = await asyncio.to_thread(program.lazaretto, "classifier", "rollback", "--shipped")
            rolled_back = await desk.receive(wire, 42)
            gone = await asyncio.to_thread(
                program.lazaretto, "classifier", "forget", "--by", trained["made_by"]
            )
            text = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, "-m", "lazaretto", "classifier", "show", "--config", str(program.config)],
                capture_output=True, text=True, check=True, timeout=60,
            )  # fmt: skip
    finally:
        await asyncio.to_thread(program.stop)

    assert trained["evaluation"]["shipped"] == measured["shipped"]
    assert trained["id"] == shown["active"]["id"]
    assert ({"active": None}, {"removed": 0}) == (back, gone)
    assert (("NONE", False), ("SPAM", True)) == (promoted[1:], rolled_back[1:])
    assert "in use" in text.stdout
    assert "the shipped one alone" in text.stdout


async def test_killed_while_promoting(tmp_path):
    """A kill -9 at any moment leaves the old classifier or the new one, and mail is judged by which it is."""
    chance = random.Random(7)
    program = Program(tmp_path, extra="[scan]\nworkers = 1\n")
    desk = Desk(program, "corp.example")
    try:
        await asyncio.to_thread(program.start)
        async with Wire(program.smtp) as wire:
            seen = [await desk.receive(wire, number) for number in range(TAUGHT)]
        await desk.label(*(name for name, _, _ in seen))
        trained = await desk.say("/classifier/train")
        found = []
        for number in range(4):
            promoting = asyncio.create_task(_unheard(desk.say("/classifier/promote", id=trained["id"])))
            await asyncio.sleep(chance.uniform(0, 0.05))
            await asyncio.to_thread(program.kill)
            await promoting
            await asyncio.to_thread(program.start)
            active = (await desk.ask("/classifier"))["active"]
            async with Wire(program.smtp) as wire:
                judged = await desk.receive(wire, 50 + number)
            found.append((active and active["id"], *judged[1:]))
            if active:
                await desk.say("/classifier/rollback")
    finally:
        code = await asyncio.to_thread(program.stop)

    assert 0 == code
    assert {(None, "SPAM", True), (trained["id"], "NONE", False)} >= set(found)


async def _unheard(asking):
    """The server dies while it answers."""
    try:
        await asking
    except (OSError, AssertionError, ValueError):
        return
