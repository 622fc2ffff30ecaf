"""Labelled letters of a made-up newsletter, and honest letters that have nothing to do with it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from lazaretto.mail.parse import parse
from lazaretto.model.disposition import Disposition
from lazaretto.model.learning import Example
from lazaretto.scan.classifier.features import features
from lazaretto.scan.classifier.hashed import hashed
from tests.helpers.records import ACCOUNT

LETTERS = Path(__file__).parents[2] / "tools/classifier/letters/mixed.txt"
BEGINNING = datetime(2026, 11, 2, 9, tzinfo=UTC)


def newsletter(number: int, to: str = "user@corp.example") -> bytes:
    """One issue: the same phrases, other numbers and another flower."""
    flower = ("roses", "lilies", "irises", "peonies")[number % 4]
    return (
        f"From: Garden World <news@garden.example>\r\nTo: {to}\r\n"
        f"Subject: Garden World {number}: bulbs and {flower}\r\nMessage-ID: <{number}@garden.example>\r\n\r\n"
        f"Dear gardener,\r\nthis is issue {number} of Garden World. Tulip bulbs and crocus corms are on offer.\r\n"
        f"Plant daffodils {number} inches deep in drained compost and mulch the borders before frost.\r\n"
        f"Our {flower} of the month come with a trowel.\r\n"
        f"Read more at https://garden.example/issue/{number}/bulbs\r\n"
    ).encode()


def words(raw: bytes) -> frozenset[str]:
    """The features of a letter."""
    return features(parse(raw))


def example(number, label=Disposition.SPAM, *, raw=None, **changes):
    """A label of one issue, a day after the one before."""
    said = {
        "account": ACCOUNT,
        "submission": number,
        "record": number,
        "label": label,
        "given": Disposition.NONE,
        "by": "ann@corp.example",
        "at": BEGINNING + timedelta(days=number),
        "words": hashed(words(newsletter(number) if raw is None else raw)),
    }
    return Example(**{**said, **changes})


def unrelated() -> list[frozenset[str]]:
    """Features of honest business letters."""
    found = []
    for letter in LETTERS.read_text("utf-8").split("\n---\n"):
        _, sender, subject, *body = letter.strip().split("\n")
        name = sender.removeprefix("From: ")
        text = "\r\n".join((f'From: "{name}" <a@b.example>', subject, "", *body))
        found.append(words(text.encode()))
    return found
