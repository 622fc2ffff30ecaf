"""`lazaretto explain` on a real store, and what a store remembers of a sender from one message to the next."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from lazaretto.store.accounts import list_accounts
from lazaretto.store.database import open_database
from lazaretto.store.lookup import get_facts
from tests.helpers.load import GTUBE

pytestmark = pytest.mark.system

FIRST = b"From: Ann <ann@one.example>\r\nTo: bob@corp.example\r\nSubject: Tuesday\r\nMessage-ID: <1@one.example>\r\n\r\nHello.\r\n"
ANSWER = FIRST.replace(b"<1@", b"<2@").replace(b"Subject: ", b"In-Reply-To: <1@one.example>\r\nSubject: Re: ")
BAD = (
    b"From: Eve <eve@two.example>\r\nTo: bob@corp.example\r\nSubject: \x1b[31mOffer\r\n\r\n"
    + GTUBE.encode()
    + b"\r\n"
)


@pytest.fixture
def lazaretto(tmp_path):
    """Runs one command on a store of this test; gives exit code, output and what was told."""

    def run(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        data = {
            "LAZARETTO_SERVER__DATA": str(tmp_path / "data"),
            "LAZARETTO_SCAN__WORKERS": "1",
            "LAZARETTO_DNS__OFFLINE": "true",
        }
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", *words],
            input=stdin,
            capture_output=True,
            timeout=100,
            check=False,
            env=os.environ | data,
            cwd=tmp_path,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    run("account", "add", "Corp")
    run("domain", "add", "corp.example", "--next-hop", "127.0.0.1:25")
    return run


def stored(tmp_path):
    """The facts of all records, in order."""

    async def read():
        database = await open_database(f"sqlite://{tmp_path}/data/lazaretto.db")
        try:
            (account,) = await database.read(list_accounts)
            rows = await database.read(
                lambda tx: tx.rows("SELECT number, queue_id FROM record ORDER BY number")
            )
            facts = [await database.read(lambda tx, n=n: get_facts(tx, account.id, n)) for n, _ in rows]
            return [name for _, name in rows], facts
        finally:
            await database.close()

    return asyncio.run(read())


def test_a_message_is_explained(lazaretto, tmp_path):
    """Head, points, findings with their sentences, what would change it; nothing of the message is obeyed."""
    lazaretto("import", "-", stdin=BAD)
    (name,), _ = stored(tmp_path)

    code, out, _ = lazaretto("explain", name)
    as_json = json.loads(lazaretto("explain", name, "--json")[1])

    assert 0 == code
    assert "\x1b" not in out
    assert "[gtube]" in out
    assert "What would change it" in out
    assert as_json["verdict"] in out
    assert {"gtube"} <= {finding["rule"] for finding in as_json["findings"]}
    assert as_json["counterfactuals"][0]["change"] in out
    assert as_json["ruleset"]["same_verdict"]


def test_what_cannot_be_explained_is_said(lazaretto):
    """There is no such message."""
    code, _, told = lazaretto("explain", "nothing")

    assert 1 == code
    assert "no message 'nothing'" in told


def test_the_second_message_of_a_sender_knows_the_first(lazaretto, tmp_path):
    """Recorded in its facts, with the thread that it answers; bad mail is not remembered."""
    for letter in (FIRST, BAD, ANSWER):
        lazaretto("import", "-", stdin=letter)

    _, (first, bad, answer) = stored(tmp_path)

    assert (0, False, None) == (first.history.sender.messages, first.history.recipient, first.history.thread)
    assert 0 == bad.history.sender.messages
    assert (1, 1, True, True) == (
        answer.history.sender.messages,
        answer.history.domain.messages,
        answer.history.recipient,
        answer.history.thread,
    )
