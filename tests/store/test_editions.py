"""Editions: promoted one after the other, gone back to, and never half."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.store import editions as module
from lazaretto.store.editions import MAX_EDITIONS, MAX_FILES, Editions, Running, read_folder

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def promote(editions: Editions, content: bytes = b"x", name: str = "overrides.toml"):
    return editions.promote({name: content}, by="ana", ruleset="r" * 12, now=NOW)


def test_nothing_promoted_is_nothing_laid_over(tmp_path):
    """A fresh data folder runs the shipped rules."""
    editions = Editions(tmp_path)

    assert None is editions.current()
    assert {} == editions.files()
    assert () == editions.kept()
    with pytest.raises(NotFound, match="nothing to go back to"):
        editions.before()


def test_promoted_files_come_back_with_who_and_when(tmp_path):
    """Another process reads the same."""
    promote(Editions(tmp_path), b"one")
    found = Editions(tmp_path).find(1)

    assert {"overrides.toml": b"one"} == found.files
    assert (None, NOW, "ana", "r" * 12) == (found.before, found.promoted_at, found.by, found.ruleset)
    assert 1 == Editions(tmp_path).current()


def test_going_back_follows_what_ran_and_not_the_numbers(tmp_path):
    """After one, two, back, three: before three ran one."""
    editions = Editions(tmp_path)
    promote(editions, b"one")
    promote(editions, b"two")
    assert 1 == editions.go_back(1)
    third = promote(editions, b"three")

    assert (3, 1) == (third.number, third.before)
    assert 1 == editions.go_back(1)
    assert {"overrides.toml": b"one"} == editions.files()
    assert None is editions.go_back(None)
    assert {} == editions.files()


def test_going_back_to_what_was_not_looked_at_is_refused(tmp_path):
    """Someone promoted between the look and the step."""
    editions = Editions(tmp_path)
    promote(editions)
    promote(editions)

    with pytest.raises(Conflict):
        editions.go_back(None)
    assert 2 == editions.current()


def test_old_editions_make_room(tmp_path):
    """The newest are kept."""
    editions = Editions(tmp_path)
    for _ in range(MAX_EDITIONS + 5):
        promote(editions)

    assert list(range(MAX_EDITIONS + 5, 5, -1)) == [one.number for one in editions.kept()]


def test_a_folder_is_read_with_its_limits(tmp_path, monkeypatch):
    """Rule files only; odd names, too many and too much are refused."""
    (tmp_path / "a.toml").write_bytes(b"12345")
    (tmp_path / "README.md").write_bytes(b"no rules")
    assert {"a.toml": b"12345"} == read_folder(tmp_path)

    monkeypatch.setattr(module, "MAX_BYTES", 4)
    with pytest.raises(Invalid, match="more than 4 bytes"):
        read_folder(tmp_path)
    monkeypatch.undo()
    for number in range(MAX_FILES):
        (tmp_path / f"r{number}.toml").touch()
    with pytest.raises(Invalid, match=f"more than {MAX_FILES} files"):
        read_folder(tmp_path)
    with pytest.raises(Invalid, match="no folder"):
        read_folder(tmp_path / "a.toml")
    (tmp_path / "A.toml").touch()
    with pytest.raises(Invalid, match=r"A\.toml"):
        read_folder(tmp_path)


def test_a_damaged_pointer_is_told(tmp_path):
    """It is not taken for "nothing promoted"."""
    promote(Editions(tmp_path))
    (tmp_path / "rules" / "current").write_text("../../etc")

    with pytest.raises(Invalid, match="does not name an edition"):
        Editions(tmp_path).current()


def test_what_the_server_says_comes_back(tmp_path):
    """And what is damaged counts as nothing said."""
    editions = Editions(tmp_path)
    assert None is editions.running()
    editions.tell(Running(3, "abc", refused=4, reason="links.toml: rule 'x'", process=7))

    assert Running(3, "abc", 4, "links.toml: rule 'x'", 7) == editions.running()
    (tmp_path / "rules" / "running").write_text("{")
    assert None is editions.running()


PROMOTER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from lazaretto.store.editions import Editions
editions = Editions(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    content = str(number).encode() * 2000
    files = {f"f{n}.toml": content for n in range(20)}
    editions.promote(files, by="x", ruleset="r", now=datetime.now(UTC))
    if number % 3 == 0:
        editions.go_back(editions.before())
    print(number, flush=True)
"""


@pytest.mark.system
@pytest.mark.parametrize("turn", range(6))
def test_killed_while_promoting_leaves_old_or_new_and_no_mixture(tmp_path, turn):
    """After kill -9 at any moment, all files of what is to run are of one promotion, and the next one works."""
    with subprocess.Popen(
        [sys.executable, "-c", PROMOTER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        time.sleep(0.013 * turn)
        os.kill(process.pid, signal.SIGKILL)
        process.stdout.read()
    editions = Editions(tmp_path)
    files = editions.files()

    assert 20 == len(files)
    assert 1 == len(set(files.values()))
    assert promote(editions, b"after").number == editions.current()
    assert json.loads(
        (tmp_path / "rules" / "editions" / str(editions.current()) / "edition.json").read_text()
    )
