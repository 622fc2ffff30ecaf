"""How long `lazaretto --help` takes, as a whole process, against a bare interpreter."""

import statistics
import subprocess
import sys
import time

RUNS = 15


def seconds(words: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    bare, full = [], []
    for _ in range(RUNS):
        bare.append(seconds([sys.executable, "-c", "pass"]))
        full.append(seconds([sys.executable, "-m", "lazaretto", "--help"]))
    print(
        f"lazaretto --help: median {statistics.median(full) * 1000:.0f} ms, "
        f"python -c pass: median {statistics.median(bare) * 1000:.0f} ms"
    )
