"""Messages a second of `lazaretto rescan` over a store that holds the normalised development set, on all cores."""

import json
import os
import statistics
import subprocess
import sys
import tempfile

from tests.helpers.corpora import normalised

RUNS = 3


def main() -> None:
    folder = normalised("dev_set")
    with tempfile.TemporaryDirectory() as data:
        environ = os.environ | {"LAZARETTO_SERVER__DATA": data, "LAZARETTO_DNS__OFFLINE": "true"}
        command("account", "add", "bench", environ=environ)
        command(
            "import", "--offline", "--envelopes", str(folder / "labels.csv"), str(folder / "msgs"),
            environ=environ,
        )  # fmt: skip
        same = [command("rescan", environ=environ) for _ in range(RUNS)]
        other = command("rescan", "--off", "learned_sure", "--threshold", "spam=99", environ=environ)
    rates = [one["judged"] / one["seconds"] for one in same]
    print(f"{same[0]['judged']} messages, {os.cpu_count()} cores")
    print(
        f"rescan: {statistics.median(rates):.0f} messages/s (min {min(rates):.0f}, max {max(rates):.0f}),"
        f" workers' start included"
    )
    print(
        f"flips under the same rules: {sum(one['flipped'] for one in same)}, under others: {other['flipped']}"
    )


def command(*words: str, environ: dict[str, str]) -> dict:
    """One command and the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "lazaretto", words[0], "--json", *words[1:]],
        env=environ, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return json.loads(done.stdout)
