"""Stored messages judged again under other rules: by the facts of then, without a network, and exactly."""

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.actions.replay import ReplayTools, Selection, replay
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition as D
from lazaretto.model.errors import Invalid
from lazaretto.model.lists import BlockedSender, Lists, PatternType
from lazaretto.model.replay import Candidate, Flip
from lazaretto.model.submission import Label
from lazaretto.query.criteria import Criteria
from lazaretto.scanner.job import WorkerOptions
from lazaretto.store.accounts import add_account
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import open_database
from lazaretto.store.labels import add_label
from tests.helpers.records import ACCOUNT
from tests.helpers.replayed import fill

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

MANY = 2_000
FEW = 40
WITHOUT_GTUBE = {"overrides.toml": b'[[rule]]\nid = "gtube"\nenabled = false\n'}
EVERYTHING = Criteria(
    datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), detections_only=False
)


class Place:
    """A data folder with a filled store."""

    def __init__(self, folder, count: int) -> None:
        self.folder, self.count = folder, count
        self.blobs = folder / "blobs"

    async def __aenter__(self):
        Blobs(self.blobs)
        self.database = await open_database(f"sqlite://{self.folder}/lazaretto.db")
        await self.database.write(lambda tx: add_account(tx, "one", now=datetime.now(UTC), id=ACCOUNT))
        self.filled = await fill(self.database, self.blobs, ACCOUNT, self.count)
        return self

    async def __aexit__(self, *problem):
        await self.database.close()

    async def replay(self, candidate: Candidate, selection: Selection | None = None, **more):
        options = WorkerOptions(blobs=str(self.blobs), dns_servers=("192.0.2.53",))
        tools = ReplayTools(self.database, Blobs(self.blobs), options, workers=2, seconds=30)
        return await replay(tools, ACCOUNT, selection or Selection(EVERYTHING), candidate, **more)

    def of(self, kind: str):
        return [one for one in self.filled if one.kind == kind]


@pytest.fixture
async def few(tmp_path):
    async with Place(tmp_path, FEW) as place:
        yield place


def sealed(words: list[str], folder) -> dict:
    """A command in a world without any network interface, where that can be made; its JSON."""
    alone = ["unshare", "--net"] if shutil.which("unshare") and os.geteuid() == 0 else []
    environ = os.environ | {"LAZARETTO_SERVER__DATA": str(folder), "LAZARETTO_SCAN__WORKERS": "2"}
    done = subprocess.run(
        [*alone, sys.executable, "-m", "lazaretto", words[0], "--json", *words[1:]],
        env=environ, capture_output=True, text=True, timeout=250, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 3), done.stderr
    return json.loads(done.stdout)


async def test_two_thousand_messages_without_a_network(tmp_path):
    """The flips are those of the changed rule and no others; bytes and facts that are gone are counted."""
    async with Place(tmp_path, MANY) as place:
        spam = place.of("spam")
        assert {D.SPAM} == {one.disposition for one in spam}
        assert {D.NONE} == {one.disposition for one in place.of("plain") + place.of("proven")}
        for one in place.of("plain")[:3]:
            (place.blobs / one.blob[:2] / one.blob).unlink()
        gone = [one.number for one in spam[:2]]
        await place.database.write(
            lambda tx: tx.many("UPDATE scan SET facts = NULL WHERE record = ?", [(n,) for n in gone])
        )
    (tmp_path / "rules-to-try").mkdir()
    (tmp_path / "rules-to-try" / "overrides.toml").write_bytes(WITHOUT_GTUBE["overrides.toml"])
    began = time.perf_counter()
    found = sealed(["rescan", "--rules", str(tmp_path / "rules-to-try")], tmp_path)
    print(f"{found['judged'] / (time.perf_counter() - began):.0f} messages a second with start and end")
    same = sealed(["rescan"], tmp_path)

    expected = [{"before": "SPAM", "after": "NONE", "count": len(spam) - 2}]
    assert expected == found["flips"]
    assert [{"rule": "gtube", "appeared": 0, "disappeared": len(spam) - 2}] == [
        row for row in found["rules"] if row["rule"] == "gtube"
    ]
    assert (MANY, MANY - 5) == (found["found"], found["judged"])
    assert {"bytes": 3, "facts": 2} == found["missing"]
    assert {one.id for one in place.of("plain")[:3]} | {one.id for one in spam[:2]} == {
        row["investigate_id"] for row in found["missing_messages"]
    }
    assert {one.id for one in spam} >= {row["investigate_id"] for row in found["messages"]}
    assert ([], []) == (same["flips"], same["rules"])
    assert same["ruleset"] != found["ruleset"]


async def test_the_same_twice(few):
    """Apart from the time it took, an outcome repeats itself to the letter."""
    first, second = [await few.replay(Candidate(WITHOUT_GTUBE)) for _ in range(2)]

    assert first.flips
    assert {"seconds"} == {name for name in first.__slots__ if getattr(first, name) != getattr(second, name)}


async def test_facts_of_then_are_what_counts(few):
    """A rule about authentication moves exactly the messages whose recorded facts were bad."""
    (rule,) = {w.rule.id for w in few.of("forged")[0].verdict.findings if w.rule.id.startswith("dmarc")} or {
        None
    }
    assert rule is not None
    changed = f'[[rule]]\nid = "{rule}"\nfloor = "SUSPICIOUS"\n'.encode()
    outcome = await few.replay(Candidate({"overrides.toml": changed}))

    moved = [one for one in few.of("forged") if one.disposition is not D.SUSPICIOUS]
    assert moved
    assert len(moved) == sum(flip.count for flip in outcome.flips if flip.after is D.SUSPICIOUS)
    assert len(moved) == outcome.flipped


