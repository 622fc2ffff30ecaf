"""Rules that were tried become what runs, on a running server, and back again."""

import asyncio
import json
import os
import subprocess
import sys

import pytest
import pytest_asyncio

from lazaretto.model.disposition import Disposition as D
from lazaretto.store.database import open_database
from lazaretto.store.editions import Editions
from lazaretto.store.lookup import get_record, get_verdict
from tests.helpers.load import GTUBE, Wire
from tests.helpers.program import Program, eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

OFF = '[[rule]]\nid = "gtube"\nenabled = false\n'
SPAM = (
    f"From: ann@firm.test\r\nTo: bo@corp.example\r\nSubject: minutes\r\n\r\nDear Bo,\r\n{GTUBE}\r\n".encode()
)


class Served:
    """A running server with an account and a domain."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.program = Program(folder, extra="[scan]\nworkers = 2\n")
        self.account, _ = self.program.set_up("127.0.0.1:1")
        self.editions = Editions(folder / "data")

    def rules(self, name: str, content: str):
        """A folder with one rule file."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "overrides.toml").write_text(content)
        return folder

    def command(self, *words: str) -> tuple[int, str, str]:
        """One command that may fail."""
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", words[0], "--config", str(self.program.config), "--json", *words[1:]],
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    async def judged(self, content: bytes = SPAM) -> tuple[D, str]:
        """Disposition and ruleset of a message that is sent now."""
        async with Wire(self.program.smtp) as wire:
            name = await wire.send("ann@firm.test", ["bo@corp.example"], content)
        return await self.verdict(name)

    async def verdict(self, name: str) -> tuple[D, str]:
        database = await open_database(f"sqlite://{self.folder}/data/lazaretto.db")
        try:
            record = await database.read(lambda tx: get_record(tx, self.account, name))
            verdict = await database.read(lambda tx: get_verdict(tx, self.account, record.number))
        finally:
            await database.close()
        return verdict.disposition, verdict.ruleset


@pytest_asyncio.fixture
async def served(tmp_path):
    one = Served(tmp_path)
    one.program.start()
    yield one
    one.program.stop()


async def test_promote_and_rollback_count_from_the_next_message(served):
    """No restart; the verdict says which ruleset judged; after a restart the same edition runs."""
    before = await served.judged()
    told = served.program.lazaretto("rules", "promote", str(served.rules("a", OFF)))
    after = await served.judged()
    served.program.stop()
    served.program.start()
    restarted = await served.judged()
    back = served.program.lazaretto("rules", "rollback")
    again = await served.judged()

    assert (1, "running") == (told["edition"], told["server"])
    assert (None, "running") == (back["edition"], back["server"])
    assert D.SPAM is before[0]
    assert (D.NONE, told["ruleset"]) == after == restarted
    assert before == again
    assert before[1] == back["ruleset"]
    operations = [entry["operation"] for entry in served.program.lazaretto("audit", "show")]
    assert {"rules promote", "rules rollback"} <= set(operations)


async def test_what_was_tried_is_promoted_with_one_command(served):
    """`rescan --promote` shows the flips and makes them so."""
    await served.judged()
    found = served.program.lazaretto("rescan", "--off", "gtube", "--promote")

    assert [{"before": "SPAM", "after": "NONE", "count": 1}] == found["flips"]
    assert "running" == found["promoted"]["server"]
    assert (D.NONE, found["ruleset"]) == await served.judged()
    assert {1} == {one.number for one in served.editions.kept()}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[[rule]]\nid = "nobody"\n', "overrides.toml: rule 'nobody': there is no such rule"),
        ("[[", "overrides.toml"),
    ],
)
async def test_a_broken_folder_is_refused_and_the_old_rules_go_on(served, content, said):
    """File and key are named, and nothing changed."""
    served.program.lazaretto("rules", "promote", str(served.rules("a", OFF)))
    code, _, told = served.command("rules", "promote", str(served.rules("b", content)))

    assert 1 == code
    assert said in told
    assert 1 == served.editions.current()
    assert D.NONE is (await served.judged())[0]


async def test_an_edition_that_was_damaged_is_refused_by_the_server(served):
    """Somebody edits the files of an edition by hand: the server says so, and goes on with what it has."""
    promoted = served.program.lazaretto("rules", "promote", str(served.rules("a", OFF)))
    served.program.lazaretto("rules", "rollback")
    (served.folder / "data/rules/editions/1/overrides.toml").write_text("[[rule]]\nid = 'nobody'\n")
    (served.folder / "data/rules/current").write_text("1\n")
    told = await eventually(lambda: (served.editions.running().refused and served.editions.running()) or None)

    assert "overrides.toml: rule 'nobody'" in told.reason
    assert None is told.edition
    assert D.SPAM is (await served.judged())[0]
    served.program.stop()
    served.program.start()
    disposition, ruleset = await served.judged()
    assert D.SPAM is disposition
    assert promoted["ruleset"] != ruleset
    assert "rules refused" in served.program.log()


async def test_no_message_is_lost_while_rules_change(served):
    """Mail flows without a pause while three editions follow each other; each message is judged by one of them."""
    names: list[str] = []
    stop = asyncio.Event()

    async def send() -> None:
        async with Wire(served.program.smtp) as wire:
            while not stop.is_set():
                names.append(await wire.send("ann@firm.test", ["bo@corp.example"], SPAM))

    async def promote() -> list[str]:
        rulesets = []
        for turn in range(3):
            folder = served.rules(f"r{turn}", f'[[rule]]\nid = "gtube"\nweight = {90 + turn}\n')
            told = await asyncio.to_thread(served.program.lazaretto, "rules", "promote", str(folder))
            rulesets.append(told["ruleset"])
        stop.set()
        return rulesets

    first = (await served.judged())[1]
    async with asyncio.TaskGroup() as group:
        senders = [group.create_task(send()) for _ in range(3)]
        promoting = group.create_task(promote())
    verdicts = [await served.verdict(name) for name in names]

    assert senders
    assert {D.SPAM} == {disposition for disposition, _ in verdicts}
    assert {first, *promoting.result()} >= {ruleset for _, ruleset in verdicts}
    assert promoting.result()[-1] == (await served.judged())[1]


async def test_killed_between_promotions_the_server_starts_with_old_or_new(served):
    """Kill -9 of the command and the server at once; the next start finds a whole edition."""
    folder = served.rules("a", OFF)
    for turn in range(2):
        with subprocess.Popen(
            [sys.executable, "-m", "lazaretto", "rules", "promote", "--config", str(served.program.config), str(folder)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as command:  # fmt: skip
            await eventually((served.folder / "data/rules/lock").exists)
            await asyncio.sleep(0.02 * turn)
            command.kill()
        served.program.kill()
        served.program.start()
        disposition, ruleset = await served.judged()
        running = served.editions.running()

        assert (D.SPAM if running.edition is None else D.NONE) is disposition
        assert ruleset == running.ruleset
        assert served.editions.current() == running.edition
        assert json.loads((served.folder / "data/rules/running").read_text())["process"] != os.getpid()


def test_without_a_server_it_waits_for_the_next_start(tmp_path):
    """The command says so."""
    one = Served(tmp_path)
    told = one.program.lazaretto("rules", "promote", str(one.rules("a", OFF)))
    listed = one.program.lazaretto("rules", "editions")

    assert "none" == told["server"]
    assert [(1, True, ["overrides.toml"])] == [(e["edition"], e["current"], e["files"]) for e in listed]
