"""The session: greeting, commands, order, limits."""

import pytest

from lazaretto.intake.events import NeedData
from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.reply import Reply
from lazaretto.intake.session import MAX_WAITING_REPLIES
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient
from tests.helpers.smtp_session import ENVELOPE, HELLO, NOW, Driven


def test_a_plain_transaction():
    """Every reply of a whole session, in order, and what the door is given."""
    driven = Driven()
    driven.session.greet()
    driven.feed(HELLO + ENVELOPE + b"DATA\r\n")
    driven.feed(b"Subject: hi\r\n\r\n..dot\r\n.\r\nQUIT\r\n")

    assert [
        "220 mx.test ESMTP Lazaretto",
        "250-mx.test",
        "250-PIPELINING",
        "250-SIZE 52428800",
        "250-ENHANCEDSTATUSCODES",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250-CHUNKING",
        "250-DSN",
        "250 STARTTLS",
        "250 2.1.0 Ok",
        "250 2.1.5 Ok",
        "354 End data with <CR><LF>.<CR><LF>",
        "250 2.0.0 Ok: queued as Q1",
        "221 2.0.0 Bye",
    ] == driven.take()
    assert driven.closed
    assert [b"Subject: hi\r\n\r\n.dot\r\n"] == driven.contents
    assert (
        Envelope(
            account="a" * 32,
            queue_id="Q1",
            mode=Mode.DIRECT,
            mail_from="ann@sender.example",
            recipients=(Recipient("bob@corp.example"),),
            received_at=NOW,
            client_ip="192.0.2.1",
            helo="client.test",
            protocol="ESMTP",
        )
        == driven.messages[0][0]
    )


def test_parameters_travel_in_the_envelope():
    """DSN, body type and SMTPUTF8 are carried on."""
    driven = Driven().hello()
    driven.feed(
        "MAIL FROM:<änn@sender.example> SMTPUTF8 BODY=8BITMIME RET=HDRS ENVID=x+2By SIZE=20\r\n"
        "RCPT TO:<böb@corp.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@corp.example\r\n"
        "RCPT TO:<cy@corp.example>\r\nDATA\r\nx\r\n.\r\n".encode()
    )
    envelope = driven.messages[0][0]

    assert (
        Recipient("böb@corp.example", ("SUCCESS", "FAILURE"), "rfc822;bob@corp.example"),
        Recipient("cy@corp.example"),
    ) == envelope.recipients
    assert ("HDRS", "x+2By", "8BITMIME", True, "UTF8SMTP") == (
        envelope.ret,
        envelope.envid,
        envelope.body,
        envelope.smtputf8,
        envelope.protocol,
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["MAIL FROM:<a@b>"], "503 5.5.1"),
        (["EHLO x", "RCPT TO:<a@corp.example>"], "503 5.5.1"),
        (["EHLO x", "DATA"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:<a@b>", "DATA"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:<a@b>", "MAIL FROM:<a@b>"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<a@elsewhere.example>"], "550 5.7.1"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<a@elsewhere.example>", "DATA"], "554 5.5.1"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<a@corp.example>", "DATA now"], "501 5.5.4"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<a@corp.example>", "STARTTLS"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:<a@b>", "RSET", "RCPT TO:<a@corp.example>"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:<a@b>", "EHLO x", "RCPT TO:<a@corp.example>"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:<>"], "250 2.1.0"),
        (["EHLO x", "mail from: <a@b> size=5"], "250 2.1.0"),
        (["EHLO x", "MAIL FROM:a@b"], "501 5.1.7"),
        (["EHLO x", "MAIL TO:<a@b>"], "501 5.5.4"),
        (["EHLO x", "MAIL FROM:<ann>"], "501 5.1.7"),
        (["EHLO x", f"MAIL FROM:<{'a' * 65}@b>"], "553 5.1.7"),
        (["EHLO x", "MAIL FROM:<ä@b>"], "553 5.6.7"),
        (["EHLO x", "MAIL FROM:<a@b> SIZE=52428801"], "552 5.3.4"),
        (["EHLO x", "MAIL FROM:<a@b> SIZE=52428800"], "250 2.1.0"),
        (["EHLO x", "MAIL FROM:<a@b> BODY=BINARYMIME"], "501 5.5.4"),
        (["EHLO x", "MAIL FROM:<a@b> AUTH=<>"], "555 5.5.4"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<postmaster>"], "250 2.1.5"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<Postmaster>"], "250 2.1.5"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<ann>"], "501 5.1.3"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<>"], "501 5.1.3"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<ä@corp.example>"], "553 5.6.7"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT FROM:<a@b>"], "501 5.5.4"),
        (["EHLO x", "MAIL FROM:<a@b>", f"RCPT TO:<{'a' * 65}@corp.example>"], "553 5.1.3"),
        (["EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<@r.example:a@corp.example>"], "250 2.1.5"),
        (["EHLO x", "VRFY bob"], "252 2.0.0"),
        (["EHLO x", "VRFY"], "501 5.5.4"),
        (["EHLO x", "EXPN list"], "502 5.5.1"),
        (["EHLO x", "AUTH PLAIN AGEAYg=="], "502 5.5.1"),
        (["EHLO x", "TURN"], "502 5.5.1"),
        (["EHLO x", "HELP"], "214 2.0.0"),
        (["EHLO x", "NOOP whatever"], "250 2.0.0"),
        (["EHLO x", "RSET now"], "501 5.5.4"),
        (["EHLO x", "QUIT now"], "501 5.5.4"),
        (["EHLO x", "STARTTLS now"], "501 5.5.4"),
        (["EHLO x", "FROBNICATE"], "500 5.5.2"),
        (["EHLO x", ""], "500 5.5.2"),
        (["EHLO x", "XCLIENT ADDR=1.2.3.4"], "550 5.7.0"),
        (["EHLO"], "501 5.5.4"),
        (["EHLO two words"], "501 5.5.4"),
        (["EHLO bücher.example"], "501 5.5.4"),
        (["EHLO [192.0.2.1]"], "250 STARTTLS"),
        (["EHLO [999.0.2.1]"], "501 5.5.4"),
        (["HELO under_score"], "250 mx.test"),
        (["LHLO x"], "500 5.5.1"),
        (["NOOP\x00"], "500 5.5.2"),
        (["NOOP\rNOOP"], "500 5.5.2"),
        ([b"NOOP \xff"], "500 5.5.2"),
        (["NOOP " + "x" * 2048], "500 5.5.2"),
        (["GET / HTTP/1.1"], "554 5.5.1"),
    ],
)
def test_replies(lines, expected):
    """One command after the other; the last reply counts."""
    driven = Driven()

    assert expected == [driven.codes(line) for line in lines][-1]


