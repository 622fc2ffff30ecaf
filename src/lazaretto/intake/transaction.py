"""One mail transaction, from MAIL until the message is answered or forgotten. RFC 5321 3.3."""

from dataclasses import dataclass, field
from datetime import datetime

from lazaretto.intake.admission import Visitor
from lazaretto.intake.commands import Rcpt
from lazaretto.intake.content import Content
from lazaretto.intake.parameters import MailParameters
from lazaretto.intake.replies import INTERNAL
from lazaretto.intake.reply import Reply
from lazaretto.intake.xclient import Client
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient


@dataclass(frozen=True, slots=True)
class Caller:
    """What the session knows of the other side. It cannot change during a transaction."""

    client: Client
    helo: str
    extended: bool  # EHLO or LHLO, not HELO
    lmtp: bool
    tls: str | None

    @property
    def visitor(self) -> Visitor:
        """For the door."""
        return Visitor(self.client.ip, self.tls)

    def protocol(self, *, utf8: bool) -> str:
        """The "with" of our Received field. RFC 3848, RFC 6531 4.3."""
        if not self.extended:
            return "SMTP"
        base = "LMTP" if self.lmtp else "SMTP"
        prefix = "UTF8" if utf8 else "" if self.lmtp else "E"
        return f"{prefix}{base}{'S' if self.tls else ''}"


@dataclass(slots=True)
class Transaction:
    """Begins with MAIL and grows with each command."""

    mail_from: str
    parameters: MailParameters
    caller: Caller
    content: Content
    queue_id: str | None = None  # allotted with the first recipient
    account: str | None = None
    reporting: bool = False  # all recipients are report addresses
    recipients: list[Recipient] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # of each accepted RCPT: its recipient's number
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    refused: int = 0  # RCPT commands that were refused
    chunked: bool = False  # BDAT has begun
    stored: bool = False  # content was given away for storing
    failure: Reply | None = None  # why the content could not be kept, other than its own fault

    def add(self, rcpt: Rcpt) -> None:
        """An accepted recipient. The same one twice is one recipient with two replies. RFC 2033 4.2."""
        local, _, domain = rcpt.address.rpartition("@")
        number = self.numbers.setdefault((local, domain.lower()), len(self.recipients))
        if number == len(self.recipients):
            self.recipients.append(Recipient(rcpt.address, rcpt.parameters.notify, rcpt.parameters.orcpt))
        self.places.append(number)

    @property
    def verdict(self) -> Reply | None:
        """What refuses the message before the door sees it."""
        return self.content.fault or self.failure

    def envelope(self, received_at: datetime) -> Envelope:
        """For the door."""
        assert self.account is not None
        assert self.queue_id is not None
        caller, utf8 = self.caller, self.parameters.smtputf8
        return Envelope(
            account=self.account,
            queue_id=self.queue_id,
            mode=Mode.REVIEW_SUBMISSION if self.reporting else Mode.DIRECT,
            mail_from=self.mail_from,
            recipients=tuple(self.recipients),
            received_at=received_at,
            client_ip=caller.client.ip,
            client_name=caller.client.name,
            helo=caller.client.helo or caller.helo,
            protocol=caller.protocol(utf8=utf8),
            tls=caller.tls,
            body=self.parameters.body,
            smtputf8=utf8,
            ret=self.parameters.ret,
            envid=self.parameters.envid,
            reporting=self.reporting,
        )

    def per_recipient(self, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
        """One reply for each accepted RCPT command, for LMTP. RFC 2033 4.2."""
        if len(replies) != len(self.recipients):
            return (INTERNAL,) * len(self.places)
        return tuple(replies[place] for place in self.places)

    def joint(self, replies: tuple[Reply, ...]) -> Reply:
        """One reply for all, for SMTP.

        Temporary if one is: a retry may send twice, silence would lose. Else positive if one is: what is in
        our custody must not be told as refused.
        """
        if not replies or len(replies) != len(self.recipients):
            return INTERNAL
        temporary = (r for r in replies if r.temporary)
        positive = (r for r in replies if r.positive)
        return next(temporary, next(positive, replies[0]))
