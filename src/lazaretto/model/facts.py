"""Facts: everything that the world told us while a message was scanned.

Stored beside the verdict, so that the same message, the same facts and the same ruleset give the same
verdict in ten years, when the DNS has long changed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lazaretto.model.disposition import AuthResult

RecordType = Literal["A", "AAAA", "MX", "TXT", "PTR", "CNAME", "NS"]


@dataclass(frozen=True, slots=True)
class Question:
    """One DNS question. Names are lower case, without the final dot."""

    name: str
    type: RecordType


class Status:
    """How a DNS question ended."""

    OK = "ok"  # there are records
    NODATA = "nodata"  # the name exists, the type does not
    NXDOMAIN = "nxdomain"
    TEMPERROR = "temperror"  # timeout, SERVFAIL, refused, or never asked


@dataclass(frozen=True, slots=True)
class Answer:
    """What the DNS said to one question.

    Records are text: addresses as written, TXT joined without separator, MX as "10 mail.example.com".
    TXT bytes are read as Latin-1, one character a byte: nothing is lost and the text can always be stored.
    """

    question: Question
    status: str  # one of Status
    records: tuple[str, ...] = ()
    ttl: int = 0  # seconds


@dataclass(frozen=True, slots=True)
class SpfResult:
    """RFC 7208 2.6: the unfolded result."""

    result: Literal["none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"]
    domain: str
    identity: Literal["mailfrom", "helo"]
    explanation: str = ""  # from exp=, untrusted text
    reason: str = ""  # mechanism that matched, or what was wrong


@dataclass(frozen=True, slots=True)
class DkimResult:
    """One DKIM-Signature. RFC 6376 3.9 and RFC 8601 2.7.1."""

    result: Literal["none", "pass", "fail", "policy", "neutral", "temperror", "permerror"]
    domain: str  # d=
    selector: str
    algorithm: str
    body_hash_ok: bool | None  # None when it could not be computed
    reason: str = ""
    identity: str = ""  # i=
    testing: bool = False  # t=y in the key record
    body_length: int | None = None  # l=
    signed_headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DmarcResult:
    """RFC 9989: alignment of the header from domain with what SPF and DKIM proved."""

    result: Literal["none", "pass", "fail", "temperror", "permerror"]
    domain: str  # header from domain
    organisational_domain: str
    policy: Literal["none", "quarantine", "reject", ""]  # the policy that applies, "" when no record
    spf_aligned: bool
    dkim_aligned: bool
    record: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ArcResult:
    """RFC 8617 5.2."""

    result: Literal["none", "pass", "fail"]
    instances: int
    sealer: str = ""  # d= of the newest seal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """All authentication of one message, at its boundary hop."""

    spf: SpfResult
    dkim: tuple[DkimResult, ...]
    dmarc: DmarcResult
    arc: ArcResult
    helo_spf: SpfResult | None = None

    @property
    def folded_spf(self) -> AuthResult:
        """Softfail counts as neutral; both error kinds as error."""
        return _FOLD[self.spf.result]

    @property
    def folded_dkim(self) -> AuthResult:
        """The best signature counts."""
        results = {_FOLD[d.result] for d in self.dkim}
        order = (AuthResult.PASS, AuthResult.FAIL, AuthResult.ERROR, AuthResult.NEUTRAL)
        return next((r for r in order if r in results), AuthResult.NONE)

    @property
    def folded_dmarc(self) -> AuthResult:
        """None when the domain publishes no policy."""
        return _FOLD[self.dmarc.result]


_FOLD = {
    "pass": AuthResult.PASS,
    "fail": AuthResult.FAIL,
    "policy": AuthResult.FAIL,
    "neutral": AuthResult.NEUTRAL,
    "softfail": AuthResult.NEUTRAL,
    "temperror": AuthResult.ERROR,
    "permerror": AuthResult.ERROR,
    "none": AuthResult.NONE,
}


@dataclass(frozen=True, slots=True)
class Network:
    """Where an address on the Internet belongs."""

    ip: str
    as_number: int | None
    as_name: str | None
    country: str | None  # two letters, upper case


@dataclass(frozen=True, slots=True)
class Boundary:
    """The hop at which the message entered the organisation: authentication is judged as seen from there."""

    client_ip: str | None
    helo: str | None
    mail_from: str
    source: Literal["envelope", "received", "unknown"]
    at: datetime | None = None  # when the message crossed it, where a Received field says so; None is now


@dataclass(frozen=True, slots=True)
class Seen:
    """How well something was known before a message came, by our own records."""

    messages: int = 0  # a bucket: at least so many, see store.history
    days: int = 0  # since the first of them
    judged: int = 0  # those of them whose authentication was looked at, a bucket
    proven: int = 0  # those of these that proved the domain of the header from, a bucket


@dataclass(frozen=True, slots=True)
class History:
    """What the account's own records knew when the message came."""

    days: int  # how far the records go back: what was never seen in two days says nothing
    sender: Seen  # the address of the header from
    domain: Seen  # its registered domain, its name where anybody can have an address there
    recipient: (
        bool  # the address wrote to one of these recipients; now and then true of one it did not write to
    )
    thread: bool | None = None  # it answers a message that we have seen; None: it names none


@dataclass(frozen=True, slots=True)
class FileMatch:
    """What somebody else knows of a file of the message."""

    source: Literal["hash_list", "yara", "clamav"]
    name: str  # of the list, the rule or the signature
    sha256: str = ""  # of the file; "" where the whole message was looked at


@dataclass(frozen=True, slots=True)
class Facts:
    """One capture of the world for one message."""

    at: datetime  # aware, UTC: the clock of this scan
    boundary: Boundary
    authentication: Authentication
    answers: tuple[Answer, ...]  # every DNS answer that was used, in the order asked
    network: Network | None  # of the boundary client
    own_domains: tuple[str, ...]  # the account's domains
    offline: bool = False  # no question was put to the world: authentication is unknown, not failed
    version: int = 1
    history: History | None = None  # None: not looked up, or the message names no sender
    files: tuple[FileMatch, ...] = ()  # what lists, rules and scanners of others say
    silent: tuple[str, ...] = ()  # of them, those that gave no answer
