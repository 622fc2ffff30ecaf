"""`lazaretto list` and `lazaretto account set` against a real store."""

import json
import os
import subprocess
import sys

import pytest

from lazaretto.commands.list import NAMES
from lazaretto.store.list_kinds import KINDS

pytestmark = pytest.mark.system


@pytest.fixture
def lazaretto(tmp_path):
    """Runs one command on a store of this test; gives exit code, output and what was told."""

    def run(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        environ = {"LAZARETTO_SERVER__DATA": str(tmp_path / "data"), "LAZARETTO_SCAN__WORKERS": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", *words],
            input=stdin,
            capture_output=True,
            timeout=100,
            check=False,
            env=os.environ | environ,
            cwd=tmp_path,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    assert 0 == run("account", "add", "Corp")[0]
    return run


def test_every_list_has_its_name():
    """The names of the command are those of the lists."""
    assert sorted(KINDS) == list(NAMES)


def test_life_of_a_list(lazaretto):
    """Added with what is meant, shown, exported, imported and removed."""
    assert (0, "added 1\n") == lazaretto("list", "block_senders", "add", "bad.example", "comments=a b")[:2]
    assert 0 == lazaretto("list", "block_senders", "add", "192.0.2.0/24")[0]
    assert 0 == lazaretto("list", "block_senders", "add", "^x=.*@bad", "is_regex=true")[0]

    code, out, _ = lazaretto("list", "block_senders", "show", "--json")
    shown = json.loads(out)

    assert (0, ["DOMAIN", "IP", "EMAIL"]) == (code, [entry["pattern_type"] for entry in shown])
    assert ["bad.example", "192.0.2.0/24", "^x=.*@bad"] == [entry["pattern"] for entry in shown]
    assert "bad.example" in lazaretto("list", "block_senders", "show", "--search", "A")[1]
    assert "" == lazaretto("list", "block_senders", "show", "--search", "nothing")[1].strip()

    exported = lazaretto("list", "block_senders", "export")[1].encode()
    code, _, told = lazaretto("list", "block_senders", "import", "-", stdin=exported)

    assert (1, True) == (code, told.startswith("lazaretto: Line 2: "))
    code, out, _ = lazaretto(
        "list", "block_senders", "import", "-", "--skip-duplicates", "--json", stdin=exported
    )

    assert {"added": 0, "skipped": 3} == json.loads(out)
    assert (0, "removed 1, 2\n") == lazaretto("list", "block_senders", "remove", "1", "2")[:2]
    assert (0, "added 2, skipped 1 that were there\n") == lazaretto(
        "list", "block_senders", "import", "-", "--skip-duplicates", stdin=exported
    )[:2]


def test_the_other_lists(lazaretto, tmp_path):
    """Each takes its first field alone; what is not said has a meaning; files are written where they should."""
    for name, words in (
        ("allow_policies", ["ann@one.example", "is_trusted_sender=true"]),
        ("content_policies", ["pay now", "name=Money"]),
        ("impersonation_registry", ["ann@corp.example", "name=Ann Lee"]),
        ("sending_domain_restrictions", ["one.example", "exclude=a.one.example b.one.example"]),
        ("trusted_domains", ["two.example", "is_recent=true"]),
        ("url_ignore_patterns", ["https://ok.example/"]),
    ):
        code, _, told = lazaretto("list", name, "add", *words)

        assert (0, "") == (code, told)
    (policy,) = json.loads(lazaretto("list", "allow_policies", "show", "--json")[1])
    (content,) = json.loads(lazaretto("list", "content_policies", "export", "--json")[1])

    assert (True, True, False) == (
        policy["is_trusted_sender"],
        policy["verify_sender"],
        policy["is_exempt_recipient"],
    )
    assert (["SUBJECT", "BODY"], True) == (content["targets"], content["enabled"])
    assert 0 == lazaretto("list", "sending_domain_restrictions", "export", "out.csv")[0]
    assert "a.one.example b.one.example" in (tmp_path / "out.csv").read_text()
    assert "list add" in lazaretto("audit", "show")[1]


def test_wishes_that_cannot_be_granted(lazaretto):
    """Each with its exit code and one sentence."""
    for code, words in (
        (1, ("list", "block_senders", "add", "no domain")),
        (1, ("list", "block_senders", "remove", "9")),
        (1, ("list", "block_senders", "remove", "nine")),
        (1, ("list", "block_senders", "import", "none.csv")),
        (1, ("list", "block_senders", "show", "--account", "Other")),
        (2, ("list", "block_senders", "add", "a.example", "b.example")),
        (1, ("account", "set", "--report-addresses", "x@elsewhere.example")),
    ):
        found, out, told = lazaretto(*words)

        assert (code, "", 1) == (found, out, told.count("\n")), (words, told)
    assert 2 == lazaretto("list", "colours", "show")[0]


def test_options(lazaretto):
    """Shown without a word, changed by those that are said."""
    assert 0 == lazaretto("domain", "add", "corp.example", "--next-hop", "127.0.0.1:25")[0]
    assert "yes" in lazaretto("account", "set")[1]

    words = (
        "--block-wins",
        "no",
        "--report-addresses",
        "R@corp.example",
        "--after-reclassify",
        "release_or_move",
        "--learn",
        "on",
    )
    code, out, _ = lazaretto("account", "set", *words, "--json")

    assert (
        0,
        {
            "block_wins": False,
            "report_addresses": ["r@corp.example"],
            "after_reclassify": "release_or_move",
            "learn": "on",
        },
    ) == (
        code,
        json.loads(out),
    )
    cleared = json.loads(lazaretto("account", "set", "--report-addresses", "", "--json")[1])

    assert ([], False) == (cleared["report_addresses"], cleared["block_wins"])
