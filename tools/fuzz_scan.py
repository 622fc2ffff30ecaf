"""Coverage-guided fuzzing of parse and scan with atheris: a letter, and a file in a letter.

    python -m tools.fuzz_scan [--minutes 5] [--target letter] [--target file] [--work .run/fuzz]
    python -m tools.fuzz_scan --keep      makes the corpus of the repository anew out of all that was found

The targets are in tests/fuzz/targets.py, and run side by side, each in a process of its own.
An exception does not end the run: each place that raises is written once to WORK/TARGET/failures, with the
input beside it, and the fuzzing goes on. What hangs, breaks the interpreter or takes all memory does end it.
What was found new lies in WORK/TARGET/corpus, where the next run goes on.
The exit code is 0 when nothing failed. Atheris is in the extra `fuzz`, for versions of Python that it knows.
"""

import argparse
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src"
KEPT = ROOT / "tests/fuzz/corpus"
NAMES = ("letter", "file")

MAX_INPUT = 64 << 10
"""Bytes of an input, as the limits of the targets have them."""

HANG_SECONDS = 60
"""Of one input, on the clock: then libFuzzer ends the run. The targets have their own, stricter limit."""

RESIDENT = 2_048
"""MiB that a fuzzing process may hold: what stays behind of millions of inputs is a leak."""

SLOW = 1.0
"""Seconds of processor time from which an input is written down as slow; that is no failure."""

LARGEST = 6_000
"""Bytes of an input that is kept in the repository."""

ROOM = 140_000
"""Bytes of all that is kept of one target."""

MOST = 145
"""Inputs of one target that are kept."""

OVERHEAD = 500
"""Bytes that an input counts for beside its own: one large file may be better than ten small ones."""