def test_a_command_that_lf_ends_is_not_obeyed():
    """It may be the rest of a message that somebody else took for ended."""
    driven = Driven().hello()
    driven.feed(b"MAIL FROM:<a@b>\nRCPT TO:<a@corp.example>\r\n")

    assert ["500 5.5.2", "503 5.5.1"] == [line[:9] for line in driven.take()]


def test_helo_announces_nothing_and_is_told_on():
    """The Received field will say SMTP."""
    driven = Driven()

    assert ["250 mx.test"] == driven.say("HELO old.test")
    driven.feed(ENVELOPE + b"DATA\r\nx\r\n.\r\n")
    assert ("SMTP", "old.test") == (driven.messages[0][0].protocol, driven.messages[0][0].helo)


def test_two_messages_in_one_session():
    """Nothing of the first remains in the second."""
    driven = Driven().hello()
    driven.feed(
        ENVELOPE + b"DATA\r\none\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<cy@corp.example>\r\nDATA\r\ntwo\r\n.\r\n"
    )

    assert [b"one\r\n", b"two\r\n"] == driven.contents
    assert [("Q1", "ann@sender.example"), ("Q2", "")] == [
        (e.queue_id, e.mail_from) for e, _ in driven.messages
    ]


def test_an_empty_message():
    """The dot at once."""
    driven = Driven().in_data().feed(b".\r\n")

    assert [b""] == driven.contents


def test_the_same_recipient_twice_is_one_recipient():
    """With one reply each, as asked; the domain has no case."""
    driven = Driven().hello()
    driven.feed(
        b"MAIL FROM:<>\r\n"
        + b"".join(
            b"RCPT TO:<%s>\r\n" % a for a in (b"bob@corp.example", b"bob@CORP.example", b"Bob@corp.example")
        )
        + b"DATA\r\nx\r\n.\r\n"
    )

    assert ["bob@corp.example", "Bob@corp.example"] == [r.address for r in driven.messages[0][0].recipients]
    assert 3 == sum(line.startswith("250 2.1.5") for line in driven.take())


