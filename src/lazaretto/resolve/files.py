"""What others know of the files of a message: hash lists, YARA rules, ClamAV.

Lists and rules are read when a worker starts. All that is found becomes a fact beside the message, so that it
is judged the same when it is judged again.
Limits: MAX_MATCHES of one message, MAX_RULE_FILES, MAX_FILES and SECONDS of one file for YARA.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from lazaretto.model.facts import Facts, FileMatch
from lazaretto.model.message import Attachment, Message
from lazaretto.resolve.clamav import ScannerSilentError, ask_clamav
from lazaretto.resolve.hash_lists import HashList, load_hash_lists

MAX_MATCHES = 50
"""Of one message: more say nothing new."""

MAX_RULE_FILES = 2_000
"""Files of YARA rules."""

MAX_FILES = 100
"""Files of one message that YARA looks at."""

SECONDS = 3
"""For the rules over one file; a rule that takes longer says nothing."""

MAX_NAME = 200
"""Characters of the name of a rule or a signature."""


class WrongFilesError(ValueError):
    """Lists or rules cannot be read; the text says which."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """Where others' knowledge lies; "" for nowhere."""

    hash_lists: str = ""
    yara_folder: str = ""
    clamav_socket: str = ""


NOTHING_KNOWN = FileOptions()


class KnownFiles:
    """The lists and rules of one process."""

    def __init__(self, options: FileOptions) -> None:
        """Read them. Raises WrongFilesError."""
        self._lists = _lists(options.hash_lists)
        self._rules = _rules(options.yara_folder)
        self._socket = options.clamav_socket

    def watch(self) -> "Watch":
        """Looks at the files of one message while it is read."""
        return Watch(self._rules)

    async def add(self, facts: Facts, raw: bytes, message: Message, watch: "Watch") -> Facts:
        """The facts, with what is known of the files."""
        matches = [*_listed(self._lists, message.attachments), *watch.matches]
        silent = list(watch.silent)
        if self._socket:
            try:
                name = await ask_clamav(self._socket, raw)
            except ScannerSilentError:
                silent.append("clamav")
            else:
                matches += [FileMatch("clamav", name[:MAX_NAME])] if name else []
        return replace(facts, files=tuple(matches[:MAX_MATCHES]), silent=tuple(dict.fromkeys(silent)))


class Watch:
    """What YARA says of the files of one message."""

    def __init__(self, rules: Any) -> None:
        self._rules = rules
        self._seen: set[str] = set()
        self.matches: list[FileMatch] = []
        self.silent: list[str] = []

    def __call__(self, sha256: str, content: bytes) -> None:
        """Look at one file, once."""
        if self._rules is None or sha256 in self._seen or len(self._seen) >= MAX_FILES:
            return
        self._seen.add(sha256)
        try:
            found = self._rules.match(data=content, timeout=SECONDS)
        except _yara().Error:  # too slow, or more matches than it counts
            self.silent.append("yara")
            return
        self.matches += [FileMatch("yara", str(one.rule)[:MAX_NAME], sha256) for one in found]


def _lists(folder: str) -> tuple[HashList, ...]:
    if not folder:
        return ()
    try:
        return load_hash_lists(Path(folder))
    except OSError as problem:
        raise WrongFilesError(f"scan.hash_lists: {folder} cannot be read ({problem.strerror})") from None


def _rules(folder: str) -> Any:
    if not folder:
        return None
    try:
        paths = sorted(p for p in Path(folder).iterdir() if p.suffix in {".yar", ".yara"})
    except OSError as problem:
        raise WrongFilesError(f"scan.yara_folder: {folder} cannot be read ({problem.strerror})") from None
    yara = _yara()
    files = {path.name: str(path) for path in paths[:MAX_RULE_FILES]}
    try:
        return yara.compile(filepaths=files, includes=False) if files else None
    except yara.Error as problem:
        raise WrongFilesError(f"scan.yara_folder: {problem}") from None


def _yara() -> ModuleType:
    try:
        import yara
    except ImportError:
        raise WrongFilesError(
            "scan.yara_folder needs the package yara-python: pip install 'lazaretto[yara]'"
        ) from None
    return yara  # type: ignore[no-any-return]


def _listed(lists: tuple[HashList, ...], attachments: tuple[Attachment, ...]) -> Iterator[FileMatch]:
    for attachment in attachments if lists else ():
        digests = [bytes.fromhex(h) for h in (attachment.sha256, attachment.sha1, attachment.md5)]
        for known in lists:
            if any(known.holds(digest) for digest in digests):
                yield FileMatch("hash_list", known.name[:MAX_NAME], attachment.sha256)
