"""Detection beside rspamd and SpamAssassin: what each finds at the score that flags so many of the honest messages.

The part of the development mail that nothing was learned from; whatever is not installed is left out.
"""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.helpers.corpora import normalised

from bench.opponents import Letter, open_to_all, rates, rspamd, spamassassin

CORPORA = ("dev_set", "dev_html_ham", "dev_phish_nc")
BAD = {"spam", "phish"}
JUDGED = {"ham", "bulk", *BAD}
SHARES = (0.01, 0.005, 0.001)
PACKAGES = {"rspamd": "rspamd redis-server dnsmasq-base", "SpamAssassin": "spamassassin spamd"}


class Mail(dict[str, list[tuple[Letter, str, str]]]):
    """Letters with label and source, by part: train and dev."""


def mail() -> Mail:
    found = Mail(train=[], dev=[])
    for corpus in CORPORA:
        folder = normalised(corpus)
        open_to_all(folder)  # the others run as ordinary users
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


def ours(letters: Sequence[Letter]) -> tuple[list[float], float]:
    """This program, as it is shipped, without the DNS: scores, and messages a second.

    From the first answer to the last, as the others are asked when they have started.
    """
    with tempfile.NamedTemporaryFile("w", newline="", suffix=".csv") as file:
        table = csv.writer(file)
        table.writerow(("id", "mail_from", "rcpt_to", "client_ip", "helo"))
        table.writerows(
            (one.path.stem, one.mail_from, one.rcpt_to, one.client_ip, one.helo) for one in letters
        )
        file.flush()
        command = [sys.executable, "-m", "lazaretto", "scan", "--offline", "--envelopes", file.name,
                   *(str(letter.path) for letter in letters)]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            answers = [(time.perf_counter(), line) for line in running.stdout]
    judged = [json.loads(line) for _, line in answers]
    scores = {one["path"]: one["score"] for one in judged}
    rate = (len(answers) - 1) / (answers[-1][0] - answers[0][0])
    return [scores[str(letter.path)] for letter in letters], rate


def table(name: str, scored: list[tuple[float, str, str]], rate: float) -> None:
    """What lies above the score that so much of the honest list mail reaches, by label and source."""
    groups: dict[tuple[int, str, str], list[float]] = defaultdict(list)
    for score, label, source in scored:
        mail = "modern ham" if label == "ham" and source in MODERN else label
        groups[ORDER.index(mail), mail, source].append(score)
        groups[ORDER.index(mail), mail, "all"].append(score)
    ham = sorted(groups[0, "ham", "all"], reverse=True)
    levels = [ham[int(share * len(ham))] for share in SHARES]
    print(f"\n{name}: {rate:.0f} messages a second\n")
    heads = [f"{share:.1%} of ham (> {at:.2f})" for share, at in zip(SHARES, levels, strict=True)]
    print(f"| mail | source | messages | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 3)}")
    for (_, mail, source), scores in sorted(groups.items()):
        cells = (f"{sum(s > at for s in scores) / len(scores):.1%}" for at in levels)
        print(f"| {mail} | {source} | {len(scores)} | {' | '.join(cells)} |")


MODERN = {"postmark", "mailgun", "konsav"}
ORDER = ("ham", "modern ham", "bulk", "spam", "phish")


def main() -> None:
    found = mail()
    train = [letter for letter, _, _ in found["train"]]
    dev = [letter for letter, _, _ in found["dev"]]
    size = sum(letter.path.stat().st_size for letter in dev) / len(dev) / 1024
    print(f"{len(train)} messages to learn from, {len(dev)} asked about, of {size:.1f} KB on average")
    show("Lazaretto", found["dev"], ours(dev))
    for name, program, opponent in (
        ("rspamd", "rspamd", rspamd),
        ("SpamAssassin", "spamd", spamassassin),
    ):
        if shutil.which(program) is None:
            print(f"\n{name}: not installed (apt-get install {PACKAGES[name]})")
            continue
        with opponent(train) as score:
            show(name, found["dev"], rates(score, dev))


def show(name: str, dev: list[tuple[Letter, str, str]], outcome: tuple[list[float], float]) -> None:
    scores, rate = outcome
    table(name, [(value, *row[1:]) for value, row in zip(scores, dev, strict=True)], rate)


if __name__ == "__main__":
    main()
