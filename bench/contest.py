"""Detection beside rspamd and SpamAssassin: what each finds at the score that flags so many of the honest messages.

The part of the development mail that nothing was learned from; whatever is not installed is left out.
"""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.corpora import normalised, unpacked

from bench.opponents import Letter, Score, rates, rspamd, spamassassin

CORPORA = ("dev_set", "dev_html_ham", "dev_phish_nc")
BAD = {"spam", "phish"}
JUDGED = {"ham", "bulk", *BAD}
SHARES = (0.01, 0.005, 0.001)


class Mail(dict[str, list[tuple[Letter, str, str]]]):
    """Letters with label and source, by part: train and dev."""


def mail() -> Mail:
    found = Mail(train=[], dev=[])
    for corpus in CORPORA:
        folder = normalised(corpus)
        unpacked(corpus).parents[1].chmod(0o755)  # the others run as ordinary users
        folder.parent.chmod(0o755)
        with (folder / "labels.csv").open(newline="", errors="replace") as file:
            for row in csv.DictReader(file):
                if row["label"] in JUDGED:
                    found[part_of(corpus, row)].append((_letter(folder, row), row["label"], row["source"]))
    return found


def part_of(corpus: str, row: dict[str, str]) -> str:
    """The non-commercial slice is for measuring only; modern ham is divided by letter, whatever its dress."""
    if corpus == "dev_phish_nc":
        return "dev"
    if row["split"]:
        return row["split"]
    kind = Path(row["cluster"]).parent.name or row["cluster"]
    return "train" if int(hashlib.sha256(kind.encode()).hexdigest(), 16) % 2 else "dev"


def _letter(folder: Path, row: dict[str, str]) -> Letter:
    path = folder / "msgs" / f"{row['id']}.eml"
    return Letter(path, row["mail_from"], row["rcpt_to"], row["client_ip"], row["helo"], row["label"] in BAD)


@contextmanager
def ours(_: object):
    """This program, as it is shipped, without the DNS."""
    scores: dict[str, float] = {}
    for corpus in CORPORA:
        folder = normalised(corpus)
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", "scan", "--offline", "--envelopes", str(folder / "labels.csv"),
             str(folder / "msgs")],
            stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        for line in done.stdout.splitlines():
            judged = json.loads(line)
            scores[judged["path"]] = judged["score"]
    yield lambda letter: scores[str(letter.path)]


def table(name: str, scored: list[tuple[float, str, str]], rate: float) -> None:
    ham = sorted(
        (score for score, label, source in scored if label == "ham" and source not in MODERN), reverse=True
    )
    groups: dict[tuple[str, str], list[float]] = defaultdict(list)
    for score, label, source in scored:
        groups[label, source].append(score)
    print(f"\n{name}: {rate:.0f} messages a second" if rate else f"\n{name}")
    names = sorted(groups, key=lambda k: (("ham", "bulk", "spam", "phish").index(k[0]), k[1]))
    print("| ham flagged | score | " + " | ".join(f"{label} {source}" for label, source in names) + " |")
    print("|" + "---|" * (len(names) + 2))
    for share in SHARES:
        at = ham[int(share * len(ham))]
        cells = (f"{sum(s > at for s in groups[key]) / len(groups[key]):.1%}" for key in names)
        print(f"| {share:.1%} | > {at:.2f} | " + " | ".join(cells) + " |")


MODERN = {"postmark", "mailgun", "konsav"}


def main() -> None:
    found = mail()
    train = [letter for letter, _, _ in found["train"]]
    for name, program, opponent in (
        ("Lazaretto", "", ours),
        ("rspamd", "rspamd", rspamd),
        ("SpamAssassin", "spamd", spamassassin),
    ):
        if program and shutil.which(program) is None:
            print(f"\n{name}: not installed")
            continue
        with opponent(train) as score:
            run(name, score, found["dev"], timed=bool(program))


def run(name: str, score: Score, dev: list[tuple[Letter, str, str]], *, timed: bool) -> None:
    scores, rate = rates(score, [letter for letter, _, _ in dev])
    scored = [(value, label, source) for value, (_, label, source) in zip(scores, dev, strict=True)]
    table(name, scored, rate if timed else 0)


if __name__ == "__main__":
    main()