def test_a_report_address_marks_the_message():
    """Mail to report addresses alone is told to the door as a report."""
    driven = Driven().hello()
    driven.feed(
        b"MAIL FROM:<ann@corp.example>\r\nRCPT TO:<phish@corp.example>\r\nRCPT TO:<PHISH@corp.example>\r\n"
        b"DATA\r\nx\r\n.\r\n"
    )
    ((envelope, _),) = driven.messages

    assert (Mode.REVIEW_SUBMISSION, True, 2) == (envelope.mode, envelope.reporting, len(envelope.recipients))


@pytest.mark.parametrize(("first", "second"), [("phish", "bob"), ("bob", "phish")])
def test_report_addresses_and_others_do_not_mix(first, second):
    """The second kind is asked to come separately; the next transaction may be of the other kind."""
    driven = Driven().hello()
    mail = "MAIL FROM:<ann@corp.example>\r\n"
    driven.feed(f"{mail}RCPT TO:<{first}@corp.example>\r\nRCPT TO:<{second}@corp.example>\r\n".encode())
    driven.feed(b"DATA\r\nx\r\n.\r\n")
    driven.feed(f"{mail}RCPT TO:<{second}@corp.example>\r\nDATA\r\ny\r\n.\r\n".encode())

    codes = [line[:9] for line in driven.take() if line.startswith(("250 2.1.5", "452"))]
    assert ["250 2.1.5", "452 4.5.3", "250 2.1.5"] == codes
    assert [[first], [second]] == [
        [one.address.split("@")[0] for one in envelope.recipients] for envelope, _ in driven.messages
    ]
    assert [first == "phish", second == "phish"] == [envelope.reporting for envelope, _ in driven.messages]


# STARTTLS


def test_what_was_injected_before_tls_is_forgotten():
    """Commands in clear behind STARTTLS are never obeyed, and the greeting does not count any more. RFC 3207 4.2."""
    driven = Driven().hello()
    driven.feed(b"STARTTLS\r\nMAIL FROM:<evil@evil.example>\r\n")
    assert ["220 2.0.0 Ready to start TLS"] == driven.take()
    assert driven.wants_tls
    driven.session.drop_input()
    driven.session.tls_started("TLSv1.3 X")
    driven.wants_tls = False

    assert ["503 5.5.1 Send the greeting command first"] == driven.say("MAIL FROM:<a@b>")
    assert not any("STARTTLS" in line for line in driven.say("EHLO x"))
    assert "503 5.5.1" == driven.codes("STARTTLS")
    driven.feed(ENVELOPE + b"DATA\r\nx\r\n.\r\n")
    assert ("ESMTPS", "TLSv1.3 X") == (driven.messages[0][0].protocol, driven.messages[0][0].tls)


def test_tls_is_not_offered_without_certificate():
    """Neither announced nor accepted."""
    driven = Driven(tls=False)

    assert not any("STARTTLS" in line for line in driven.say("EHLO x"))
    assert "502 5.5.1" == driven.codes("STARTTLS")


# XCLIENT


def test_a_listed_proxy_names_the_client():
    """The session begins anew, and the proxy's own greeting does not hide the client's."""
    driven = Driven(xclient=True)

    assert any("XCLIENT NAME ADDR" in line for line in driven.say("EHLO proxy.test"))
    assert ["220 mx.test ESMTP Lazaretto"] == driven.say(
        "XCLIENT ADDR=198.51.100.7 NAME=c.example HELO=c.example"
    )
    assert "503 5.5.1" == driven.codes("MAIL FROM:<>")
    driven.hello().feed(ENVELOPE)
    assert "503 5.5.1" == driven.codes("XCLIENT ADDR=198.51.100.8")
    driven.feed(b"DATA\r\nx\r\n.\r\n")
    envelope = driven.messages[0][0]
    assert ("198.51.100.7", "c.example", "c.example") == (
        envelope.client_ip,
        envelope.client_name,
        envelope.helo,
    )
    assert "501 5.5.4" == driven.codes("XCLIENT ADDR=nonsense")


# Limits


