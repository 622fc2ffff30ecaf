"""Sends the samples through the SMTP port, one connection each, as the servers of their senders would.

The demo is listed as a peer that may use XCLIENT: so each message comes from the address of its story.
"""

import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lazaretto.demo.sample import Sample, compose
from lazaretto.demo.world import client_of, signed

SECONDS_APART = 47 * 60
"""The samples are dated like a morning's mail, not like one burst."""

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Sent:
    """How the gateway answered."""

    sample: Sample
    code: int
    text: str


def send_all(samples: Sequence[Sample], *, port: int, now: datetime) -> Iterator[Sent]:
    """Send one after the other; blocking, so use a thread."""
    for index, sample in enumerate(samples):
        at = now - timedelta(seconds=SECONDS_APART * (len(samples) - index) / len(samples))
        raw = compose(sample, at)
        yield _send(sample, signed(raw, sample.signed_by) if sample.signed_by else raw, port)


def _send(sample: Sample, raw: bytes, port: int) -> Sent:
    ip, helo = client_of(sample)
    with smtplib.SMTP("127.0.0.1", port, local_hostname=helo, timeout=TIMEOUT) as connection:
        connection.ehlo(helo)
        connection.docmd("XCLIENT", f"ADDR={ip} NAME=[UNAVAILABLE]")
        connection.ehlo(helo)
        try:
            connection.mail(sample.return_path, ["BODY=8BITMIME"])
            for address in sample.recipients:
                connection.rcpt(address)
            code, text = connection.data(raw)
        except smtplib.SMTPResponseException as refusal:
            return Sent(sample, refusal.smtp_code, _text(refusal.smtp_error))
        return Sent(sample, code, _text(text))


def _text(text: bytes | str) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "replace")
