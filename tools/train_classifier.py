"""Make the shipped classifier anew from the development mail and our own letters, and say how good it is.

Usage: python tools/train_classifier.py [--write]

Learned from: the train part of the development set (its licences allow it, which is checked), the train half
of the modern HTML ham, and tools/classifier/letters/, which we wrote: without honest modern letters the
learning takes modern business language for guilt, and without other languages it reads English only.
Never from the non-commercial slice.
"""

import argparse
import csv
import hashlib
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.helpers.corpora import normalised, unpacked  # noqa: E402

from lazaretto.mail.parse import parse  # noqa: E402
from lazaretto.scan.classifier.classifier import Classifier, dump, judge  # noqa: E402
from lazaretto.scan.classifier.features import features  # noqa: E402
from lazaretto.scan.classifier.learn import Example, calibrate, learn  # noqa: E402

TARGET = ROOT / "src/lazaretto/scan/rules/classifier.bin"
LETTERS = ROOT / "tools/classifier/letters"
OWN = frozenset({"corp.example"})  # where the normalised mail is addressed to
BAD = {"spam": True, "phish": True, "ham": False, "bulk": False}
FREE_LICENCES = {"clean", "open"}
LETTER_WEIGHT = 2.0
FOLDS = 5


@dataclass(frozen=True)
class Row:
    """One example and where it comes from."""

    label: str
    source: str
    part: str  # train or dev
    cluster: str
    example: Example


def fold(text: str, count: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % count


def corpus(name: str) -> Iterator[Row]:
    """The judged messages of one corpus, as features of their normalised form."""
    folder = normalised(name)
    with (unpacked(name) / "labels.csv").open(newline="", errors="replace") as file:
        licences = {row["id"]: row.get("licence_class", "open") for row in csv.DictReader(file)}
    with (folder / "labels.csv").open(newline="", errors="replace") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in BAD]
    for row in rows:
        message = parse((folder / "msgs" / f"{row['id']}.eml").read_bytes())
        cluster = row["cluster"] or row["id"]
        if name == "dev_html_ham":
            cluster = (
                Path(cluster).parent.name or cluster
            )  # the same letter in another dress is the same letter
        part = row["split"] or ("train" if fold(cluster, 2) else "dev")
        if name == "dev_phish_nc" or licences[row["id"]] not in FREE_LICENCES:
            part = "dev"
        yield Row(
            row["label"], row["source"], part, cluster, Example(features(message, OWN), BAD[row["label"]])
        )


def letters() -> Iterator[Row]:
    """Our own letters. Their addresses are made up and say nothing."""
    for path in sorted(LETTERS.glob("*.txt")):
        for number, letter in enumerate(path.read_text("utf-8").strip("\n-").split("\n---\n")):
            yield _letter(letter.strip("\n-"), f"{path.stem}{number}", path.stem)


def _letter(letter: str, name: str, language: str) -> Row:
    label, sender, subject, *body = letter.split("\n")
    kind = label.removeprefix("Label: ")
    text = "\r\n".join(
        (
            f'From: "{sender.removeprefix("From: ")}" <a@b.example>',
            f"Subject: {subject.removeprefix('Subject: ')}",
            "Content-Type: text/plain; charset=utf-8",
            "",
            *body,
        )
    )
    found = features(parse(text.encode()), OWN)
    told = frozenset(f for f in found if not f.startswith("from:"))
    return Row(kind, f"letters {language}", "train", name, Example(told, BAD[kind], LETTER_WEIGHT))


def fitted(rows: list[Row]) -> Classifier:
    """Weights from all rows; the line of probability from weights that had not seen the row (by cluster)."""
    whole = learn([row.example for row in rows])
    return calibrated(whole, rows)


def calibrated(whole: Classifier, rows: list[Row]) -> Classifier:
    parts: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        parts[fold(row.cluster, FOLDS)].append(row)
    points: list[tuple[float, Row]] = []
    for number, held in parts.items():
        seen = [row.example for other, some in parts.items() if other != number for row in some]
        part = learn(seen)
        points += [(judge(part, row.example.features).evidence, row) for row in held]
    ham = sorted((e for e, row in points if row.label == "ham"), reverse=True)
    print("evidence that honest train mail reached, weights not having seen it:")
    for share in (0.0, 0.001, 0.005, 0.01, 0.05):
        print(f"  {share:.1%} above {ham[int(share * len(ham))]:.2f}")
    return calibrate(whole, [row.example for _, row in points], evidence=[e for e, _ in points])


def report(title: str, classifier: Classifier, rows: list[Row]) -> None:
    """Share at or above some probabilities by label and source."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        found[row.label, row.source].append(judge(classifier, row.example.features).probability)
    print(f"\n{title}\n| mail | source | messages | p >= 0.5 | 0.9 | 0.97 | 0.99 |")
    print("|---|---|---|---|---|---|---|")
    for (label, source), chances in sorted(found.items()):
        shares = " | ".join(
            f"{sum(c >= at for c in chances) / len(chances):.1%}" for at in (0.5, 0.9, 0.97, 0.99)
        )
        print(f"| {label} | {source} | {len(chances)} | {shares} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the classifier in its place")
    parsed = parser.parse_args()
    rows = [*corpus("dev_set"), *corpus("dev_html_ham"), *corpus("dev_phish_nc"), *letters()]
    train = [row for row in rows if row.part == "train"]
    dev = [row for row in rows if row.part == "dev"]
    classifier = fitted(train)
    report("The part that nothing was learned from", classifier, dev)
    without: Callable[[Row], bool] = lambda row: row.source != "postmark"  # noqa: E731
    html = [row for row in rows if row.source == "postmark"]
    report("A family of modern ham that was left out", fitted([r for r in train if without(r)]), html)
    if parsed.write:
        TARGET.parent.mkdir(exist_ok=True)
        TARGET.write_bytes(dump(classifier))
        print(
            f"\nwrote {TARGET.relative_to(ROOT)}, {TARGET.stat().st_size} bytes, version {classifier.version}"
        )


if __name__ == "__main__":
    main()
