"""The letters that the shipped classifier learns from beside collected mail: their form, and that none stands twice."""

import re
from pathlib import Path

import pytest

from lazaretto.scan.score import FLAGGED
from tests.helpers.letters import judged, letter

LETTERS = Path(__file__).parents[2] / "tools/classifier/letters"
FORM = re.compile(r"Label: (ham|bulk|spam|phish)\nFrom: .+\nSubject: .*\n(?s:.+)")
FILES = sorted(LETTERS.glob("*.txt"))
NOTES = sorted((LETTERS.parent / "held_out").glob("*.txt"))
"""Short notes in two dozen languages that nothing is learned from."""


def letters(path):
    return [letter.strip("\n-") for letter in path.read_text("utf-8").strip("\n-").split("\n---\n")]


@pytest.mark.parametrize("path", [*FILES, *NOTES], ids=lambda path: path.stem)
def test_form(path):
    """Label, sender, subject and text, in this order; no addresses and no links that could be somebody's."""
    found = letters(path)

    assert [] == [letter for letter in found if not FORM.fullmatch(letter)]
    assert [] == [word for letter in found for word in re.findall(r"\S+://\S+|\w+@\w+\.\w+", letter)]


def test_both_sides_of_each_language():
    """A language that only attacks were written in would make the language guilty."""
    for path in [*FILES, *NOTES]:
        labels = re.findall(r"(?m)^Label: (\w+)$", path.read_text("utf-8"))
        honest = sum(label in {"ham", "bulk"} for label in labels)

        assert honest >= 0.4 * len(labels), path.stem


def test_no_letter_twice():
    """What is counted twice is no example more."""
    paths = [*FILES, *NOTES]
    texts = [letter.partition("\nSubject: ")[2] for path in paths for letter in letters(path)]

    assert len(texts) == len(set(texts))


def test_short_notes_are_told():
    """Few words are little evidence: honest notes are left alone, and half of the bad ones are found by them."""
    flagged: dict[bool, list[bool]] = {True: [], False: []}
    for label, sender, subject, text in (note.split("\n", 3) for path in NOTES for note in letters(path)):
        message = letter(
            text=text,
            subject=subject.removeprefix("Subject: "),
            from_=f'"{sender.removeprefix("From: ")}" <ann@firm.test>',
        )
        flagged[label in {"Label: spam", "Label: phish"}].append(judged(message).disposition in FLAGGED)

    assert sum(flagged[False]) <= 0.01 * len(flagged[False])
    assert sum(flagged[True]) >= 0.4 * len(flagged[True])
