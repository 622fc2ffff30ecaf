"""A sample message: what is sent, from where, and what the scan should make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from lazaretto.model.disposition import Disposition

OWN_DOMAIN = "meridian.example"
"""The organisation of the demo, a shipping agency."""

STRICT_DOMAIN = "cargo.meridian-lines.example"
"""Its second domain, which refuses malicious mail at the door."""

ANA = f"ana.duarte@{OWN_DOMAIN}"
JONAS = f"jonas.weber@{OWN_DOMAIN}"
MEI = f"mei.tanaka@{OWN_DOMAIN}"
OFFICE = f"office@{OWN_DOMAIN}"
ACCOUNTS = f"accounts@{OWN_DOMAIN}"
DISPATCH = f"dispatch@{STRICT_DOMAIN}"


@dataclass(frozen=True, slots=True)
class File:
    """An attachment."""

    name: str
    type: str  # "application/pdf"
    content: bytes
    content_id: str | None = None  # makes it a picture inside the HTML


@dataclass(frozen=True, slots=True)
class Sample:
    """One message of the demo before it is composed."""

    name: str
    meant: Disposition
    sender: str  # the From field
    subject: str
    to: tuple[str, ...]
    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    charset: str = "utf-8"
    rcpt: tuple[str, ...] = ()  # envelope recipients; those of To when empty
    mail_from: str | None = None  # return path; the address of From when None
    client_ip: str = ""  # empty: the sending domain's own server
    helo: str = ""
    signed_by: str = ""  # the domain that signs with DKIM
    raw: bytes | None = None  # the whole message, for those that no library would compose

    @property
    def from_address(self) -> str:
        """The address in the From field."""
        return self.sender.rsplit("<", 1)[-1].rstrip(">")

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom the envelope names."""
        return self.rcpt or self.to

    @property
    def return_path(self) -> str:
        """Who gets the bounces."""
        return self.from_address if self.mail_from is None else self.mail_from


def compose(sample: Sample, at: datetime) -> bytes:
    """The message as it goes over the wire, before any signature."""
    message_id = f"<{sample.name}.{at:%Y%m%d}@{sample.from_address.rsplit('@', 1)[-1]}>"
    if sample.raw is not None:
        head = f"Date: {format_datetime(at)}\r\nMessage-ID: {message_id}\r\n"
        return head.encode() + sample.raw
    message = EmailMessage(policy=SMTP.clone(max_line_length=100))
    message["From"] = sample.sender
    message["To"] = ", ".join(sample.to)
    message["Subject"] = sample.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    for name, value in sample.headers:
        message[name] = value
    _fill(message, sample)
    return message.as_bytes()


def _fill(message: EmailMessage, sample: Sample) -> None:
    if sample.text or not sample.html:
        message.set_content(sample.text, charset=sample.charset)
        if sample.html:
            message.add_alternative(sample.html, subtype="html", charset=sample.charset)
    else:
        message.set_content(sample.html, subtype="html", charset=sample.charset)
    _add_pictures(message, [file for file in sample.files if file.content_id])
    for file in sample.files:
        if not file.content_id:
            main, sub = file.type.split("/", 1)
            message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)


def _add_pictures(message: EmailMessage, pictures: Sequence[File]) -> None:
    if not pictures:
        return
    page = message.get_body(("html",))
    if not isinstance(page, EmailMessage):
        return
    for file in pictures:
        main, sub = file.type.split("/", 1)
        page.add_related(
            file.content, maintype=main, subtype=sub, cid=f"<{file.content_id}>", filename=file.name
        )
