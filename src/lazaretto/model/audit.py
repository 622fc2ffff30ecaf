"""What somebody did, as one link of an account's chain, and how the chain is checked.

Rules. An entry is a JSON object; its hash is the SHA-256, in hex, of that object without the key `hash`,
written with sorted keys, without spaces and in ASCII. `previous` is the hash of the entry before it, 64 zeros
for the first. Numbers are whole.

Limits: whoever can write the database can forge a whole chain. A head that was kept elsewhere shows it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

Json = None | bool | int | str | list["Json"] | Mapping[str, "Json"]

BEGINNING = "0" * 64
"""What the first entry follows."""


class Stage(StrEnum):
    """How much of a deed an entry tells."""

    ASKED = "asked"  # written before anything was done
    ENDED = "ended"  # how what was asked ended; `begun` names that entry
    WHOLE = "whole"  # both in one: nothing was changed, or the change was committed together with the entry


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be logged."""

    actor: str
    operation: str  # method and route template, or the words of a command
    stage: Stage = Stage.WHOLE
    target: Mapping[str, Json] = field(default_factory=dict)  # the ids in the path
    parameters: Mapping[str, Json] = field(default_factory=dict)
    token: str | None = None  # id of the credential
    client: str | None = None  # address
    begun: int | None = None
    status: int | None = None  # of HTTP; 0 for a command that did it
    request: str | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A deed in its place in the chain."""

    account: str
    sequence: int
    at: datetime
    deed: Deed
    previous: str
    hash: str

    @property
    def fields(self) -> dict[str, Json]:
        """All that is hashed, under the names of the export."""
        deed = self.deed
        return {
            "account": self.account,
            "sequence": self.sequence,
            "at": self.at.astimezone(UTC).isoformat("T", "microseconds")[:-6] + "Z",
            "actor": deed.actor,
            "token_id": deed.token,
            "client": deed.client,
            "operation": deed.operation,
            "target": deed.target,
            "parameters": deed.parameters,
            "stage": deed.stage,
            "begun": deed.begun,
            "status": deed.status,
            "request_id": deed.request,
            "previous": self.previous,
        }

    @property
    def exported(self) -> dict[str, Json]:
        """One line of an export."""
        return {**self.fields, "hash": self.hash}

    @property
    def is_whole(self) -> bool:
        """The hash is that of the entry."""
        return self.hash == digest(self.fields)


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain: kept elsewhere, it shows later that nothing before it was changed."""

    sequence: int = 0
    hash: str = BEGINNING


@dataclass(frozen=True, slots=True)
class Damage:
    """The first entry that does not fit, and why."""

    sequence: int
    reason: str


def canonical(value: Json) -> str:
    """The one way to write it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(fields: Mapping[str, Json]) -> str:
    """The hash of an entry, from everything else in it."""
    return sha256(canonical(fields).encode("ascii")).hexdigest()


def link(account: str, head: Head, deed: Deed, at: datetime) -> AuditEntry:
    """The entry that follows the head."""
    bare = AuditEntry(account, head.sequence + 1, at, deed, head.hash, "")
    return AuditEntry(account, bare.sequence, at, deed, head.hash, digest(bare.fields))


class ChainCheck:
    """Walks over a chain, oldest entry first."""

    def __init__(self, *, anchors: Iterable[Head] = ()) -> None:
        self.head = Head()
        self._anchors = {anchor.sequence: anchor.hash for anchor in anchors}

    def walk(self, entries: Iterable[AuditEntry]) -> Damage | None:
        """The first damage among the next entries."""
        return next(self._damages(entries), None)

    def end(self, head: Head) -> Damage | None:
        """The first damage at the end: the chain must reach its own head, and every anchor."""
        if self.head.sequence == head.sequence and self.head != head:
            return Damage(head.sequence, "its hash is not the one that was written last")
        if self.head != head:
            text = f"the chain ends at {self.head.sequence}, but {head.sequence} entries were written"
            return Damage(min(self.head.sequence, head.sequence) + 1, text)
        beyond = [sequence for sequence in self._anchors if sequence > head.sequence]
        if beyond:
            text = f"the chain ends at {head.sequence}, but the anchor is at {max(beyond)}"
            return Damage(head.sequence + 1, text)
        return None

    def _damages(self, entries: Iterable[AuditEntry]) -> Iterator[Damage]:
        for entry in entries:
            expected = self.head.sequence + 1
            if entry.sequence < expected:
                yield Damage(expected, f"an entry {entry.sequence} was inserted")
            elif entry.sequence > expected:
                yield Damage(expected, f"entries {expected} to {entry.sequence - 1} are missing")
            elif entry.previous != self.head.hash:
                yield Damage(expected, "it does not follow the entry before it")
            elif not entry.is_whole:
                yield Damage(expected, "its hash is not that of its content")
            elif self._anchors.get(expected, entry.hash) != entry.hash:
                yield Damage(expected, "its hash is not the one in the anchor")
            self.head = Head(entry.sequence, entry.hash)
