"""Letters for tests of the scan: written as few words, parsed as real mail."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from lazaretto.mail.parse import parse
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.facts import (
    ArcResult,
    Authentication,
    Boundary,
    DkimResult,
    DmarcResult,
    Facts,
    SpfResult,
)
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.model.verdict import Verdict
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.scan import scan

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECIPIENT = "mary.miller@example.net"
OWN = ("example.net",)


@dataclass(frozen=True)
class File:
    """An attachment."""

    name: str
    content: bytes
    type: str = "application/octet-stream"


def written(
    *,
    text: str | None = None,
    html: str | None = None,
    from_: str = "Ann Other <ann@firm.test>",
    subject: str = "Hello",
    to: str = RECIPIENT,
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[File] = (),
) -> bytes:
    """A letter as bytes; header values go in as they are, so that a test can write what no library would."""
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = "<1@firm.test>"
    mail["Date"] = "Fri, 20 Nov 2026 11:00:00 +0000"
    if text is not None or html is None:
        mail.set_content(text if text is not None else "Good morning.\n", cte="base64")
    if html is not None:
        add = mail.add_alternative if text is not None else mail.set_content
        add(html, subtype="html", cte="base64")
    for file in attachments:
        main, _, sub = file.type.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    fields = {"From": from_, "To": to, "Subject": subject, **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return head.encode() + mail.as_bytes()


def letter(**how: object) -> Message:
    """A letter, parsed."""
    return parse(written(**how))  # type: ignore[arg-type]


def envelope(
    mail_from: str = "ann@firm.test", recipients: Sequence[str] = (RECIPIENT,), mode: Mode = Mode.DIRECT
) -> Envelope:
    """An envelope from the Internet to one recipient."""
    people = tuple(Recipient(r) for r in recipients)
    return Envelope(
        "0" * 32,
        "4Njp3P0STMz2c02Q",
        mode,
        mail_from,
        people,
        NOW,
        client_ip="198.51.100.7",
        helo="mx.firm.test",
    )


def facts(
    *,
    spf: str = "none",
    dkim: Sequence[DkimResult] = (),
    dmarc: str = "none",
    policy: str = "",
    aligned: bool = False,
    arc: ArcResult | None = None,
    client_ip: str | None = "8.8.8.8",
    offline: bool = False,
    domain: str = "firm.test",
) -> Facts:
    """What the world said."""
    return Facts(
        at=NOW,
        boundary=Boundary(client_ip, "mx.firm.test", "ann@firm.test", "envelope"),
        authentication=Authentication(
            SpfResult(spf, domain, "mailfrom"),  # type: ignore[arg-type]
            tuple(dkim),
            DmarcResult(dmarc, domain, domain, policy, aligned, aligned),  # type: ignore[arg-type]
            arc or ArcResult("none", 0),
        ),
        answers=(),
        network=None,
        own_domains=OWN,
        offline=offline,
    )


ENVELOPE = envelope()
OFFLINE = facts(offline=True)

Check = Callable[[Message, Envelope, Facts], Iterator[Finding]]


def seen(
    check: Check, message: Message, what: Facts = OFFLINE, where: Envelope = ENVELOPE
) -> dict[str, Finding]:
    """The first finding of each rule that a check gives."""
    found: dict[str, Finding] = {}
    for finding in check(message, where, what):
        found.setdefault(finding.rule, finding)
    return found


def judged(message: Message, what: Facts = OFFLINE, where: Envelope = ENVELOPE) -> Verdict:
    """The verdict of the shipped ruleset."""
    return scan(message, where, what, load_ruleset())


def rules_of(verdict: Verdict) -> set[str]:
    """The rules that spoke."""
    return {w.rule.id for w in verdict.findings}
