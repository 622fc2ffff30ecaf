"""The commands of an administrator against a real store, and what a wrong start says."""

import asyncio
import json
import os
import socket
import subprocess
import sys

import pytest

from tests.helpers.load import Load
from tests.helpers.program import Program, eventually
from tests.helpers.sink import sink

pytestmark = pytest.mark.system

LETTER = b"From: Ann <ann@one.example>\r\nTo: bob@corp.example\r\nSubject: Tuesday %d\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nHello.\r\n"


@pytest.fixture
def lazaretto(tmp_path):
    """Runs one command on a store of this test; gives exit code, output and what was told."""

    def run(*words: str, stdin: bytes = b"", **environ: str) -> tuple[int, str, str]:
        data = {"LAZARETTO_SERVER__DATA": str(tmp_path / "data"), "LAZARETTO_SCAN__WORKERS": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", *words],
            input=stdin,
            capture_output=True,
            timeout=100,
            check=False,
            env=os.environ | data | environ,
            cwd=tmp_path,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def test_accounts_domains_and_tokens(lazaretto):
    """Added, listed, changed and removed; one account needs not be named."""
    code, out, _ = lazaretto("account", "add", "Corp", "--json")
    assert 0 == code
    account = json.loads(out)["id"]
    assert 32 == len(account)

    added = lazaretto(
        "domain",
        "add",
        "Corp.Example",
        "--next-hop",
        "[::1]:24",
        "--protocol",
        "lmtp",
        "--reject",
        "MALICIOUS,SPAM",
        "--json",
    )
    assert 0 == added[0]
    domain = json.loads(added[1])
    assert ("corp.example", "[::1]:24", "lmtp", account) == tuple(
        domain[k] for k in ("name", "next_hop", "protocol", "account")
    )
    assert ("reject", "reject", "quarantine", "tag") == tuple(
        domain["orders"][name] for name in ("MALICIOUS", "SPAM", "SPOOF", "BULK")
    )

    code, out, _ = lazaretto("domain", "set", "corp.example", "--next-hop", "127.0.0.1:25", "--json")
    assert (0, "127.0.0.1:25") == (code, json.loads(out)["next_hop"])
    listed = json.loads(lazaretto("domain", "list", "--json")[1])[0]
    assert ("lmtp", "reject") == (listed["protocol"], listed["orders"]["SPAM"])

    token = json.loads(lazaretto("token", "add", "desk", "--permission", "write", "--days", "7", "--json")[1])
    assert token["secret"] not in lazaretto("token", "list", "--json")[1]
    assert 0 == lazaretto("token", "remove", token["id"])[0]
    assert "[]\n" == lazaretto("token", "list", "--json")[1]
    assert 0 == lazaretto("domain", "remove", "corp.example")[0]
    assert 0 == lazaretto("account", "remove", "Corp", "--yes")[0]
    assert "[]\n" == lazaretto("account", "list", "--json")[1]


def test_wishes_that_cannot_be_granted(lazaretto):
    """Each with exit code 1 and one sentence."""
    assert (1, "There is no account yet") == _told(lazaretto("token", "add", "x"), 23)
    lazaretto("account", "add", "One")
    assert 1 == lazaretto("account", "add", "One")[0]
    lazaretto("account", "add", "Two")
    for words in (
        ("token", "add", "x"),
        ("token", "add", "x", "--account", "Three"),
        ("token", "remove", "f" * 32, "--account", "One"),
        ("domain", "remove", "corp.example", "--account", "One"),
        ("domain", "set", "corp.example", "--account", "One", "--next-hop", "127.0.0.1:25"),
        ("token", "add", "x", "--account", "One", "--kind", "key"),
        ("release", "4jWj024sbrz10HTTNbT", "--account", "Three"),
    ):
        code, out, told = lazaretto(*words)
        assert (1, "", 1) == (code, out, told.count("\n")), (words, told)


def _told(result, length: int) -> tuple[int, str]:
    code, _, told = result
    return code, told.removeprefix("lazaretto: ")[:length]


def test_import_twice_is_one_record(lazaretto, tmp_path):
    """The same bytes are recorded once, also when they come twice in one run; what is broken is told."""
    lazaretto("account", "add", "Corp")
    mail = tmp_path / "mail"
    mail.mkdir()
    for number in range(5):
        (mail / f"{number}.eml").write_bytes(LETTER % (number % 4))
    (mail / "empty.eml").touch()

    code, out, told = lazaretto("import", "--offline", "--json", "mail")
    first = json.loads(out)
    assert (3, 4, 1) == (code, first["recorded"], first["known"]), told
    assert [{"path": "mail/empty.eml", "reason": "is empty"}] == first["unreadable"]
    assert {"NONE": 4} == first["dispositions"]

    (mail / "empty.eml").unlink()
    code, out, _ = lazaretto("import", "--offline", "mail")
    assert (0, "recorded 0 messages, 5 were there before, 0 could not be read\n") == (code, out)


def test_import_from_standard_input(lazaretto):
    """A message through a pipe; with bare LF it is the same record as with CRLF."""
    lazaretto("account", "add", "Corp")

    code, out, _ = lazaretto("import", "--offline", "--json", "-", stdin=(LETTER % 1).replace(b"\r\n", b"\n"))
    assert (0, 1) == (code, json.loads(out)["recorded"])
    assert 1 == json.loads(lazaretto("import", "--offline", "--json", "-", stdin=LETTER % 1)[1])["known"]


def test_import_of_nothing(lazaretto):
    """Nothing could be read: failed."""
    lazaretto("account", "add", "Corp")

    assert 1 == lazaretto("import", "--offline", "none.eml")[0]


async def test_imported_mail_is_found(tmp_path):
    """Imported beside a running server, it is in the API at once, with its envelope from the list, and is never sent."""
    server = Program(tmp_path)
    account, token = server.set_up("127.0.0.1:1")
    server.start()
    try:
        (tmp_path / "a.eml").write_bytes(LETTER % 1)
        (tmp_path / "list.csv").write_text(
            "id,mail_from,rcpt_to,client_ip,helo\na,ann@one.example,carl@corp.example,192.0.2.7,mx\n"
        )
        done = server.lazaretto("import", "--envelopes", str(tmp_path / "list.csv"), str(tmp_path / "a.eml"))
        path = f"/client/v4/accounts/{account}/email-security/investigate?detections_only=false"
        status, body = server.get(path, token)
        (message,) = json.loads(body)["result"]

        assert (1, 200) == (done["recorded"], status)
        assert ("RETRO_SCAN", ["carl@corp.example"]) == (message["delivery_mode"], message["envelope_to"])
        assert "queued" not in json.dumps(message["delivery_status"])
    finally:
        server.stop()


async def test_release_from_the_command_line(tmp_path):
    """A held message that is released goes out through the running server."""
    async with sink() as next_hop:
        server = Program(tmp_path)
        account, token = server.set_up(f"127.0.0.1:{next_hop.port}", hold_all=True)
        server.start()
        try:
            await Load(server.smtp).client(count=1)
            path = f"/client/v4/accounts/{account}/email-security/investigate?detections_only=false"
            (message,) = json.loads(server.get(path, token)[1])["result"]
            (released,) = await asyncio.to_thread(server.lazaretto, "release", message["id"])

            assert ["user@corp.example"] == released["delivered"]
            assert 1 == len(next_hop.mails)
        finally:
            server.stop()


def test_port_taken(lazaretto):
    """One sentence, exit code 1, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for name, other in (("HTTP", "SMTP"), ("SMTP", "HTTP")):
            environ = {f"LAZARETTO_{name}__PORT": port, f"LAZARETTO_{other}__PORT": "0"}
            code, out, told = lazaretto("serve", **environ)

            assert (1, "") == (code, out)
            assert f"cannot listen on 127.0.0.1 port {port}" in told.splitlines()[-1]
            assert "Traceback" not in told


def test_folder_not_writable(lazaretto):
    """One sentence that names the folder and the setting. In /sys not even root can make a file."""
    code, _, told = lazaretto("serve", LAZARETTO_SERVER__DATA="/sys")

    assert 1 == code
    assert "/sys" in told
    assert "server.data" in told
    assert 1 == told.count("\n")


def test_folder_that_is_a_file(lazaretto, tmp_path):
    """The data folder cannot be made: one sentence, for the server and for the other commands."""
    (tmp_path / "data").touch()
    for words in (("serve",), ("account", "list")):
        code, _, told = lazaretto(*words)

        assert 1 == code, told
        assert "server.data" in told
        assert 1 == told.count("\n")


def test_no_such_database(lazaretto):
    """PostgreSQL that is not there: one sentence without the password."""
    code, _, told = lazaretto(
        "account", "list", LAZARETTO_STORE__URL="postgresql://me:tell-nobody@127.0.0.1:1/x"
    )

    assert (1, 1) == (code, told.count("\n")), told
    assert "tell-nobody" not in told


async def test_second_server_on_one_folder(tmp_path):
    """It is refused with a sentence, and the first one goes on."""
    server = Program(tmp_path)
    server.set_up("127.0.0.1:1")
    server.start()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", "serve", "--config", str(server.config)],
            capture_output=True, text=True, timeout=60, check=False,
            env=os.environ | {"LAZARETTO_HTTP__PORT": "0", "LAZARETTO_SMTP__PORT": "0", "LAZARETTO_SMTP__LMTP_PORT": "0"},
        )  # fmt: skip

        assert 1 == done.returncode
        assert "another server" in done.stderr
        assert 200 == (await eventually(lambda: server.get("/livez")))[0]
    finally:
        server.stop()
