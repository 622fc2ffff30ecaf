"""Editions: the rule files that an operator laid over the shipped ones, each promotion kept for going back.

Rules. `rules/editions/N/` holds the files of one edition and `edition.json`, which says what ran before it.
`rules/current` names the edition that runs, or is absent when the shipped files run alone. An edition's
folder is complete and durable before `current` names it, and `current` is replaced in one step: a crash at
any moment leaves the old edition or the new one. An edition never changes; going back names an older one.

`rules/running` is written by the server: which edition its scan workers have, or why they refused one.

Limits: each server has a data folder of its own, so several servers of one store are promoted one by one.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lazaretto.model.errors import Conflict, Invalid, NotFound

MAX_FILES = 200
"""Files of one edition."""

MAX_BYTES = 32 * 1024 * 1024
"""Bytes of one edition together: a classifier of the greatest size has four million."""

MAX_EDITIONS = 50
"""Editions that are kept, the newest; what runs and what ran before it are kept in any case."""

ENDINGS = (".toml", ".bin")
NOTE = "edition.json"
CODE = 1000

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.(toml|bin)")


@dataclass(frozen=True, slots=True)
class Edition:
    """One promoted set of files."""

    number: int
    before: int | None  # what ran when it was promoted; None: the shipped files alone
    promoted_at: datetime
    by: str
    ruleset: str  # version of the ruleset that the files gave then
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Running:
    """What the server says that its workers scan with."""

    edition: int | None  # None: the shipped files alone
    ruleset: str
    refused: int | None = None  # an edition that was refused; the one above goes on
    reason: str = ""
    process: int = 0  # the server's


def read_folder(folder: Path) -> dict[str, bytes]:
    """The rule files of a folder, by name. Raises Invalid, which names the file."""
    if not folder.is_dir():
        raise Invalid(CODE, f"{folder} is no folder")
    found: dict[str, bytes] = {}
    size = 0
    for path in sorted(folder.iterdir()):
        if path.suffix not in ENDINGS or path.name.startswith("."):
            continue
        if not _NAME.fullmatch(path.name):
            raise Invalid(CODE, f"{path.name}: a name is made of lower case letters, digits, _ and -")
        size += path.stat().st_size
        if len(found) == MAX_FILES:
            raise Invalid(CODE, f"{folder} holds more than {MAX_FILES} files")
        if size > MAX_BYTES:
            raise Invalid(CODE, f"{folder} holds more than {MAX_BYTES} bytes")
        found[path.name] = path.read_bytes()
    return found


class Editions:
    """The `rules` folder inside the data folder of a server."""

    def __init__(self, data: Path) -> None:
        self._root = data / "rules"
        self._folder = self._root / "editions"
        self._current = self._root / "current"
        self._running = self._root / "running"

    def current(self) -> int | None:
        """The number of the edition that is to run; None: the shipped files alone."""
        with suppress(FileNotFoundError):
            text = self._current.read_text("ascii", "replace").strip()
            if not text.isascii() or not text.isdigit():
                raise Invalid(CODE, f"{self._current} does not name an edition: {text[:50]!r}")
            return int(text)
        return None

    def find(self, number: int) -> Edition:
        """One edition with its files. Raises NotFound."""
        folder = self._folder / str(number)
        try:
            note = json.loads((folder / NOTE).read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            raise NotFound(CODE, f"there is no edition {number} in {self._folder}") from None
        return Edition(
            number=number,
            before=note["before"],
            promoted_at=datetime.fromisoformat(note["promoted_at"]),
            by=note["by"],
            ruleset=note["ruleset"],
            files=read_folder(folder),
        )

    def files(self) -> Mapping[str, bytes]:
        """The files of the edition that is to run; none when the shipped files run alone."""
        number = self.current()
        return {} if number is None else self.find(number).files

    def kept(self) -> tuple[Edition, ...]:
        """All editions, newest first."""
        return tuple(self.find(number) for number in sorted(self._numbers(), reverse=True))

    def promote(self, files: Mapping[str, bytes], *, by: str, ruleset: str, now: datetime) -> Edition:
        """Keep these files as a new edition and name it as the one to run. They must have been checked."""
        with self._alone():
            number = max(self._numbers(), default=0) + 1
            edition = Edition(number, self.current(), now, by, ruleset, dict(files))
            self._write(edition)
            self._name(number)
            self._prune(number, edition.before)
        return edition

    def before(self) -> int | None:
        """What ran before the edition that runs; None: the shipped files. Raises NotFound."""
        number = self.current()
        if number is None:
            raise NotFound(CODE, "The shipped rules run alone: there is nothing to go back to.")
        return self.find(number).before

    def go_back(self, expected: int | None) -> int | None:
        """Name what ran before the edition that runs. Raises NotFound, or Conflict when it is not this."""
        with self._alone():
            before = self.before()
            if before != expected:
                raise Conflict(
                    CODE, "Another edition was promoted meanwhile; look at `lazaretto rules editions`."
                )
            self._name(before)
        return before

    def tell(self, running: Running) -> None:
        """Say what the workers scan with."""
        self._root.mkdir(parents=True, exist_ok=True)
        value = {
            "edition": running.edition,
            "ruleset": running.ruleset,
            "refused": running.refused,
            "reason": running.reason,
            "process": running.process,
        }
        _replace(self._running, json.dumps(value).encode())

    def running(self) -> Running | None:
        """What the server said last; None when none ever ran."""
        try:
            told = json.loads(self._running.read_text("utf-8"))
            return Running(**told)
        except (FileNotFoundError, ValueError, TypeError):
            return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two promotions at once take turns; the kernel ends the turn of one that is killed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._root / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _numbers(self) -> Iterator[int]:
        with suppress(FileNotFoundError):
            for entry in self._folder.iterdir():
                if entry.name.isascii() and entry.name.isdigit():
                    yield int(entry.name)

    def _write(self, edition: Edition) -> None:
        """All files in a folder beside, made durable, and then one rename."""
        folder, temporary = self._folder / str(edition.number), self._folder / f"{edition.number}.new"
        shutil.rmtree(temporary, ignore_errors=True)  # of a promotion that was killed
        temporary.mkdir()
        note = {
            "before": edition.before,
            "promoted_at": edition.promoted_at.isoformat(),
            "by": edition.by,
            "ruleset": edition.ruleset,
        }
        for name, content in {**edition.files, NOTE: json.dumps(note).encode()}.items():
            _write_durably(temporary / name, content)
        _sync_folder(temporary)
        temporary.rename(folder)
        _sync_folder(self._folder)

    def _name(self, number: int | None) -> None:
        if number is None:
            self._current.unlink(missing_ok=True)
            _sync_folder(self._root)
        else:
            _replace(self._current, f"{number}\n".encode())

    def _prune(self, *needed: int | None) -> None:
        for number in sorted(self._numbers(), reverse=True)[MAX_EDITIONS:]:
            if number not in needed:
                shutil.rmtree(self._folder / str(number), ignore_errors=True)


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    _write_durably(temporary, content)
    temporary.rename(path)
    _sync_folder(path.parent)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
