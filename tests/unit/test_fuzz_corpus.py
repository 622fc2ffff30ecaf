"""What fuzzing kept still goes through: no exception, no broken promise, nothing beyond the limits.

The corpus is made by tools/fuzz_scan.py; whatever it found once is in it, or in a test of its own.
"""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.fuzz import mutate, runs, targets, world
from tests.fuzz.hostile import dictionary

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = {"letter": mutate.letter, "file": mutate.file}
MAX_FILES = 300
MAX_BYTES = 300_000
SHAKEN = 60
"""Kept inputs of a target that are changed once more."""


def kept(name: str) -> list[Path]:
    return sorted((targets.CORPUS / name).iterdir())


def test_corpus_is_small():
    """So that it can stay in the repository."""
    everything = [path for name in targets.TARGETS for path in kept(name)]

    assert all(kept(name) for name in targets.TARGETS)
    assert len(everything) < MAX_FILES
    assert sum(path.stat().st_size for path in everything) < MAX_BYTES


@pytest.mark.parametrize("name", targets.TARGETS)
def test_corpus(name: str):
    """Every kept input goes through its target."""
    failed = {}
    for path in kept(name):
        try:
            targets.watched(targets.TARGETS[name], path.read_bytes())
        except Exception as problem:
            failed[path.name] = f"{type(problem).__name__}: {problem}"

    assert {} == failed


@pytest.mark.parametrize("name", targets.TARGETS)
def test_mutations(name: str):
    """A mutation keeps to the size that it is given, and what it makes goes through the target."""
    for path in Random(1).sample(kept(name), SHAKEN):
        random = Random(path.name)
        mutated = MUTATIONS[name](path.read_bytes(), 4_000, random, lambda piece: piece[::-1] + b"\x00")

        assert len(mutated) <= 4_000
        targets.watched(targets.TARGETS[name], mutated)


def test_no_fuzzer_is_needed():
    """The targets and their mutations come without atheris, which tests and users do not install."""
    program = (
        "import sys; sys.modules['atheris'] = None\n"
        "import tests.fuzz.targets, tests.fuzz.mutate, tests.fuzz.seeds, tools.fuzz_scan"
    )

    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=100)


def test_world():
    """Envelope, history, answers by name and in turn, as the lines say."""
    message, lines = world.divide(
        b"x" + world.MARK + b"one" + world.MARK + b"from \xc3\xa4@b.test\x07\nmode BCC\nclient x"
    )
    told = world.read_world(lines).envelope

    assert b"x" + world.MARK + b"one" == message
    assert ("ä@b.test", "BCC", None) == (told.mail_from, told.mode.value, told.client_ip)
    assert world.read_world(None).answers is None


def test_images_as_runs(monkeypatch: pytest.MonkeyPatch):
    """An image comes back from its runs; runs beyond its largest size and cut runs do no harm."""
    image = bytes(1_000) + b"one" + bytes(5_000) + b"two"
    short = runs.runs_of(image)

    assert (image, b"plain") == (runs.image_of(short), runs.image_of(b"plain"))
    assert len(short) < 1_000
    assert image.startswith(runs.image_of(short[:-7]))
    monkeypatch.setattr(runs, "MAX_IMAGE", 2_000)
    assert image[:1_003] == runs.image_of(short)


def test_broken_promises_are_seen(monkeypatch: pytest.MonkeyPatch):
    """A check that breaks, time and memory are failures; otherwise a fuzzer would look for nothing."""
    with monkeypatch.context() as patch:
        patch.setattr(targets, "CHECK_FAILED", "short_letter")
        with pytest.raises(targets.Broken, match="1 words"):
            targets.letter(b"From: a@b.test\r\n\r\nx")
    for limit in ("SECONDS", "MEMORY"):
        with monkeypatch.context() as patch:
            patch.setattr(targets, limit, -1)
            with pytest.raises(targets.Broken, match="bytes took"):
                targets.watched(targets.file, b"a.txt\nx")


def test_dictionary():
    """Each word is a line that libFuzzer reads."""
    lines = dictionary().splitlines()

    assert len(lines) > 100
    assert all(line.startswith('"\\x') and line.endswith('"') for line in lines)
