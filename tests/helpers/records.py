"""Envelopes, facts, verdicts and summaries as short literals: name what the test is about, the rest is plain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lazaretto.mail.stamp import Stamp
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import AuthResult, Disposition, Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.facts import (
    Answer,
    ArcResult,
    Authentication,
    Boundary,
    DkimResult,
    DmarcResult,
    Facts,
    Network,
    Question,
    SpfResult,
    Status,
)
from lazaretto.model.finding import Finding
from lazaretto.model.message import Span
from lazaretto.model.record import (
    AttachmentSummary,
    FindingSummary,
    LinkSummary,
    SenderSummary,
    Summary,
    ValidationSummary,
)
from lazaretto.model.verdict import Rule, Verdict, Weighed
from lazaretto.store.blobs import BlobRef
from lazaretto.store.ids import new_queue_id
from lazaretto.store.messages import Received, add_decided, add_received
from lazaretto.store.transaction import Database, Transaction

ACCOUNT = "a1" * 16
OTHER_ACCOUNT = "b2" * 16
NOW = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)
STAMP = Stamp(b"Received: from x by y\r\n", (Span(3, 9),))


def envelope(*recipients: str, **changes: Any) -> Envelope:
    """DIRECT mail for one recipient unless said otherwise."""
    plain = Envelope(
        account=ACCOUNT,
        queue_id=new_queue_id(),
        mode=Mode.DIRECT,
        mail_from="sender@remote.test",
        recipients=tuple(Recipient(address) for address in recipients or ("user@example.com",)),
        received_at=NOW,
        client_ip="192.0.2.1",
        client_name="mx.remote.test",
        helo="mx.remote.test",
    )
    return replace(plain, **changes)


def authentication(**changes: Any) -> Authentication:
    """Everything passes."""
    plain = Authentication(
        spf=SpfResult("pass", "remote.test", "mailfrom"),
        dkim=(DkimResult("pass", "remote.test", "s1", "rsa-sha256", body_hash_ok=True),),
        dmarc=DmarcResult(
            "pass", "remote.test", "remote.test", "reject", spf_aligned=True, dkim_aligned=True
        ),
        arc=ArcResult("none", 0),
    )
    return replace(plain, **changes)


def facts(**changes: Any) -> Facts:
    """One DNS answer, a known network."""
    plain = Facts(
        at=NOW,
        boundary=Boundary("192.0.2.1", "mx.remote.test", "sender@remote.test", "envelope"),
        authentication=authentication(),
        answers=(Answer(Question("remote.test", "TXT"), Status.OK, ("v=spf1 ip4:192.0.2.1 -all",), 300),),
        network=Network("192.0.2.1", 64500, "REMOTE", "DE"),
        own_domains=("example.com",),
    )
    return replace(plain, **changes)


def verdict(disposition: Disposition = Disposition.NONE, **changes: Any) -> Verdict:
    """One weighed finding when the disposition is bad, none when it is good."""
    finding = Finding(
        "link_text_mismatch", "text shows bank.test, target is evil.test", "link", value="http://evil.test/"
    )
    rule = Rule(
        "link_text_mismatch", 1, "malicious", 6.0, "Link text names another site", "Readers are misled."
    )
    bad = disposition is not Disposition.NONE
    plain = Verdict(
        disposition=disposition,
        score=6.0 if bad else 0.0,
        scores=(("malicious", 6.0),) if bad else (),
        findings=(Weighed(finding, rule, 6.0),) if bad else (),
        reasons=(finding.reason,) if bad else (),
        categories=("CredentialHarvester",) if bad else (),
        ruleset="test",
    )
    return replace(plain, **changes)


def summary(**changes: Any) -> Summary:
    """A plain letter with one link and one attachment."""
    plain = Summary(
        subject="Quarterly numbers",
        from_address="sender@remote.test",
        from_name="Some Sender",
        to=("user@example.com",),
        to_names=("User",),
        cc=(),
        reply_to="",
        message_id="<1@remote.test>",
        sent_at=NOW,
        fingerprint="f" * 16,
        structure_hash="0" * 16,
        previous_hop_ip="192.0.2.7",
        originating_ip=None,
        headers=(("Subject", "Quarterly numbers"), ("From", "Some Sender <sender@remote.test>")),
        findings=(),
        reasons=(),
        categories=(),
        attachments=(attachment(),),
        links=(LinkSummary("https://www.shop.test/a", "shop", "www.shop.test", "shop.test"),),
        validation=ValidationSummary(AuthResult.PASS, AuthResult.PASS, AuthResult.PASS, None),
        sender=SenderSummary("192.0.2.1", 64500, "REMOTE", "DE", "remote.test"),
        score=0.0,
        ruleset="test",
        body_words="Dear user, please find the numbers attached.",
    )
    return replace(plain, **changes)


def attachment(filename: str = "numbers.pdf") -> AttachmentSummary:
    """A harmless file."""
    return AttachmentSummary(
        filename=filename,
        content_type="application/pdf",
        detected_type="application/pdf",
        size=1234,
        md5="0cc175b9c0f1b6a831c399e269772661",
        sha1="86f7e437faa5a7fce15d1ddcb9eaeaea377667b8",
        sha256="ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        encrypted=False,
        disposition=None,
    )


def finding_summary(**changes: Any) -> FindingSummary:
    """A link that lies."""
    plain = FindingSummary(
        rule="link_text_mismatch",
        title="Link text names another site",
        reason="text shows bank.test, target is evil.test",
        disposition=Disposition.MALICIOUS,
        place="link",
        field="href",
        value="http://evil.test/",
        attachment=None,
        part=1,
        start=10,
        end=20,
        points=6.0,
    )
    return replace(plain, **changes)


def decision(
    recipients: Sequence[str] | Envelope,
    order: Order = Order.DELIVER,
    disposition: Disposition = Disposition.NONE,
) -> Decision:
    """The same order for all."""
    names = [r.address for r in recipients.recipients] if isinstance(recipients, Envelope) else recipients
    return Decision(
        disposition, tuple(RecipientOrder(name, order, "because the test says so") for name in names)
    )


def blob(content: bytes | str = b"x") -> BlobRef:
    """The name of bytes that nobody stored."""
    return BlobRef.of(content.encode() if isinstance(content, str) else content)


async def store_record(
    tx: Transaction,
    one: Envelope | None = None,
    *,
    disposition: Disposition = Disposition.NONE,
    order: Order = Order.DELIVER,
    at: datetime = NOW,
    content: BlobRef | None = None,
    decided: Decision | None = None,
    **changes: Any,
) -> Received:
    """A record with both commits; `changes` go to the summary."""
    one = one or envelope()
    received = await add_received(tx, one, content or blob(one.queue_id), at=one.received_at)
    await add_decided(
        tx,
        received.number,
        account=one.account,
        facts=facts(),
        verdict=verdict(disposition),
        summary=summary(**changes),
        decision=decided or decision(one, order, disposition),
        stamp=STAMP,
        at=at,
    )
    return received


async def stored(database: Database, one: Envelope | None = None, **options: Any) -> Received:
    """store_record in a transaction of its own."""
    return await database.write(lambda tx: store_record(tx, one, **options))
