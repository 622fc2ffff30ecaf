"""A notification tells the right person the right thing, in the form that machines read, and never loops."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.deliver.bounce import (
    MAX_HOPS,
    MAX_SHOWN,
    Notice,
    build_notification,
    is_wanted,
    returned,
    why_silent,
)
from lazaretto.mail.headers import parse_headers
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient

AT = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)
ENVELOPE = Envelope(
    account="0" * 32,
    queue_id="4Njp3P0STMz2c02Q",
    mode=Mode.DIRECT,
    mail_from="s@sender.test",
    recipients=(Recipient("r@x.test"),),
    received_at=AT,
    helo="helo.test",
    envid="QQ+2B1+3D",
)
FAILURE = Notice(
    Recipient("r@x.test", orcpt="rfc822;R+2Br@x.test"), "failed", "5.1.1", "550 5.1.1 nobody", replied=True,
    remote="next.test", expired=False,
)  # fmt: skip
RAW = b"Subject: hello\r\nX-Eight: gr\xc3\xbcn\r\n\r\nbody\r\n"


def notification(envelope=ENVELOPE, notices=(FAILURE,), raw=RAW, *, complete=True):
    content = build_notification(
        envelope, notices, returned(envelope, notices, raw, complete=complete),
        hostname="mx.test", queue_id="5Njp3P0STMz2c02Q", at=AT,
    )  # fmt: skip
    return content, message_from_bytes(content)


def test_notification_is_a_report():
    """RFC 6522 3: three parts, for people, for machines, and the returned header block."""
    _, message = notification()
    kinds = [p.get_content_type() for p in message.get_payload()]

    assert "multipart/report" == message.get_content_type()
    assert "delivery-status" == message.get_param("report-type")
    assert ["text/plain", "message/delivery-status", "text/rfc822-headers"] == kinds
    assert "<s@sender.test>" == message["To"]
    assert "auto-replied" == message["Auto-Submitted"]


def test_report_has_the_fields_of_the_standard():
    """RFC 3464 2.2 and 2.3, with the envelope id and the original recipient decoded from xtext."""
    _, message = notification()
    about, recipient = message.get_payload(1).get_payload()

    assert "dns; mx.test" == about["Reporting-MTA"]
    assert "QQ+1=" == about["Original-Envelope-Id"]
    assert "dns; helo.test" == about["Received-From-MTA"]
    assert "rfc822;R+r@x.test" == recipient["Original-Recipient"]
    assert "rfc822; r@x.test" == recipient["Final-Recipient"]
    assert ("failed", "5.1.1") == (recipient["Action"], recipient["Status"])
    assert "smtp; 550 5.1.1 nobody" == recipient["Diagnostic-Code"]
    assert "dns; next.test" == recipient["Remote-MTA"]


def test_expired_delivery_says_so():
    """RFC 3463 3.5: the time was up."""
    _, message = notification(notices=(replace(FAILURE, expired=True, replied=False, text="no answer"),))
    recipient = message.get_payload(1).get_payload()[1]

    assert "4.4.7" == recipient["Status"]
    assert "x-lazaretto; no answer" == recipient["Diagnostic-Code"]
    assert recipient["Remote-MTA"] is None


def test_header_block_is_returned():
    """Without RET=FULL the body stays with us, and eight bit header bytes are declared."""
    content, message = notification()
    part = message.get_payload(2)

    assert "8bit" == part["Content-Transfer-Encoding"]
    assert b"X-Eight: gr\xc3\xbcn\r\n" in content
    assert b"body" not in content.partition(b"text/rfc822-headers")[2]


def test_whole_message_is_returned_when_asked():
    """RFC 3461 4.3: RET=FULL."""
    content, message = notification(replace(ENVELOPE, ret="FULL"))

    assert "message/rfc822" == message.get_payload(2).get_content_type()
    assert b"\r\n\r\n" + RAW in content


def test_large_message_is_cut_to_its_header_block():
    """What is too large to be returned is returned as its header block, and declared as such."""
    _, message = notification(replace(ENVELOPE, ret="FULL"), complete=False)

    assert "text/rfc822-headers" == message.get_payload(2).get_content_type()


def test_cut_header_block_ends_at_a_line():
    """A header block that was too long for us is returned up to its last whole line."""
    assert b"A: 1\r\n" == returned(ENVELOPE, (FAILURE,), b"A: 1\r\nB: 2", complete=False).content


def test_address_outside_ascii():
    """RFC 6533 3: such an address is written in characters that every report can carry."""
    _, message = notification(notices=(replace(FAILURE, recipient=Recipient("grün@x.test")),))

    assert "utf-8; gr\\x{FC}n@x.test" == message.get_payload(1).get_payload()[1]["Final-Recipient"]


def test_many_failures_are_bounded():
    """A notification shows so many recipients and no more."""
    _, message = notification(notices=(FAILURE,) * (MAX_SHOWN + 1))

    assert MAX_SHOWN == len(message.get_payload(1).get_payload()) - 1


@pytest.mark.parametrize(
    ("notify", "told"),
    [
        ((), True),
        (("NEVER",), False),
        (("SUCCESS",), False),
        (("DELAY",), False),
        (("SUCCESS", "FAILURE"), True),
    ],
)
def test_notify_is_obeyed(notify, told):
    """RFC 3461 4.1."""
    assert told is is_wanted(replace(FAILURE, recipient=Recipient("r@x.test", notify)))


def test_success_is_told_only_when_asked_for():
    """RFC 3461 5.2.2: a hand over to a system that tells nothing, in other words and without the body."""
    notice = replace(FAILURE, recipient=Recipient("r@x.test", ("SUCCESS",)), action="relayed", status="2.0.0")
    _, message = notification(replace(ENVELOPE, ret="FULL"), (notice,))

    assert is_wanted(notice)
    assert not is_wanted(replace(notice, recipient=Recipient("r@x.test")))
    assert "relayed" == message.get_payload(1).get_payload()[1]["Action"]
    assert "Mail handed over" == message["Subject"]
    assert "text/rfc822-headers" == message.get_payload(2).get_content_type()


@pytest.mark.parametrize(
    ("mail_from", "raw", "reason"),
    [
        ("", b"Subject: a\r\n\r\n", "the return path is null"),
        ("s@y.test", b"Received: a\r\n" * (MAX_HOPS + 1) + b"\r\n", "the message went through too many hops"),
        (
            "s@y.test",
            b"Content-Type: Multipart/Report; boundary=b;\r\n report-type=Delivery-Status\r\n\r\n",
            "the message is a notification itself",
        ),
        ("s@y.test", b"Received: a\r\n" * MAX_HOPS + b"\r\n", None),
    ],
)
def test_no_loops(mail_from, raw, reason):
    """Nobody is told about a notification, or about mail that goes round."""
    assert reason == why_silent(replace(ENVELOPE, mail_from=mail_from), parse_headers(raw))


HOSTILE = st.text(alphabet=st.sampled_from(list("a@.<>;:+2BF \t\r\n\0\x85é")), max_size=60)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nothing_can_be_injected(mail_from, helo, envid, address, text):
    """What strangers chose starts no field and no part: always three parts, ten fields, one group."""
    envelope = replace(ENVELOPE, mail_from=mail_from, helo=helo, envid=envid)
    failure = Notice(
        Recipient(address, orcpt=envid), "failed", "5.0.0", text, replied=True, remote=helo, expired=False
    )
    content, message = notification(envelope, (failure,))

    assert 3 == len(message.get_payload())
    assert 9 == len(message.keys())
    assert 2 == len(message.get_payload(1).get_payload())
    assert content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n")