async def test_labels_give_precision_and_recall(few):
    """An analyst called two of the letters spam and one of the test letters harmless."""

    async def label(tx):
        said = [(few.of("plain")[0], D.SPAM), (few.of("spam")[0], D.SPAM), (few.of("spam")[1], D.NONE)]
        for number, (one, what) in enumerate(said):
            await add_label(
                tx, Label(ACCOUNT, one.number, one.blob, what, "ana", datetime.now(UTC), str(number + 1))
            )

    await few.database.write(label)
    outcome = await few.replay(Candidate(WITHOUT_GTUBE))
    spam = next(one for one in outcome.measures if one.name == "SPAM")

    assert 3 == outcome.labelled
    assert (0.5, 0.5) == (spam.before.precision, spam.before.recall)
    assert (None, 0.0) == (spam.after.precision, spam.after.recall)


async def test_other_lists_and_other_orders(few):
    """A blocked sender and a domain's policy can be tried as well."""
    now = datetime.now(UTC)
    blocked = BlockedSender(
        id=1,
        created_at=now,
        modified_at=now,
        pattern="firm3.test",
        pattern_type=PatternType.DOMAIN,
        is_regex=False,
    )
    outcome = await few.replay(Candidate(lists=Lists(1, block=(blocked,))))
    hit = [one for n, one in enumerate(few.filled) if n % 5 == 3]

    assert len(hit) == sum(flip.count for flip in outcome.flips if flip.after is D.MALICIOUS)
    assert len(hit) == outcome.flipped
    assert {Order.QUARANTINE} == {one.after for one in outcome.orders}


async def test_compared_with_what_runs_now(few):
    """Verdicts that were stored under other rules make no flips when two rulesets of today are compared."""
    running = Candidate(WITHOUT_GTUBE)
    same = await few.replay(running, against=running)
    other = await few.replay(Candidate(), against=running)

    assert (FEW, 0, ()) == (same.judged, same.flipped, same.rules)
    assert (Flip(D.NONE, D.SPAM, len(few.of("spam"))),) == other.flips


async def test_named_messages_and_a_limit(few):
    """Ids choose, unknown ones are told, and a limit takes the newest."""
    named = Selection(ids=(few.filled[1].id, few.filled[2].id, "nobody"))
    by_name = await few.replay(Candidate(WITHOUT_GTUBE), named)
    newest = await few.replay(Candidate(WITHOUT_GTUBE), Selection(EVERYTHING, limit=4))

    assert (3, 2) == (by_name.found, by_name.judged)
    assert (("unknown id", 1),) == by_name.missing
    assert (Flip(D.SPAM, D.NONE, 1),) == by_name.flips
    assert (4, (Flip(D.SPAM, D.NONE, 1),)) == (newest.judged, newest.flips)


async def test_pages_are_read_to_the_end(few, monkeypatch):
    """Pages far smaller than the selection leave nothing out and nothing twice."""
    monkeypatch.setattr("lazaretto.actions.replay.PAGE", 7)

    assert FEW == (await few.replay(Candidate())).judged


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"overrides.toml": b'[[rule]]\nid = "nobody"\n'}, "overrides.toml: rule 'nobody'"),
        ({"links.toml": b"[["}, "links.toml"),
        ({"lexicon.toml": b"[[lure]]\n"}, "lexicon.toml"),
        ({"classifier.bin": b"no"}, "classifier.bin"),
    ],
)
async def test_rules_that_are_wrong_are_refused_by_name(tmp_path, files, said):
    """Nothing is judged; the file and the key are told."""
    async with Place(tmp_path, 1) as place:
        with pytest.raises(Invalid, match=said):
            await place.replay(Candidate(files))


async def test_a_message_that_ends_its_worker_is_told_and_the_others_are_judged(few, monkeypatch):
    """A worker that gets no memory dies; what it had in hand is tried alone, and one is given up by name."""
    bad = few.filled[5]
    from tests.helpers.replayed import put_quickly

    bomb = put_quickly(few.blobs, b"Subject: x\r\n\r\n" + b"x" * 200_000_000)
    await few.database.write(
        lambda tx: tx.execute("UPDATE record SET blob = ? WHERE number = ?", bomb.sha256, bad.number)
    )
    options = WorkerOptions(blobs=str(few.blobs), memory=600 * 1024 * 1024)
    tools = ReplayTools(few.database, Blobs(few.blobs), options, workers=1, seconds=30)
    outcome = await replay(tools, ACCOUNT, Selection(EVERYTHING), Candidate())

    assert FEW - 1 == outcome.judged
    assert [(bad.id, "scan failed")] == [(one.id, one.why) for one in outcome.missing_named]


async def test_the_span_of_time_counts(few):
    """Only what was judged within it."""
    half = few.filled[FEW // 2]
    middle = datetime.now(UTC) - timedelta(seconds=30 * (FEW // 2 + 1))
    outcome = await few.replay(
        Candidate(), Selection(Criteria(middle, datetime.now(UTC), detections_only=False))
    )

    assert half
    assert 0 < outcome.judged < FEW
