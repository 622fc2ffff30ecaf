"""The command line as a shell sees it: exit codes, one sentence for each failure, nothing heavy for --help."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lazaretto.cli import COMMANDS, main

HEAVY = (
    "asyncio",
    "starlette",
    "uvicorn",
    "cryptography",
    "apsw",
    "selectolax",
    "structlog",
    "msgspec",
    "email",
)


def test_help_names_every_command(capsys):
    """Whoever asks for help sees what there is."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    assert 0 == ended.value.code
    shown = capsys.readouterr().out
    assert [] == [name for name in COMMANDS if f" {name} " not in shown]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command, capsys):
    """Every command explains itself and has --json and --config."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert 0 == ended.value.code
    shown = capsys.readouterr().out
    assert "--json" in shown
    assert "--config" in shown


def test_help_is_light():
    """Help comes at once because nothing heavy is imported for it."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "lazaretto", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}

    assert set() == imported & set(HEAVY)


def test_nothing_said(capsys):
    """Without a command the help is shown, and a script sees that nothing was done."""
    assert 2 == main([])
    assert "usage: lazaretto" in capsys.readouterr().out


def test_unknown_command(capsys):
    """A wrong word is a wrong command line."""
    with pytest.raises(SystemExit) as ended:
        main(["sreve"])

    assert 2 == ended.value.code


def test_version(capsys):
    """In words and as JSON."""
    assert 0 == main(["version"])
    assert "lazaretto " in capsys.readouterr().out
    assert 0 == main(["version", "--json"])
    assert {"version", "python"} == set(json.loads(capsys.readouterr().out))


def test_wrong_settings(tmp_path, capsys):
    """One sentence names file, key and the nearest known one; exit code 78."""
    path = tmp_path / "lazaretto.toml"
    path.write_text("[http]\nprot = 1\n")

    assert 78 == main(["configtest", "--config", str(path)])
    expected = f"lazaretto: {path}: 'prot' is not a known key of [http]; did you mean 'port'?\n"
    assert expected == capsys.readouterr().err


def test_configtest(tmp_path, capsys):
    """Good settings are shown and nothing is created."""
    path = tmp_path / "lazaretto.toml"
    path.write_text('[server]\ndata = "d"\n')

    assert 0 == main(["configtest", "--json", "--config", str(path)])
    shown = json.loads(capsys.readouterr().out)
    assert (True, [], str(tmp_path / "d")) == (
        shown["ok"],
        shown["errors"],
        shown["settings"]["server"]["data"],
    )
    assert [path] == list(tmp_path.iterdir())


def test_configtest_finds_what_cannot_work(tmp_path, capsys):
    """A data folder below a file, and a certificate that is none."""
    path = tmp_path / "lazaretto.toml"
    path.write_text(f'[server]\ndata = "{path}/d"\n[smtp]\ntls_cert = "{path}"\n')

    assert 78 == main(["configtest", "--json", "--config", str(path)])
    data, blobs, certificate = json.loads(capsys.readouterr().out)["errors"]
    assert data.startswith(f"server.data: {path} cannot be written to")
    assert blobs.startswith(f"store.blobs: {path} cannot be written to")
    assert certificate.startswith("smtp.tls_cert, smtp.tls_key:")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["domain", "add", "a.example", "--next-hop", "nowhere"], 2, "--next-hop must be HOST:PORT"),
        (
            ["domain", "add", "a.example", "--next-hop", "x:25", "--hold", "SPMA"],
            2,
            "'SPMA' is not a disposition",
        ),
        (
            ["domain", "add", "a.example", "--next-hop", "x:25", "--hold", "SPAM", "--tag", "spam"],
            2,
            "named twice",
        ),
        (["domain", "add", "a.example", "--tls", "off"], 2, "there is none"),
        (["domain", "set", "a.example", "--mode", "DIRECT,FAX"], 2, "--mode takes DIRECT, BCC"),
        (["domain", "set", "a.example", "--mode", ""], 2, "--mode takes DIRECT, BCC"),
        (["domain", "set", "a.example", "--from-ip", "192.0.2.0/33"], 2, "not '192.0.2.0/33'"),
        (["domain", "set", "a.example", "--lookback-hops", "21"], 2, "between 0 and 20"),
        (["account", "remove", "x"], 2, "say --yes"),
        (["scan", "--envelopes", "/none.csv", "x"], 1, "/none.csv: No such file or directory."),
        (["serve", "--config", "/none.toml"], 78, "The settings file /none.toml cannot be read"),
    ],
)
def test_mistakes(words, code, sentence, capsys, tmp_path, monkeypatch):
    """Each mistake has its exit code and one sentence on standard error."""
    monkeypatch.setenv("LAZARETTO_SERVER__DATA", str(tmp_path))

    assert code == main(words)
    told = capsys.readouterr().err
    assert sentence in told
    assert 1 == told.count("\n")


def test_list_without_id_column(tmp_path, capsys):
    """A CSV of envelopes must name its columns."""
    path = tmp_path / "list.csv"
    path.write_text("a,b\n1,2\n")

    assert 1 == main(["scan", "--envelopes", str(path), "x"])
    assert "has no column 'id'" in capsys.readouterr().err


def test_reader_goes_away():
    """`lazaretto settings | head -1` is no failure and no traceback."""
    done = subprocess.run(
        f"set -o pipefail; {sys.executable} -m lazaretto settings | true",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
        cwd=Path.cwd(),
    )

    assert (0, "") == (done.returncode, done.stderr)
