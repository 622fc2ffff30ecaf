"""Messages a second of `lazaretto scan --offline` over the normalised development set, on all cores."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.helpers.corpora import normalised

RUNS = 3


def main() -> None:
    folder = normalised("dev_set")
    files = list((folder / "msgs").iterdir())
    size = sum(f.stat().st_size for f in files)
    rates, milliseconds = [], []
    for _ in range(RUNS):
        started = time.perf_counter()
        lines = scan(folder)
        rates.append(len(lines) / (time.perf_counter() - started))
        milliseconds = sorted(json.loads(line)["milliseconds"] for line in lines)
    print(f"{len(files)} messages, average {size / len(files) / 1024:.1f} KB, {os.cpu_count()} cores")
    print(
        f"scan --offline: {statistics.median(rates):.0f} messages/s (min {min(rates):.0f}, max {max(rates):.0f})"
    )
    p50, p95 = (milliseconds[int(len(milliseconds) * q)] for q in (0.5, 0.95))
    print(f"one message: p50 {p50:.2f} ms, p95 {p95:.2f} ms, worst {milliseconds[-1]:.1f} ms")


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
