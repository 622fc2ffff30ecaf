"""Runs the test suites that the vendor ships with its SDKs, unmodified, against a seeded server of ours.

    python -m tools.sdk_suites                     all of both
    python -m tools.sdk_suites -k test_release     a part of the Python suite

The Python suite is in the source distribution; the npm package carries no tests, so for TypeScript our own
transcript of every documented call runs with the real packages.
Prints passed, failed and skipped for each module, and each failure in one line. The exit code is 1 when
anything failed.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.suites.server import running
from tools.sdk_environments import FOLDER, environment, run

VERSION = "5.9.0"
ROOT = Path(__file__).resolve().parents[1]
SUITE = "tests/api_resources/email_security"
NEEDS = (f"cloudflare[aiohttp]=={VERSION}", "pytest", "pytest-asyncio", "pytest-xdist")
SUITE_SECONDS = 1_500
FAILURE_CHARACTERS = 300


@dataclass
class Report:
    """What came of a suite."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failures: list[str] = field(default_factory=list)
    substituted: dict[str, int] = field(default_factory=dict)

    def total(self, outcome: str) -> int:
        return sum(counter[outcome] for counter in self.counts.values())


def sources(version: str = VERSION) -> Path:
    """The unpacked source distribution."""
    folder = FOLDER / f"suite-{version}-source"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=FOLDER) as scratch:
            run(
                sys.executable, "-m", "pip", "download", "-q", "--no-input", "--no-deps",
                "--no-binary", "cloudflare", "--dest", scratch, f"cloudflare=={version}",
            )  # fmt: skip
            archive = next(Path(scratch).glob("cloudflare-*.tar.gz"))
            with tarfile.open(archive) as packed:
                packed.extractall(scratch, filter="data")
            shutil.move(Path(scratch) / f"cloudflare-{version}", folder)
    return folder


def run_python_suite(words: Sequence[str] = ()) -> Report:
    """All of the suite, or what the words select."""
    FOLDER.mkdir(exist_ok=True)
    python, folder = environment(f"suite-{VERSION}", *NEEDS), sources()
    with tempfile.TemporaryDirectory() as scratch:
        results = Path(scratch) / "results.xml"
        with running(Path(scratch)) as server:
            subprocess.run(
                [str(python), "-m", "pytest", SUITE, "-n", "0", "-q", "--no-header", "-p", "no:cacheprovider",
                 f"--junitxml={results}", *words],
                cwd=folder,
                env=_environment(server["base_url"]),
                capture_output=True,
                timeout=SUITE_SECONDS,
                check=False,
            )  # fmt: skip
        report = read_results(results)
        report.substituted = server["substituted"]
        return report


def _environment(base_url: str) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CLOUDFLARE", "PYTEST"))
    }
    return {**kept, "TEST_API_BASE_URL": base_url, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def read_results(path: Path) -> Report:
    """From pytest's own record of each test."""
    report = Report()
    for case in ET.parse(path).iter("testcase"):
        module = case.get("classname", "").split(".email_security.")[-1].rpartition(".")[0]
        outcome, text = _outcome(case)
        report.counts[module][outcome] += 1
        if outcome == "failed":
            report.failures.append(f"{module}::{case.get('name')}: {text[:FAILURE_CHARACTERS]}")
    return report


def _outcome(case: ET.Element) -> tuple[str, str]:
    for kind in ("failure", "error"):
        found = case.find(kind)
        if found is not None:
            return "failed", " ".join((found.get("message") or "").split())
    return ("skipped", "") if case.find("skipped") is not None else ("passed", "")


def lines(report: Report) -> Iterable[str]:
    """A table for people."""
    yield f"{'module':48}{'passed':>8}{'failed':>8}{'skipped':>8}"
    for module, counter in sorted(report.counts.items()):
        yield f"{module:48}{counter['passed']:8}{counter['failed']:8}{counter['skipped']:8}"
    total = [report.total(outcome) for outcome in ("passed", "failed", "skipped")]
    yield f"{'all':48}{total[0]:8}{total[1]:8}{total[2]:8}"
    yield f"made-up values that were replaced: {json.dumps(report.substituted)}"
    yield from sorted(report.failures)


def main(words: Sequence[str]) -> int:
    report = run_python_suite(words)
    print(*lines(report), sep="\n")
    if words:
        return _code(report)
    print("TypeScript, our transcript of every call:", flush=True)
    transcript = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/suites/test_typescript.py"], cwd=ROOT, check=False
    )
    return _code(report) or transcript.returncode


def _code(report: Report) -> int:
    return 1 if report.failures or not report.total("passed") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