def test_too_many_commands():
    """Endless NOOP ends."""
    driven = Driven(GatewayLimits(commands=3))
    driven.feed(b"NOOP\r\n" * 5)

    assert ["250 2.0.0", "250 2.0.0", "250 2.0.0", "421 4.7.0"] == [line[:9] for line in driven.take()]
    assert driven.closed


def test_too_many_errors():
    """Address harvesting ends."""
    driven = Driven(GatewayLimits(errors=2)).hello()
    driven.feed(b"MAIL FROM:<>\r\n" + b"RCPT TO:<x@elsewhere.example>\r\n" * 5)

    assert ["250 2.1.0", "550 5.7.1", "550 5.7.1", "550 5.7.1", "421 4.7.0"] == [
        line[:9] for line in driven.take()
    ]
    assert driven.closed


def test_refused_messages_are_no_errors():
    """A large provider sends spam and mail in one session."""
    driven = Driven(GatewayLimits(errors=1), answers=(Reply(550, "5.7.1", "no"),)).hello()
    driven.feed((ENVELOPE + b"DATA\r\nx\r\n.\r\n") * 4)

    assert 4 == len(driven.messages)
    assert not driven.closed


def test_too_many_messages():
    """The next MAIL ends the session."""
    driven = Driven(GatewayLimits(messages=2)).hello()
    driven.feed((ENVELOPE + b"DATA\r\nx\r\n.\r\n") * 3)

    assert 2 == len(driven.messages)
    assert "421 4.7.0 Too many messages in one session, connect again" == driven.take()[-1]
    assert driven.closed


def test_too_many_recipients():
    """The rest is for another transaction; the accepted ones get their mail."""
    driven = Driven(GatewayLimits(recipients=2)).hello()
    driven.feed(b"MAIL FROM:<>\r\n" + b"".join(b"RCPT TO:<u%d@corp.example>\r\n" % n for n in range(3)))
    assert "452 4.5.3 Too many recipients" == driven.take()[-1]
    driven.feed(b"DATA\r\nx\r\n.\r\n")

    assert 2 == len(driven.messages[0][0].recipients)


def test_a_command_line_without_end():
    """One reply, and the session goes on with the next line."""
    driven = Driven().hello()
    driven.feed(b"x" * 100_000)
    assert driven.session.buffered <= 2048
    driven.feed(b"\r\nNOOP\r\n")

    assert ["500 5.5.2", "250 2.0.0"] == [line[:9] for line in driven.take()]


@pytest.mark.parametrize(
    ("limits", "content", "expected"),
    [
        (GatewayLimits(message_bytes=10), b"0123456789ab\r\n", "552 5.3.4"),
        (GatewayLimits(line_bytes=10), b"0123456789ab\r\n", "550 5.6.0"),
        (GatewayLimits(header_bytes=10), b"a: b\r\nc: d\r\n\r\n", "550 5.6.0"),
        (GatewayLimits(received_fields=1), b"Received: a\r\nReceived: b\r\n\r\n", "554 5.4.6"),
        (GatewayLimits(), b"nul \0\r\n", "550 5.6.0"),
    ],
)
def test_content_limits(limits, content, expected):
    """After the end of the message, which is then forgotten; the session goes on."""
    driven = Driven(limits).in_data()
    driven.feed(content + b".\r\nNOOP\r\n")

    assert [expected, "250 2.0.0"] == [line[:9] for line in driven.take()]
    assert ([], b"") == (driven.messages, driven.stored)


def test_far_too_large_a_message_ends_the_session():
    """What is thrown away has a bound too."""
    driven = Driven(GatewayLimits(message_bytes=10, drain_bytes=10)).in_data()
    driven.feed(b"x" * 30)

    assert ["552 5.3.4 Message too large"] == driven.take()
    assert driven.closed


