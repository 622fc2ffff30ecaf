"""Users, tokens and the audit log from the command line."""

import getpass
import json
import os
import sqlite3
import subprocess
import sys

import pytest

pytestmark = pytest.mark.system

ME = f"cli:{getpass.getuser()}"


@pytest.fixture
def lazaretto(tmp_path):
    """Runs one command on a store of this test; gives the exit code, what was printed and what was told."""

    def run(*words):
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", *words],
            capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
            env=os.environ | {"LAZARETTO_SERVER__DATA": str(tmp_path / "data")},
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def good(*words):
        code, out, told = run(*words, "--json")
        assert 0 == code, told
        return json.loads(out)

    run.good = good
    return run


@pytest.fixture
def account(lazaretto):
    return lazaretto.good("account", "add", "Corp")["id"]


def test_users_and_their_tokens(lazaretto, account):
    """A token has its role and at most the user's; the older words are understood."""
    user = lazaretto.good("user", "add", "Ann@corp.example", "--role", "analyst", "--name", "Ann")
    token = lazaretto.good(
        "token", "add", "t", "--user", "ann@corp.example", "--role", "analyst", "--network", "192.0.2.0/24"
    )
    older = [lazaretto.good("token", "add", word, "--permission", word)["role"] for word in ("read", "write")]
    plain = lazaretto.good("token", "add", "plain")["role"]
    too_much = lazaretto("token", "add", "t", "--user", "ann@corp.example", "--role", "admin")
    both = lazaretto("token", "add", "t", "--role", "admin", "--permission", "read")
    nobody = lazaretto("token", "add", "t", "--user", "bob@corp.example")
    changed = lazaretto.good("user", "set", "ann@corp.example", "--disable", "--role", "auditor")
    back = lazaretto.good("user", "set", "ann@corp.example", "--enable")
    gone = lazaretto.good("user", "remove", "ann@corp.example")

    assert ("ann@corp.example", "analyst", False) == (user["email"], user["role"], user["disabled"])
    assert ("ann@corp.example", ["192.0.2.0/24"]) == (token["user"], token["networks"])
    assert (["read_only", "admin"], "read_only") == (older, plain)
    assert (1, 2, 1) == (too_much[0], both[0], nobody[0])
    assert (True, "auditor") == (changed["disabled"], changed["role"])
    assert (False, user["id"]) == (back["disabled"], gone["id"])
    assert token["id"] not in lazaretto("token", "list")[1]
    assert [] == lazaretto.good("user", "list")


def test_every_change_is_in_the_log(lazaretto, account):
    """Who on this machine did what; a secret is not in it; the log of an account that is gone can be read."""
    lazaretto.good("user", "add", "ann@corp.example")
    secret = lazaretto.good("token", "add", "t", "--user", "ann@corp.example")["secret"]
    lazaretto.good("domain", "add", "corp.example", "--next-hop", "127.0.0.1:25")
    lazaretto.good("domain", "remove", "corp.example")
    lazaretto("release", "nobody", "--wait", "0")
    lazaretto.good("account", "remove", "Corp", "--yes")
    entries = lazaretto.good("audit", "show", "--account", account)
    filtered = lazaretto.good(
        "audit", "show", "--account", account, "--operation", "release", "--limit", "1", "--actor", ME
    )

    assert [
        "account add",
        "user add",
        "token add",
        "domain add",
        "domain remove",
        "release",
        "release",
        "account remove",
    ] == [entry["operation"] for entry in reversed(entries)]
    assert {ME} == {entry["actor"] for entry in entries}
    assert ["ended"] == [entry["stage"] for entry in filtered]
    assert secret not in str(entries)
    assert 1 == lazaretto("audit", "show", "--account", "nobody")[0]


def test_verify_with_an_anchor(lazaretto, account, tmp_path):
    """Exit code 0 and an anchor that grows; 1 and the place of the damage, also for a chain that was cut."""
    anchor = str(tmp_path / "anchor.json")
    first = lazaretto("audit", "verify", "--anchor", anchor)
    lazaretto.good("user", "add", "ann@corp.example")
    lazaretto.good("user", "add", "bob@corp.example")
    (second,) = lazaretto.good("audit", "verify", "--anchor", anchor)
    exported = [json.loads(line) for line in lazaretto("audit", "export")[1].splitlines()]
    store = sqlite3.connect(tmp_path / "data" / "lazaretto.db")
    for (trigger,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        store.execute(f"DROP TRIGGER {trigger}")
    store.execute("DELETE FROM audit WHERE sequence = 3")
    store.execute("UPDATE audit_head SET sequence = 2, hash = (SELECT hash FROM audit WHERE sequence = 2)")
    store.commit()
    without, cut = lazaretto("audit", "verify"), lazaretto("audit", "verify", "--anchor", anchor, "--json")
    store.execute("UPDATE audit SET actor = 'eve' WHERE sequence = 1")
    store.commit()
    store.close()
    changed = lazaretto("audit", "verify", "--account", "Corp")
    (tmp_path / "anchor.json").write_text("[]")

    assert (0, True) == (first[0], "intact  1 entries" in first[1])
    assert (True, 3, exported[-1]["hash"]) == (second["intact"], second["sequence"], second["hash"])
    assert (0, 1, 3) == (without[0], cut[0], json.loads(cut[1])[0]["broken_sequence"])
    assert (1, True) == (changed[0], "broken at 1" in changed[1])
    assert 1 == lazaretto("audit", "verify", "--anchor", anchor)[0]
