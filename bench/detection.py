"""Detection of the rules alone on the normalised development data, false alarms first; no DNS, nothing learned."""

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict

from tests.helpers.corpora import normalised

FLAGGED = {"MALICIOUS", "MALICIOUS-BEC", "SUSPICIOUS", "SPOOF", "SPAM"}
ORDER = ("ham", "bulk", "spam", "phish", "ambiguous")


def judge(corpus: str) -> list[tuple[tuple[str, str], str]]:
    """Label and source of each message of the part that nothing was tuned on, and its disposition."""
    folder = normalised(corpus)
    with (folder / "labels.csv").open(newline="", errors="replace") as file:
        rows = {r["id"]: r for r in csv.DictReader(file)}
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
        if row["split"] in ("dev", ""):
            found.append(((row["label"], row["source"]), judged["disposition"]))
    return found


def main() -> None:
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for corpus in ("dev_set", "dev_html_ham", "dev_phish_nc"):
        for key, disposition in judge(corpus):
            table[key][disposition] += 1
    print("| mail | source | messages | worse than BULK | MALICIOUS | BULK |\n|---|---|---|---|---|---|")
    for label, source in sorted(table, key=lambda k: (ORDER.index(k[0]), k[1])):
        counts = table[label, source]
        total = counts.total()
        flagged = sum(n for d, n in counts.items() if d in FLAGGED)
        print(
            f"| {label} | {source} | {total} | {flagged} ({flagged / total:.1%})"
            f" | {counts['MALICIOUS'] + counts['MALICIOUS-BEC']} | {counts['BULK']} |"
        )


if __name__ == "__main__":
    main()
