"""The generated parts of docs/detection.md: thresholds, and messages explained as by `lazaretto explain`.

Run `python -m tools.explain_messages` after rules have changed. The messages are of the development set,
normalised, and judged without DNS and without history. Names of people who wrote honest letters are left out.
"""

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.helpers.corpora import normalised, unpacked
from tests.helpers.letters import OFFLINE, envelope

from lazaretto.commands.explain_text import points_by_kind, sentence
from lazaretto.mail.domains import domain_of
from lazaretto.mail.parse import parse
from lazaretto.model.message import Message
from lazaretto.model.verdict import Verdict
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.scan import scan
from lazaretto.scan.whatif import enough, what_if

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "detection.md"
CHOSEN = Path(__file__).with_name("explained_messages.toml")
CORPUS = "dev_set"

MAX_FINDINGS = 9
"""Rows of one table: the heaviest say it."""

MAX_SENTENCE = 150
MAX_SUBJECT = 90
QUOTABLE = {"clean", "open"}

_ADDRESS = re.compile(r"[\w.+=#-]+@")


def main() -> None:
    page = PAGE.read_text("utf-8")
    page = between(page, "thresholds", "\n".join(thresholds()))
    page = between(page, "messages", "\n".join(messages()))
    PAGE.write_text(page, "utf-8")


def between(page: str, name: str, content: str) -> str:
    """The page with another content between two marks."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, rest = page.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n{content}\n{end}{after}"


def thresholds() -> Iterator[str]:
    at, share = load_ruleset().thresholds.threshold, load_ruleset().thresholds.share
    lent = {
        kind: ", ".join(f"{part:g} of {other}" for other, part in of.items()) for kind, of in share.items()
    }
    yield "| points of | are enough from | and get a share of other kinds |"
    yield "|---|---|---|"
    for kind, points in enough(load_ruleset()).items():
        yield f"| {kind} | {points:g} | {lent.get(kind, '-')} |"
    yield f"| malicious, for SUSPICIOUS | {at.suspicious:g} | the same |"


def messages() -> Iterator[str]:
    for number, one in enumerate(tomllib.loads(CHOSEN.read_text("utf-8"))["message"], 1):
        yield from explained(number, one)


def explained(number: int, one: dict[str, str]) -> Iterator[str]:
    row, kind = rows()[one["id"]], licences()[one["id"]]
    assert kind["licence_class"] in QUOTABLE, f"{one['id']} may not be quoted"
    message = parse((normalised(CORPUS) / "msgs" / f"{one['id']}.eml").read_bytes())
    verdict = scan(message, envelope(row["mail_from"], (row["rcpt_to"],)), OFFLINE, load_ruleset())
    mistake = f" ({one['mistake']})" if "mistake" in one else ""
    yield f"### {number}. {verdict.disposition.value}{mistake}: {plain(message.subject, MAX_SUBJECT)}"
    yield ""
    origin = f"licence {kind['licence_class']}, message {row['id']}"
    yield f"From {sender(message, row['label'])}. Called {row['label']} by `{row['source']}` ({origin})."
    yield f"Points: {points_by_kind(verdict, enough(load_ruleset()))}."
    yield ""
    yield from table(verdict, row["label"])
    yield ""
    yield from changes(message, verdict, row["label"])
    yield ""
    yield one["note"]
    yield ""


def table(verdict: Verdict, label: str) -> Iterator[str]:
    weighed = [w for w in verdict.findings if w.points]
    if not weighed:
        return
    yield "| points | rule | what was seen |"
    yield "|---|---|---|"
    for one in weighed[:MAX_FINDINGS]:
        yield f"| {one.points:+.1f} | `{one.rule.id}` | {plain(hidden(sentence(one), label), MAX_SENTENCE)} |"
    if len(weighed) > MAX_FINDINGS:
        yield f"| | | and {len(weighed) - MAX_FINDINGS} more |"


def changes(message: Message, verdict: Verdict, label: str) -> Iterator[str]:
    address = message.header_from.address if message.header_from else ""
    told = what_if(verdict, load_ruleset(), sender=address).changes
    yield (
        "What would change it: "
        + ("; ".join(plain(hidden(c.text, label), 200) for c in told) or "nothing milder is there")
        + "."
    )


def sender(message: Message, label: str) -> str:
    found = message.header_from
    if found is None:
        return "nobody"
    if label == "ham":
        return f"somebody at {domain_of(found.address)}"
    return plain(f"{found.name} <{found.address}>".strip(), MAX_SUBJECT)


def hidden(text: str, label: str) -> str:
    """Without the addresses of people who wrote honest letters."""
    return _ADDRESS.sub("...@", text) if label == "ham" else text


def plain(text: str, limit: int) -> str:
    """Text of a message, safe inside a table of this page, and short."""
    text = " ".join("".join(c if c.isprintable() and c != "\ufffd" else " " for c in text).split())
    for sign in "\\`|<>*_[]":
        text = text.replace(sign, f"\\{sign}")
    return text if len(text) <= limit else f"{text[:limit].rstrip(chr(92))}..."


def rows() -> dict[str, dict[str, str]]:
    return _table(normalised(CORPUS) / "labels.csv")


def licences() -> dict[str, dict[str, str]]:
    return _table(unpacked(CORPUS) / "labels.csv")


def _table(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="", errors="replace") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


if __name__ == "__main__":
    main()