# Answers


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((Reply(250, "2.0.0", "a"), Reply(250, "2.0.0", "a")), "250 2.0.0"),
        ((Reply(250, "2.0.0", "a"), Reply(451, "4.7.1", "b")), "451 4.7.1"),
        ((Reply(550, "5.7.1", "a"), Reply(451, "4.7.1", "b")), "451 4.7.1"),
        ((Reply(550, "5.7.1", "a"), Reply(250, "2.0.0", "b")), "250 2.0.0"),
        ((Reply(550, "5.7.1", "a"), Reply(550, "5.7.1", "a")), "550 5.7.1"),
        ((Reply(250, "2.0.0", "a"),), "451 4.3.0"),
        ((), "451 4.3.0"),
    ],
)
def test_one_reply_for_two_recipients(answers, expected):
    """Temporary before positive before permanent; a wrong number of answers is our fault."""
    driven = Driven(answers=answers).hello()
    driven.feed(ENVELOPE + b"RCPT TO:<cy@corp.example>\r\nDATA\r\nx\r\n.\r\n")

    assert expected == driven.take()[-1][:9]


def test_lmtp_answers_each_recipient():
    """RFC 2033 4.2: one reply for each accepted RCPT, in order, the doubled one too."""
    answers = (Reply(250, "2.0.0", "kept"), Reply(550, "5.7.1", "no"))
    driven = Driven(lmtp=True, answers=answers).hello()
    driven.feed(
        b"MAIL FROM:<>\r\nRCPT TO:<a@corp.example>\r\nRCPT TO:<x@elsewhere.example>\r\nRCPT TO:<b@corp.example>\r\n"
        b"RCPT TO:<a@corp.example>\r\nDATA\r\nx\r\n.\r\n"
    )

    assert ["250 2.0.0 kept", "550 5.7.1 no", "250 2.0.0 kept"] == driven.take()[-3:]
    assert "LMTP" == driven.messages[0][0].protocol


def test_lmtp_refuses_content_for_each_recipient():
    """Our own refusal too is told once for each."""
    driven = Driven(lmtp=True).hello()
    driven.feed(ENVELOPE + b"RCPT TO:<cy@corp.example>\r\nDATA\r\nbare\n\r\n.\r\n")

    assert ["550 5.6.0", "550 5.6.0"] == [line[:9] for line in driven.take()[-2:]]


def test_lmtp_has_its_own_greeting():
    """RFC 2033 4.1."""
    driven = Driven(lmtp=True)

    assert ["500 5.5.1", "500 5.5.1", "250 STARTTLS"] == [
        driven.codes(f"{v} x") for v in ("EHLO", "HELO", "LHLO")
    ]


# Storing and stopping


def test_content_that_cannot_be_stored():
    """The rest is read and thrown away; the reply is temporary."""
    driven = Driven().in_data()
    driven.feed(b"first\r\n")
    driven.full = True
    driven.feed(b"second\r\n.\r\nNOOP\r\n")

    assert ["452 4.3.1 full", "250 2.0.0 Ok"] == driven.take()
    assert ([], b"") == (driven.messages, driven.stored)


def test_the_only_piece_cannot_be_stored():
    """The end of the message in the same piece does not make it whole."""
    driven = Driven(full=True).in_data().feed(b"all\r\n.\r\n")

    assert ["452 4.3.1 full"] == driven.take()
    assert [] == driven.messages


def test_stop_between_transactions():
    """At once."""
    driven = Driven().hello()
    driven.session.stop()
    driven.feed(b"")

    assert ["421 4.3.2 Service is shutting down, try again later"] == driven.take()
    assert driven.closed


def test_stop_within_a_transaction():
    """After its end."""
    driven = Driven().in_data()
    driven.session.stop()
    driven.feed(b"x\r\n.\r\nMAIL FROM:<>\r\n")

    assert ["250 2.0.0", "421 4.3.2"] == [line[:9] for line in driven.take()]
    assert [b"x\r\n"] == driven.contents


def test_many_replies_leave_in_portions():
    """Pipelined commands do not pile up replies without bound."""
    session = Driven().session
    session.feed(b"EHLO x\r\n" * 2000)
    portions = []
    while not isinstance(session.next_event(), NeedData):
        portions.append(len(session.replies()))

    assert len(portions) > 1
    assert max(portions) < MAX_WAITING_REPLIES + 512


def test_refusals_are_told_for_the_log():
    """With the command and the queue id."""
    driven = Driven().hello()
    driven.feed(ENVELOPE + b"RCPT TO:<x@elsewhere.example>\r\n")
    (refused,) = driven.session.refused()

    assert (550, "RCPT", "TO:<x@elsewhere.example>", "Q1") == (
        refused.reply.code,
        refused.verb,
        refused.argument,
        refused.queue_id,
    )
