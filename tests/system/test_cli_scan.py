"""`lazaretto scan` as a process: what it prints, in which order, and how it ends."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lazaretto.store.editions import Editions
from tests.unit.mail.laughs import laughing_pdf
from tests.unit.mail.letters import file_part, multipart

pytestmark = pytest.mark.system

LETTER = b"From: Ann <ann@one.example>\nTo: bob@two.example\nSubject: Tuesday\nDate: Fri, 20 Nov 2026 10:00:00 +0000\n\nHello.\n"
GTUBE = LETTER.replace(b"Hello.", b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X")


def scan(*words: str | Path, stdin: bytes = b"", **settings: str) -> tuple[int, list[dict], str]:
    """Exit code, printed objects and what was told; settings are given through the environment."""
    done = subprocess.run(
        [sys.executable, "-m", "lazaretto", "scan", "--offline", *map(str, words)],
        input=stdin,
        capture_output=True,
        timeout=100,
        check=False,
        env={**os.environ, **settings},
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_folder(tmp_path):
    """One object a message with exactly these keys; in the order of reading when asked."""
    (tmp_path / "a.eml").write_bytes(LETTER)
    (tmp_path / "b.eml").write_bytes(GTUBE)
    code, lines, told = scan("--ordered", "--json", tmp_path)

    assert (0, "") == (code, told)
    assert [str(tmp_path / "a.eml"), str(tmp_path / "b.eml")] == [line["path"] for line in lines]
    assert ["NONE", "SPAM"] == [line["disposition"] for line in lines]
    assert {"path", "disposition", "score", "scores", "findings", "milliseconds"} == set(lines[0])
    assert "gtube" == lines[1]["findings"][0]["rule"]


def test_standard_input():
    """One message through a pipe."""
    code, (line,), _ = scan("-", stdin=GTUBE)

    assert (0, "-", "SPAM") == (code, line["path"], line["disposition"])


def test_unreadable_is_a_line_too(tmp_path):
    """What could not be read is UNKNOWN with the reason, the rest is scanned, and the exit code says so."""
    (tmp_path / "a.eml").write_bytes(LETTER)
    code, lines, _ = scan(tmp_path / "none.eml", tmp_path / "a.eml")

    assert 3 == code
    by_path = {line["path"]: line for line in lines}
    assert "NONE" == by_path[str(tmp_path / "a.eml")]["disposition"]
    lost = by_path[str(tmp_path / "none.eml")]
    assert ("UNKNOWN", "cannot be read: No such file or directory") == (lost["disposition"], lost["error"])


def test_nothing_could_be_read(tmp_path):
    """Then the command failed."""
    code, lines, _ = scan(tmp_path / "none.eml")

    assert (1, 1) == (code, len(lines))


def test_listed_envelopes(tmp_path):
    """The list gives the client: its address is in no header."""
    (tmp_path / "a.eml").write_bytes(LETTER)
    (tmp_path / "list.csv").write_text(
        "id,mail_from,rcpt_to,client_ip,helo\na,ann@one.example,bob@two.example,192.0.2.7,mx\n"
    )
    code, lines, _ = scan("--envelopes", tmp_path / "list.csv", tmp_path / "a.eml")

    assert (0, "NONE") == (code, lines[0]["disposition"])


def test_hostile_heap(tmp_path):
    """Noise, emptiness, endless nesting and huge headers: an answer for each, and the run ends."""
    heap = {
        "noise.eml": bytes(range(256)) * 400,
        "header.eml": b"Subject: " + b"a" * 1_000_000 + b"\n\nx\n",
        "nested.eml": b"Content-Type: message/rfc822\n\n" * 3000 + b"x\n",
        "parts.eml": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 10_000 + b"--b--\n",
        "divs.eml": b"Content-Type: text/html\n\n" + b"<div>" * 100_000,
        "colons.eml": b":" * 100_000,
    }
    for name, raw in heap.items():
        (tmp_path / name).write_bytes(raw)
    code, lines, _ = scan(tmp_path)

    assert set(heap) == {Path(line["path"]).name for line in lines}
    assert [] == [line for line in lines if "error" in line]
    assert 0 == code


def test_ctrl_c(tmp_path):
    """It ends at once, with the exit code of an interrupted program and without a word."""
    separator = b"From ann@one.example Fri Nov 20 10:00:00 2026\n"
    running = subprocess.Popen(
        [sys.executable, "-m", "lazaretto", "scan", "--offline", "--workers", "2", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509  # `nohup` ignores it
    )
    with running:
        running.stdin.write((separator + LETTER + b"\n") * 200 + separator)
        running.stdin.flush()
        assert running.stdout.readline()
        os.killpg(running.pid, signal.SIGINT)  # as the terminal does: parent and children

        assert 130 == running.wait(timeout=20)
        assert b"" == running.stderr.read()


def test_words_for_people(tmp_path):
    """--text prints a line that a terminal can show, whatever the file is called."""
    path = tmp_path / "a\x1b[31m.eml"
    path.write_bytes(GTUBE)
    done = subprocess.run(
        [sys.executable, "-m", "lazaretto", "scan", "--offline", "--text", str(path)],
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip

    assert done.stdout.startswith("SPAM")
    assert "\x1b" not in done.stdout
    assert "\\x1b[31m.eml" in done.stdout


OFF = b'[[rule]]\nid = "gtube"\nenabled = false\n'


def promoted(tmp_path):
    """A data folder with one edition in it, which runs."""
    editions = Editions(tmp_path / "data")
    editions.promote({"overrides.toml": OFF}, by="ann", ruleset="x", now=datetime(2026, 11, 20, tzinfo=UTC))
    return {"LAZARETTO_SERVER__DATA": str(tmp_path / "data")}


@pytest.mark.parametrize(
    ("words", "disposition"),
    [((), "SPAM"), (("--edition", "1"), "NONE"), (("--edition", "current"), "NONE")],
)
def test_edition(tmp_path, words, disposition):
    """The shipped rules judge, unless an edition is asked for: by its number, or the one that runs."""
    code, (line,), _ = scan(*words, "-", stdin=GTUBE, **promoted(tmp_path))

    assert (0, disposition) == (code, line["disposition"])


def test_rules_of_a_folder(tmp_path):
    """Rule files are tried before they are promoted."""
    (tmp_path / "overrides.toml").write_bytes(OFF)
    code, (line,), _ = scan("--rules", tmp_path, "-", stdin=GTUBE)

    assert (0, "NONE") == (code, line["disposition"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--edition", "2"), "there is no edition 2"),
        (("--edition", "newest"), "'newest' is no edition"),
        (("--rules", "wrong"), "overrides.toml"),
        (("--rules", "nowhere"), "nowhere is no folder"),
    ],
)
def test_rules_that_are_not_there(tmp_path, monkeypatch, words, told):
    """Nothing is judged by other rules than those that were asked for."""
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "overrides.toml").write_text("[[rule]]\nid = 3\n")
    monkeypatch.chdir(tmp_path)
    code, lines, said = scan(*words, "-", stdin=GTUBE, **promoted(tmp_path))

    assert (1, []) == (code, lines)
    assert told in said


def test_document_without_end(tmp_path):
    """A PDF that would be drawn for hours is ended alone: the rest of its message is judged, and quickly."""
    files = [file_part(laughing_pdf(9, 10), "a.pdf"), file_part(b"MZ" + bytes(90), "b.exe")]
    (tmp_path / "a.eml").write_bytes(multipart(*files))
    code, (line,), _ = scan(tmp_path / "a.eml")
    rules = {finding["rule"] for finding in line["findings"]}

    assert 0 == code
    assert {"attachment_cut", "attachment_program"} <= rules
