"""What we put in front of a message on its way out, and which forged fields we leave behind.

The received bytes are never rewritten. A stamp is kept beside them and says two things: a prefix of header
fields, and cuts, which are whole header fields of the outer header that claim to be ours and are not. What is
sent is the prefix followed by the received bytes without the cuts. RFC 8601 5 asks for such cuts.

Everything that a client could choose (HELO, recipient, reverse name) is reduced to harmless characters before
it enters a field. Limits: the Subject is not marked, and bodies are never touched.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from ipaddress import ip_address

from lazaretto.mail.authentication.authres import render
from lazaretto.mail.claims import forged_fields
from lazaretto.model.decision import Decision
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.message import Header, Span
from lazaretto.model.verdict import Verdict

LINE_WIDTH = 78
"""Where fields are folded. RFC 5322 2.1.1."""

MAX_TOKEN = 255
"""Characters kept of one value that a client chose: longer than any host name, shorter than a line may be."""

LEEWAY = 0.1
"""What mail that was let through in spite of its score is shown to lack of the required one."""

MAX_TESTS = 60
"""Rule names in X-Spam-Status: keeps the field short when a message trips everything."""

FLAGGED: frozenset[Disposition] = frozenset(
    {
        Disposition.MALICIOUS,
        Disposition.MALICIOUS_BEC,
        Disposition.SUSPICIOUS,
        Disposition.SPOOF,
        Disposition.SPAM,
    }
)
"""X-Spam-Flag says YES for these. BULK is wanted mail in bad taste and does not belong into Junk."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Fields to send first, and ranges of the received bytes to leave out: ascending, without overlap."""

    prefix: bytes
    cuts: tuple[Span, ...]

    @property
    def cut_bytes(self) -> int:
        """How many received bytes are left out."""
        return sum(c.end - c.start for c in self.cuts)


def make_stamp(
    headers: Sequence[Header],
    envelope: Envelope,
    facts: Facts | None,
    verdict: Verdict | None,
    decision: Decision,
    *,
    hostname: str,
    authserv_id: str | None = None,
    required: float = 5.0,
) -> Stamp:
    """The stamp for one received message; headers are its `claims.find_claims`.

    Facts or verdict are None when the scan did not get that far. Without an authserv-id the host name serves.
    """
    authserv = authserv_id or hostname
    fields = (
        received_field(envelope, hostname=hostname),
        _authentication_field(authserv, facts, envelope),
        _fold("X-Lazaretto-Disposition", [decision.disposition.value]),
        _fold("X-Lazaretto-Id", [_token(envelope.queue_id)]),
        _fold("X-Spam-Flag", ["YES" if decision.disposition in FLAGGED else "NO"]),
        _spam_status(verdict, decision, required),
    )
    return Stamp(prefix=b"".join(fields), cuts=forged_fields(headers, authserv))


def release_stamp(stamp: Stamp, *, hostname: str, queue_id: str, at: datetime) -> Stamp:
    """The stamp of a message that was held and is now let go.

    The first trace stays, a second one says when it was released, and the spam marks are turned round:
    mail that a person released must not be sorted into Junk by the next hop.
    """
    trace = _fold(
        "Received",
        ["by", _token(hostname), "(quarantine)", "id", _token(queue_id) + ";", format_datetime(at)],
    )
    release = _fold("X-Lazaretto-Release", [at.strftime("%Y-%m-%dT%H:%M:%SZ")])
    flag = _fold("X-Spam-Flag", ["NO"])
    kept = b"".join(f for f in _fields(stamp.prefix) if not f.lower().startswith(b"x-spam-"))
    return Stamp(prefix=trace + release + flag + kept, cuts=stamp.cuts)


def joined(raw: bytes | Iterable[bytes], stamp: Stamp) -> Iterator[bytes]:
    """What is sent: the prefix, then the received bytes without the cuts, for any way of chunking them."""
    yield stamp.prefix
    cuts, start = deque(stamp.cuts), 0
    for chunk in (raw,) if isinstance(raw, bytes) else raw:
        end = start + len(chunk)
        position = start
        while cuts and cuts[0].start < end:
            if cuts[0].start > position:
                yield chunk[position - start : cuts[0].start - start]
            position = max(position, min(cuts[0].end, end))
            if cuts[0].end > end:
                break  # the cut goes on in the next chunk
            cuts.popleft()
        if position < end:
            yield chunk[position - start :] if position > start else chunk
        start = end