class Notes:
    """What failed, each place once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def failure(self, data: bytes, problem: BaseException) -> None:
        """Write it down when it is new."""
        self.count += 1
        place = _place(problem)
        if place not in self._seen:
            text = f"{place}\n\n{''.join(traceback.format_exception(problem))}"
            self._write(data, place, text)

    def slow(self, data: bytes, seconds: float) -> None:
        """An input that took long; only those that took twice as long as the ones before."""
        place = f"slow {seconds.hex().partition('p')[2]}"
        if place not in self._seen:
            self._write(data, place, f"{len(data)} bytes took {seconds:.2f} s\n")

    def _write(self, data: bytes, place: str, text: str) -> None:
        self._seen.add(place)
        kind = "slow" if place.startswith("slow") else "failure"
        name = f"{kind}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
        (self._folder / f"{name}.input").write_bytes(data)
        (self._folder / f"{name}.txt").write_text(text, "utf-8", "backslashreplace")
        print(f"{name}: {place}", file=sys.stderr, flush=True)


def _place(problem: BaseException) -> str:
    """Kind and innermost place in our code; what is broken in words, without their numbers."""
    frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if str(ROOT) in frame.filename]
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    words = re.sub(r"\d+", "N", str(problem))[:120] if isinstance(problem, AssertionError) else ""
    return f"{type(problem).__name__} {where} {words}".strip()


def fuzz_one(name: str, work: Path, options: Sequence[str]) -> None:
    """Fuzz one target in this process; libFuzzer ends the process when it is done."""
    import atheris

    with atheris.instrument_imports(include=["lazaretto"]):
        from tests.fuzz import targets
    from tests.fuzz import mutate

    target = targets.TARGETS[name]
    mutation = {"letter": mutate.letter, "file": mutate.file}[name]
    notes = Notes(work / name / "failures")

    def run(data: bytes) -> None:
        try:
            seconds = targets.watched(target, data)
        except Exception as problem:  # noqa: BLE001  # this is what is looked for
            notes.failure(data, problem)
        else:
            if seconds > SLOW:
                notes.slow(data, seconds)

    def mutated(data: bytes, size: int, seed: int) -> bytes:
        random = Random(seed)
        change = lambda piece: atheris.Mutate(piece, max(len(piece) + 64, 64))  # noqa: E731
        return mutation(data, size, random, change)

    # libFuzzer starts itself again for a merge, through a shell
    again = shlex.join([sys.executable, "-m", "tools.fuzz_scan", "--work", str(work), "--run", name, "--"])
    atheris.Setup([again, *options], run, custom_mutator=mutated)
    atheris.Fuzz()


def options(name: str, work: Path, seconds: int) -> list[str]:
    """What libFuzzer is told: the first folder is written to, the second only read."""
    from tests.fuzz.hostile import dictionary

    place = work / name
    (place / "corpus").mkdir(parents=True, exist_ok=True)
    (place / "words.dict").write_text(dictionary())
    return [
        *(f"-max_total_time={seconds}", f"-max_len={MAX_INPUT}", f"-timeout={HANG_SECONDS}"),
        *(f"-rss_limit_mb={RESIDENT}", f"-dict={place / 'words.dict'}", f"-artifact_prefix={place}/"),
        *("-print_final_stats=1", "-reload=0", str(place / "corpus"), str(KEPT / name)),
    ]


def start(name: str, work: Path, words: Sequence[str]) -> "subprocess.Popen[bytes]":
    """One target in a process of its own, which writes to WORK/TARGET/log."""
    place = work / name
    place.mkdir(parents=True, exist_ok=True)
    with (place / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tools.fuzz_scan", "--work", str(work), "--run", name, "--", *words],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONHASHSEED": "0"},
        )


def fuzz(names: Sequence[str], work: Path, minutes: float) -> int:
    """Fuzz the targets side by side; the number of different failures."""
    running = {name: start(name, work, options(name, work, int(minutes * 60))) for name in names}
    failed = 0
    for name, process in running.items():
        code = process.wait()
        log = (work / name / "log").read_text("utf-8", "replace")
        failures = sorted((work / name / "failures").glob("failure-*.txt"))
        print(f"{name}: exit code {code}, {len(failures)} failures", *_figures(log), sep="\n  ")
        for failure in failures:
            print(f"  {failure.name}: {failure.read_text().partition(chr(10))[0]}")
        failed += len(failures) + (code != 0)
    return failed


def _figures(log: str) -> Iterator[str]:
    """The last state of the corpus, and the statistics at the end."""
    states = re.findall(r"^#\d+\s+\S+\s+(cov: .*)$", log, re.MULTILINE)
    yield from states[-1:]
    yield from re.findall(r"^stat::(.*)$", log, re.MULTILINE)


def keep(names: Sequence[str], work: Path) -> None:
    """The inputs that reach most of what all known ones reach, as far as there is room."""
    for name in names:
        control, merged = work / name / "merge", work / name / "merged"
        control.unlink(missing_ok=True)
        shutil.rmtree(merged, ignore_errors=True)
        merged.mkdir(parents=True)
        words = ["-set_cover_merge=1", f"-merge_control_file={control}", "-use_counters=0", "-rss_limit_mb=0"]
        known = [str(work / name / "corpus"), str(KEPT / name)]
        code = start(name, work, [*words, f"-max_len={MAX_INPUT}", str(merged), *known]).wait()
        if code:
            sys.exit(f"{name}: merging ended with {code}, see {work / name / 'log'}")
        found = reached(control.read_text())
        best = {path.name[:16]: path.read_bytes() for path in chosen(found)}
        shutil.rmtree(KEPT / name, ignore_errors=True)
        (KEPT / name).mkdir(parents=True)
        for short, data in best.items():
            (KEPT / name / short).write_bytes(data)
        print(f"{name}: {len(best)} of {len(found)} inputs kept, {sum(map(len, best.values()))} bytes")


def reached(control: str) -> dict[Path, set[str]]:
    """What each input reaches, from the file that libFuzzer writes while it merges."""
    count, _, *lines = control.splitlines()
    paths = [Path(line) for line in lines[: int(count)]]
    found = {}
    for line in lines[int(count) :]:
        word, *numbers = line.split()
        if word == "FT":
            found[paths[int(numbers[0])]] = set(numbers[1:])
    return found


def chosen(found: dict[Path, set[str]]) -> Iterator[Path]:
    """One after the other, always the one that reaches most for its size of what is not reached yet."""
    sizes = {path: path.stat().st_size for path in found}
    left = {path: set(reach) for path, reach in found.items() if sizes[path] <= LARGEST}
    room = ROOM
    for _ in range(MOST):
        left = {path: reach for path, reach in left.items() if reach and sizes[path] <= room}
        if not left:
            return
        best = max(sorted(left), key=lambda path: len(left[path]) / (sizes[path] + OVERHEAD))
        yield best
        room -= sizes[best]
        done = left.pop(best)
        left = {path: reach - done for path, reach in left.items()}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Coverage-guided fuzzing of parse and scan.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--target", action="append", choices=NAMES)
    parser.add_argument("--work", type=Path, default=ROOT / ".run/fuzz")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--run", choices=NAMES, help=argparse.SUPPRESS)
    parser.add_argument("options", nargs="*", help=argparse.SUPPRESS)
    wish = parser.parse_args(arguments)
    work, names = wish.work.absolute(), wish.target or list(NAMES)
    if wish.run:
        fuzz_one(wish.run, work, wish.options)
        return 0
    if wish.keep:
        keep(names, work)
        return 0
    return 1 if fuzz(names, work, wish.minutes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
