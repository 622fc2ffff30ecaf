"""Messages a second of `lazaretto scan --offline` over the normalised development set, on all cores."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.helpers.corpora import normalised

from lazaretto.mail.parse import parse

RUNS = 3
SLOWEST = 5
"""Messages that are named."""


def main() -> None:
    folder = normalised("dev_set")
    files = list((folder / "msgs").iterdir())
    size = sum(f.stat().st_size for f in files)
    rates, milliseconds = [], []
    for _ in range(RUNS):
        started = time.perf_counter()
        lines = scan(folder)
        rates.append(len(lines) / (time.perf_counter() - started))
        answers = [json.loads(line) for line in lines]
        answers.sort(key=lambda answer: answer["milliseconds"])
        milliseconds = [answer["milliseconds"] for answer in answers]
    print(f"{len(files)} messages, average {size / len(files) / 1024:.1f} KB, {os.cpu_count()} cores")
    print(
        f"scan --offline: {statistics.median(rates):.0f} messages/s (min {min(rates):.0f}, max {max(rates):.0f})"
    )
    p50, p95 = (milliseconds[int(len(milliseconds) * q)] for q in (0.5, 0.95))
    print(f"one message: p50 {p50:.2f} ms, p95 {p95:.2f} ms, worst {milliseconds[-1]:.1f} ms")
    for answer in answers[: -SLOWEST - 1 : -1]:
        print(f"  {answer['milliseconds']:.0f} ms: {made_of(Path(answer['path']))}")


def made_of(path: Path) -> str:
    """What a message consists of."""
    message = parse(path.read_bytes())
    files = Counter(one.detected_type for one in message.attachments)
    told = [
        f"{message.size / 1024:.0f} KB",
        f"{sum(len(one.text) for one in message.texts)} characters of text",
    ]
    told += [f"{len(message.links)} links"] if message.links else []
    return ", ".join((*told, *(f"{count} {kind}" for kind, count in files.most_common(4))))


def scan(folder: Path) -> list[str]:
    done = subprocess.run(
        [
            sys.executable, "-m", "lazaretto", "scan", "--offline", "--json",
            "--envelopes", str(folder / "labels.csv"), str(folder / "msgs"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )  # fmt: skip
    return done.stdout.splitlines()
