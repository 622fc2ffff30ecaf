"""Detection on the normalised development data that nothing was learned from: false alarms first.

Ham, then modern HTML ham, then bulk, spam and phish by source and sublabel, the curve of what is found against
ham flagged, rules that would accuse ham alone, and the same for rspamd and SpamAssassin where they are installed
(`detection` alone leaves the others out). No DNS.
"""

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache

from tests.helpers.corpora import normalised, unpacked
from tests.helpers.letters import OFFLINE, envelope

from bench.contest import CORPORA, MODERN, part_of
from lazaretto.mail.parse import parse
from lazaretto.model.envelope import Envelope
from lazaretto.scan.checks import CHECKS
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.scan import observe, scan, verdict_of

FLAGGED = {"MALICIOUS", "MALICIOUS-BEC", "SUSPICIOUS", "SPOOF", "SPAM"}
ACCUSED = {"MALICIOUS", "MALICIOUS-BEC"}
ORDER = ("ham", "bulk", "spam", "phish", "ambiguous")
SHARES = (0.02, 0.01, 0.005, 0.002, 0.001)
MOST_ALONE = 0.001
"""Ham that one rule alone may call MALICIOUS."""


@dataclass(frozen=True)
class Case:
    """One message of the dev part, and what was made of it."""

    label: str
    source: str
    sublabel: str
    disposition: str
    score: float


@cache
def cases() -> tuple[Case, ...]:
    return tuple(case for corpus in CORPORA for case in judge(corpus))


def judge(corpus: str) -> list[Case]:
    folder = normalised(corpus)
    with (folder / "labels.csv").open(newline="", errors="replace") as file:
        rows = {r["id"]: r for r in csv.DictReader(file)}
    with (unpacked(corpus) / "labels.csv").open(newline="", errors="replace") as file:
        kinds = {r["id"]: r.get("sublabel") or "" for r in csv.DictReader(file)}
    done = subprocess.run(
        [
            sys.executable, "-m", "lazaretto", "scan", "--offline",
            "--envelopes", str(folder / "labels.csv"), str(folder / "msgs"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )  # fmt: skip
    found = []
    for line in done.stdout.splitlines():
        judged = json.loads(line)
        row = rows[judged["path"].rpartition("/")[2].removesuffix(".eml")]
        if part_of(corpus, row) == "dev" and row["label"] in ORDER:
            found.append(
                Case(
                    row["label"],
                    row["source"],
                    kinds.get(row["id"], ""),
                    judged["disposition"],
                    judged["score"],
                )
            )
    return found


def shares(*, by_kind: bool) -> None:
    """What is called what, by label and source, or by sublabel too."""
    table: dict[tuple[int, str, str, str], Counter[str]] = defaultdict(Counter)
    for case in cases():
        mail = "modern ham" if case.source in MODERN and case.label == "ham" else case.label
        kind = case.sublabel or "-" if by_kind else ""
        table[ORDER.index(case.label), mail, case.source, kind][case.disposition] += 1
    names = (
        "mail",
        "source",
        *(("kind",) if by_kind else ()),
        "messages",
        "worse than BULK",
        "MALICIOUS",
        "BULK",
    )
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for key in sorted(table):
        counts = table[key]
        total = counts.total()
        flagged = sum(n for d, n in counts.items() if d in FLAGGED)
        accused = sum(n for d, n in counts.items() if d in ACCUSED)
        row = (
            *(k for k in key[1:] if k),
            total,
            f"{flagged} ({flagged / total:.1%})",
            accused,
            counts["BULK"],
        )
        print(f"| {' | '.join(map(str, row))} |")


def curve() -> None:
    """What is found at the score above which so much of the honest list mail lies."""
    groups: dict[str, list[float]] = defaultdict(list)
    for case in cases():
        modern = case.source in MODERN and case.label == "ham"
        groups["modern ham" if modern else case.label].append(case.score)
    ham = sorted(groups["ham"], reverse=True)
    names = [name for name in ("modern ham", "bulk", "spam", "phish") if groups[name]]
    print(f"\n| ham flagged | score | {' | '.join(names)} |\n|{'---|' * (len(names) + 2)}")
    for share in SHARES:
        at = ham[int(share * len(ham))]
        cells = (f"{sum(s > at for s in groups[name]) / len(groups[name]):.1%}" for name in names)
        print(f"| {share:.1%} | > {at:.2f} | {' | '.join(cells)} |")


def alone() -> None:
    """Rules that, heard without any other, call more than one in a thousand honest messages MALICIOUS."""
    ham, accusing = 0, dict[str, Counter[str]]()
    for corpus in CORPORA:
        folder = normalised(corpus)
        with (folder / "labels.csv").open(newline="", errors="replace") as file:
            rows = [r for r in csv.DictReader(file) if r["label"] == "ham"]
        for row in rows:
            ham += 1
            kind = "modern ham" if row["source"] in MODERN else "ham"
            raw = (folder / "msgs" / f"{row['id']}.eml").read_bytes()
            for rule in accusers(raw, envelope(row["mail_from"], (row["rcpt_to"],))):
                accusing.setdefault(rule, Counter())[kind] += 1
    print(
        f"\n| rule or check that alone calls ham MALICIOUS | of {ham} ham: list mail | modern |\n|---|---|---|"
    )
    over = {rule: n for rule, n in accusing.items() if n.total() > MOST_ALONE * ham}
    for rule, counts in sorted(over.items()):
        print(f"| {rule} | {counts['ham']} | {counts['modern ham']} |")
    if not over:
        print("| none in more than 1 of 1,000 | - | - |")
    print(f"\nRules and checks that did it at all: {', '.join(sorted(accusing)) or 'none'}.")


def accusers(raw: bytes, where: Envelope) -> list[str]:
    """Rules that spoke, and checks, whose findings are MALICIOUS with nothing beside them."""
    ruleset = load_ruleset()
    message = parse(raw)
    verdict = scan(message, where, OFFLINE, ruleset)
    found = defaultdict(list)
    for weighed in verdict.findings:
        if weighed.rule.kind != "note" or weighed.rule.floor is not None:
            found[weighed.rule.id].append(weighed.finding)
    for check in CHECKS:
        found[f"check {check.__module__.rpartition('.')[2]}"] = list(observe(check, message, where, OFFLINE))
    return [
        name
        for name, findings in found.items()
        if verdict_of(tuple(findings), ruleset).disposition.value in ACCUSED
    ]


def main() -> None:
    shares(by_kind=False)
    curve()
    alone()
    print()
    shares(by_kind=True)


if __name__ == "__main__":
    main()
