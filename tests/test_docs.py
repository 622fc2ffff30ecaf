"""What the pages show is true: commands run, output is as printed, links lead somewhere, options are all there.

In a console block, a line that begins with "$ " is a command and the lines below it are what it must print;
"…" stands for anything, and for any number of lines when it is alone.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lazaretto.cli import COMMANDS, _parser

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
BIN = Path(sys.executable).parent

LETTER = b"From: Ann <ann@one.example>\nTo: bob@two.example\nSubject: Tuesday\nDate: Fri, 20 Nov 2026 10:00:00 +0000\n\nHello.\n"


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[tuple[str, str]]:
    """Each command of a page with the output that it shows."""
    found: list[tuple[str, str]] = []
    for block in blocks(page, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            else:
                command, shown = found.pop()
                found.append((command, f"{shown}{line}\n"))
    return found


def looks_like(shown: str, printed: str) -> bool:
    """The output is what the page shows."""
    pattern = re.escape(shown).replace(re.escape("…") + "\\\n", "(?:.*\n)*").replace(re.escape("…"), ".*")
    return re.fullmatch(pattern, printed) is not None


@pytest.fixture
def place(tmp_path):
    """A folder with some mail, and an environment with a store of its own."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "letter.eml").write_bytes(LETTER)
    (tmp_path / "mail.mbox").write_bytes(
        b"From ann@one.example Fri Nov 20 10:00:00 2026\n" + LETTER.replace(b"Tuesday", b"Friday")
    )
    (tmp_path / "envelopes.csv").write_text(
        "".join(block for block in blocks(ROOT / "docs/import.md", "csv"))
    )
    environ = os.environ | {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "LAZARETTO_SERVER__DATA": str(tmp_path / "data"),
        "LAZARETTO_SCAN__WORKERS": "1",
    }
    return tmp_path, environ


def run(command: str, place) -> str:
    folder, environ = place
    done = subprocess.run(
        command, shell=True, executable="/bin/bash", cwd=folder, env=environ,
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.system
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_run(page, place):
    """Every command of ours that a page shows runs and prints what is shown."""
    shown = [(command, output) for command, output in commands(page) if "lazaretto " in command]
    for command, output in shown:
        printed = run(command, place)
        assert not output or looks_like(output, printed), printed


def test_make_words():
    """Every `make` word on a page is a target."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        command.split()[1] for page in PAGES for command, _ in commands(page) if command.startswith("make ")
    }

    assert {"run", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page):
    """Links to files of the repository lead somewhere."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))

    assert [] == [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_but_known_blocks(page):
    """A block whose language nobody checks would rot: each has one that is known."""
    languages = set(re.findall(r"^```(.*)$", page.read_text("utf-8"), re.MULTILINE))

    assert languages <= {"", "console", "python", "text", "toml", "csv", "ini", "json", "sql", "http"}


def test_every_option_is_on_the_page():
    """docs/commands.md names every command, verb and option that the program has."""
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    missing = [name for name in COMMANDS if f"lazaretto {name}" not in page]
    for name in COMMANDS:
        parser = _parser([name])
        missing += [f"{name} {option}" for option in _options(parser, name) if f"{option}" not in page]

    assert [] == missing


def _options(parser: argparse.ArgumentParser, command: str) -> set[str]:
    found: set[str] = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            inner = action.choices.values() if action.dest == "verb" else [action.choices[command]]
            for sub in inner:
                found |= _options(sub, command)
        else:
            found |= {option for option in action.option_strings if option.startswith("--")}
    return found - {"--help", "--version"}


def test_settings_of_the_pages_are_good(tmp_path):
    """Every settings file that a page shows can be read."""
    from lazaretto.settings import load_settings

    shown = [block for page in PAGES for block in blocks(page, "toml")]
    assert shown
    for block in shown:
        path = tmp_path / "lazaretto.toml"
        path.write_text(block)
        load_settings(path, {})


def test_glossary_is_in_order():
    """No word is explained twice, and each meaning is a sentence."""
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \|$", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE
    )
    words = [word for word, meaning in rows if word != "word"]

    assert sorted(set(words)) == sorted(words)
    assert [] == [word for word, meaning in rows if word != "word" and not meaning.endswith(".")]


@pytest.fixture
def playing(tmp_path):
    """A running demo; gives the environment that the README asks for."""
    running = subprocess.Popen(
        [
            sys.executable, "-m", "lazaretto", "demo", "--json", "--data", str(tmp_path / "demo"),
            "--http-port", "0", "--smtp-port", "0",
        ],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        told = json.loads(running.stdout.readline())
        yield os.environ | {"API": told["url"], "ACCOUNT": told["account"], "TOKEN": told["secret"]}
    finally:
        running.terminate()
        running.wait(timeout=30)
        running.stdout.close()


@pytest.mark.system
def test_session_of_the_settings_page(playing, tmp_path):
    """Every command of the page runs against a server of its own, one after the other."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    environ = playing | {
        "SETTINGS": f"{playing['API']}/accounts/{playing['ACCOUNT']}/email-security/settings"
    }
    for command, shown in commands(ROOT / "docs" / "settings-api.md"):
        printed = run(command, (tmp_path, environ))
        assert not shown or looks_like(shown, printed), printed


@pytest.mark.system
def test_session_of_the_readme(playing, tmp_path):
    """What curl and the official SDK print is what the README shows."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    from tools.sdk_environments import interpreter

    (curl,) = [pair for pair in commands(ROOT / "README.md") if pair[0].startswith("curl ")]
    (session,) = blocks(ROOT / "README.md", "python")
    (shown,) = blocks(ROOT / "README.md", "text")

    listed = run(curl[0], (tmp_path, playing))
    assert looks_like(curl[1], listed), listed

    try:
        python = interpreter("5.9.0")
    except RuntimeError as problem:
        pytest.skip(f"the SDK cannot be installed: {problem}")
    done = subprocess.run(
        [python, "-c", session], env=playing, capture_output=True, text=True, timeout=100, check=False
    )
    assert 0 == done.returncode, done.stderr
    assert looks_like(shown, done.stdout), done.stdout
