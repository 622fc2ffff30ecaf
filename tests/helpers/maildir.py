"""Mailboxes on disk: a Maildir++ for each recipient, which can be told to misbehave.

A message lies in the inbox or in a folder `.Name` beside it, in `new` or `cur`. It is recognised by the queue id in
our Received field, or by its Message-ID.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

from lazaretto.mailbox.mailbox import Landing, Outcome, Place, Sighting, Sought

INBOX = "Inbox"


@dataclass
class Maildir:
    """One mailbox."""

    root: Path
    troubles: int = 0  # calls that fail for now
    refuses: bool = False
    calls: list[str] = field(default_factory=list)
    busy: int = 0
    most_busy: int = 0
    gate: asyncio.Event | None = None  # moves wait for it

    def folder(self, name: str) -> Path:
        """The folder's path; it is made when it is not there."""
        path = self.root if name == INBOX else self.root / f".{name}"
        for part in ("tmp", "new", "cur"):
            (path / part).mkdir(parents=True, exist_ok=True)
        return path

    def put(self, content: bytes, folder: str = INBOX) -> Path:
        """Deliver a message."""
        number = sum(1 for _ in self.root.rglob("*.eml"))
        path = self.folder(folder) / "new" / f"{number}.eml"
        path.write_bytes(content)
        return path

    def where(self) -> dict[str, int]:
        """How many messages lie in each folder."""
        return dict(Counter(self._name(path) for path in sorted(self.root.rglob("*.eml"))))

    async def find(self, sought: Sought) -> Sighting:
        """Look at every message."""
        if failed := self._failure("find"):
            return Sighting(failed, detail="451 try later")
        for path in sorted(self.root.rglob("*.eml")):
            if _is(path.read_bytes(), sought):
                return Sighting(Outcome.OK, Place(self._name(path), str(path)))
        return Sighting(Outcome.NOT_FOUND, detail="no such message")

    async def move(self, place: Place, folder: str) -> Landing:
        """Rename, as every Maildir reader does."""
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            if self.gate is not None:
                await self.gate.wait()
            await asyncio.sleep(0)
            if failed := self._failure("move"):
                return Landing(failed, "451 try later")
            path = Path(place.key)
            if not path.exists():
                return Landing(Outcome.NOT_FOUND, "no such message")
            path.rename(self.folder(folder) / "cur" / path.name)
            return Landing(Outcome.OK)
        finally:
            self.busy -= 1

    def _failure(self, call: str) -> Outcome | None:
        self.calls.append(call)
        if self.refuses:
            return Outcome.REFUSED
        if self.troubles:
            self.troubles -= 1
            return Outcome.TEMPORARY
        return None

    def _name(self, path: Path) -> str:
        parent = path.parent.parent
        return INBOX if parent == self.root else parent.name.removeprefix(".")


def _is(content: bytes, sought: Sought) -> bool:
    read = message_from_bytes(content)
    if sought.queue_id in read.get("Received", ""):
        return True
    return bool(sought.message_id) and read.get("Message-ID", "").strip() == sought.message_id


class Maildirs:
    """The mailboxes of a test, one for each recipient that was asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[tuple[str, str], Maildir] = {}

    def open(self, account: str, recipient: str) -> Maildir:
        """The mailbox, made when it is not there."""
        key = (account, recipient)
        if key not in self._known:
            self._known[key] = Maildir(self._root / account / recipient)
            self._known[key].folder(INBOX)
        return self._known[key]

    async def find(self, account: str, recipient: str) -> Maildir | None:
        """None for recipients that no test has opened."""
        return self._known.get((account, recipient))