def received_field(envelope: Envelope, *, hostname: str) -> bytes:
    """RFC 5321 4.4: where the message came from, by which protocol, under which id, and when."""
    words = ["from", _token(envelope.helo or "unknown"), _client(envelope)]
    if envelope.tls:
        version, _, cipher = envelope.tls.partition(" ")
        words += [f"(using {_token(version)} with cipher {_token(cipher)})"]
    words += ["by", _token(hostname), "(Lazaretto)", "with", _token(envelope.protocol)]
    words += ["id", _token(envelope.queue_id)]
    # RFC 5321 7.2: naming one of several recipients would tell the others about blind copies
    if len(envelope.recipients) == 1 and (shown := _for(envelope.recipients[0].address)):
        words += ["for", shown]
    words[-1] += ";"
    return _fold("Received", [*words, format_datetime(envelope.received_at)])


def _authentication_field(authserv_id: str, facts: Facts | None, envelope: Envelope) -> bytes:
    if facts is None or facts.offline:
        return _fold("Authentication-Results", [authserv_id + ";", "none"])  # RFC 8601 2.2: no-result
    text = render(authserv_id, facts.authentication, facts.boundary)
    encoded = text.encode("utf-8" if envelope.smtputf8 else "ascii", "replace")
    return _one_field(encoded)


def _one_field(field: bytes) -> bytes:
    """The field with CRLF line ends, no line of which can be taken for another field or for the body."""
    first, *rest = [line.strip() for line in field.strip().splitlines()]
    return b"\r\n".join([first, *(b"\t" + line for line in rest if line)]) + b"\r\n"


def _spam_status(verdict: Verdict | None, decision: Decision, required: float) -> bytes:
    flagged = decision.disposition in FLAGGED
    score = _score(verdict, flagged=flagged)
    score = score if flagged else min(score, required - LEEWAY)  # whoever sorts by the number sorts alike
    needed = min(required, score) if flagged and verdict else required  # a rule alone may have sufficed
    words = [
        "Yes," if flagged else "No,",
        f"score={score:.1f}",
        f"required={needed:.1f}",
        *_tests(verdict),
    ]
    return _fold("X-Spam-Status", words)


def _score(verdict: Verdict | None, *, flagged: bool) -> float:
    """Points toward the disposition; for unflagged mail those toward spam, bulk being no reproach."""
    if verdict is None:
        return 0.0
    if flagged:
        return verdict.score
    return max((points for kind, points in verdict.scores if kind in ("malicious", "spam")), default=0.0)


def _tests(verdict: Verdict | None) -> list[str]:
    """The names of the rules that counted, without spaces between them, in pieces that fill a line each."""
    if verdict is None:
        return ["tests=not_scanned"]
    names = list(dict.fromkeys(_token(w.rule.id) for w in verdict.findings if w.points))[:MAX_TESTS]
    pieces = ["tests=" + (names[0] if names else "none")]
    for name in names[1:]:
        pieces[-1] += ","
        if len(pieces[-1]) + len(name) < LINE_WIDTH:
            pieces[-1] += name
        else:
            pieces.append(name)
    return pieces


def _client(envelope: Envelope) -> str:
    """The TCP information, with the address literal. RFC 5321 4.4."""
    name = _token(envelope.client_name or "unknown")
    literal = _literal(envelope.client_ip)
    return f"({name} [{literal}])" if literal else f"({name})"


def _literal(ip: str | None) -> str:
    try:
        address = ip_address(ip or "")
    except ValueError:
        return ""
    return f"IPv6:{address}" if address.version == 6 else str(address)


def _for(address: str) -> str:
    """The path of the only recipient, or nothing when it holds characters that a trace field cannot."""
    safe = address.isascii() and all(c.isalnum() or c in "!#$%&'*+-/=?^_`{|}~.@" for c in address)
    return f"<{address}>" if safe and 0 < len(address) <= MAX_TOKEN else ""


def _token(value: str) -> str:
    """A word of letters, digits and a few harmless signs: no space, comment, quote, control or line end."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-._:[]/+") else "?" for c in value[:MAX_TOKEN])
    return kept or "unknown"


def _fold(name: str, words: Sequence[str]) -> bytes:
    """A field from words, folded between them."""
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE_WIDTH and not line.endswith(":"):
            lines.append(line)
            line = "\t" + word
        else:
            line += " " + word
    return "\r\n".join([*lines, line]).encode("ascii", "replace") + b"\r\n"


def _fields(block: bytes) -> list[bytes]:
    """The fields of a prefix of ours, continuation lines included."""
    fields: list[bytes] = []
    for line in block.splitlines(keepends=True):
        if line[:1] in b"\t " and fields:
            fields[-1] += line
        else:
            fields.append(line)
    return fields
