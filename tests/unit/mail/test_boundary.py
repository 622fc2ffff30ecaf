"""Which client SPF is asked about, for each way a message can come in."""

from dataclasses import replace

import pytest

from lazaretto.mail.boundary import MAX_HOPS, find_boundary
from lazaretto.model.disposition import Mode
from lazaretto.model.facts import Boundary
from tests.helpers.bare import AT, bare_envelope, bare_hop, bare_message

OUTSIDE = bare_hop("203.0.114.9", helo="mail.sender.test", client_name="mail.sender.test")
PATH = (("Return-Path", "<ann@sender.test>"),)
LETTER = bare_message("sender.test", headers=PATH, hops=(OUTSIDE,))
SEEN = Boundary("203.0.114.9", "mail.sender.test", "ann@sender.test", "received", at=AT)
FETCHED = (Mode.API, Mode.RETRO_SCAN, Mode.JOURNAL, Mode.BCC)


def test_direct_is_the_envelope():
    """What came through our own door is judged by our own client, whatever the fields say."""
    envelope = bare_envelope(client_ip="198.51.99.1", helo="h.test", mail_from="ann@a.test")

    boundary = find_boundary(LETTER, envelope, lookback=0)

    assert Boundary("198.51.99.1", "h.test", "ann@a.test", "envelope") == boundary


def test_a_report_comes_through_our_door():
    """Mail to a report address is judged like direct mail; the message that it brought is not."""
    mail = bare_envelope(client_ip="198.51.99.1", helo="h.test", mail_from="ann@a.test")
    report = replace(mail, mode=Mode.REVIEW_SUBMISSION, reporting=True)
    reported = replace(report, reporting=False, client_ip=None, helo=None, mail_from="")
    letter = bare_message("sender.test", headers=PATH, hops=(bare_hop("198.51.99.1"), OUTSIDE))

    assert find_boundary(LETTER, mail, lookback=0) == find_boundary(LETTER, report, lookback=0)
    assert find_boundary(letter, mail, lookback=1) == find_boundary(letter, report, lookback=1)
    assert SEEN == find_boundary(LETTER, reported, lookback=0)


def test_direct_behind_trusted_relays():
    """With two trusted hops, the second one's client stands outside."""
    inner = bare_hop("198.51.99.1", helo="filter.test")
    letter = bare_message("sender.test", hops=(inner, OUTSIDE, bare_hop("198.51.99.99")))
    envelope = bare_envelope(client_ip="198.51.99.2", mail_from="ann@a.test")

    one = find_boundary(letter, envelope, lookback=1)
    two = find_boundary(letter, envelope, lookback=2)

    assert ("198.51.99.1", "203.0.114.9") == (one.client_ip, two.client_ip)
    assert ("ann@a.test", "received") == (two.mail_from, two.source)


def test_direct_with_more_trusted_hops_than_there_are():
    """A wrong setting falls back to the client we know."""
    envelope = bare_envelope(client_ip="198.51.99.2", mail_from="ann@a.test")

    assert "198.51.99.2" == find_boundary(LETTER, envelope, lookback=9).client_ip


@pytest.mark.parametrize("mode", FETCHED)
def test_fetched_mail(mode):
    """The boundary is what the receiver wrote when the message came in."""
    assert SEEN == find_boundary(LETTER, bare_envelope(mode), lookback=0)


@pytest.mark.parametrize("mode", [Mode.JOURNAL, Mode.BCC])
def test_copies_are_not_judged_by_the_copier(mode):
    """The SMTP client of a copy is the system that copied."""
    envelope = bare_envelope(
        mode, client_ip="198.51.99.2", helo="journal.test", mail_from="journal@copier.test"
    )

    assert SEEN == find_boundary(LETTER, envelope, lookback=0)


def test_import_with_a_recorded_client():
    """A list beside the messages may say who the client was."""
    envelope = bare_envelope(Mode.RETRO_SCAN, client_ip="192.0.3.1", helo="h.test", mail_from="ann@a.test")

    boundary = find_boundary(LETTER, envelope, lookback=0)

    assert Boundary("192.0.3.1", "h.test", "ann@a.test", "envelope") == boundary


@pytest.mark.parametrize(
    "inside",
    [
        bare_hop(None),
        bare_hop("127.0.0.1"),
        bare_hop("10.1.2.3"),
        bare_hop("fd00::1"),
        bare_hop("not an address"),
        bare_hop("142.250.1.1", helo="pop.gmail.com", protocol="POP3"),
        bare_hop("142.250.1.1", protocol="IMAP"),
        bare_hop("142.250.1.1", protocol="imaps"),
        bare_hop("198.51.99.7", client_name="mx2.receiver.test", by="store.receiver.test"),
    ],
)
def test_hops_inside_are_passed_over(inside):
    """Private addresses, mailbox protocols and the receiver's own hosts."""
    letter = bare_message("sender.test", headers=PATH, hops=(inside, OUTSIDE))

    assert SEEN == find_boundary(letter, bare_envelope(Mode.API), lookback=0)


def test_a_mailing_list_inside_is_the_origin():
    """The receiver's own list wrote the return path: what came to the list before is another message's way."""
    own = bare_hop("198.51.99.7", client_name="lists.receiver.test", by="store.receiver.test")
    path = (("Return-Path", "<list-bounces@lists.receiver.test>"),)
    letter = bare_message("sender.test", headers=path, hops=(own, OUTSIDE))

    assert "198.51.99.7" == find_boundary(letter, bare_envelope(Mode.API), lookback=0).client_ip


def test_a_helo_name_does_not_make_a_hop_inside():
    """Anybody can say HELO mx.receiver.test; the forged older field behind it must not be believed."""
    attacker = bare_hop("198.51.99.66", helo="mx.receiver.test", client_name=None)
    letter = bare_message("bank.test", headers=PATH, hops=(attacker, OUTSIDE))

    assert "198.51.99.66" == find_boundary(letter, bare_envelope(Mode.API), lookback=0).client_ip


def test_lookback_on_fetched_mail():
    """Public relays without reverse names are described by their number."""
    letter = bare_message("sender.test", headers=PATH, hops=(bare_hop("198.51.99.1"), OUTSIDE))

    assert SEEN == find_boundary(letter, bare_envelope(Mode.API), lookback=1)


def test_nothing_is_known():
    """No field, no client: nothing is guessed."""
    boundary = find_boundary(bare_message("sender.test"), bare_envelope(Mode.API), lookback=0)

    assert Boundary(None, None, "", "unknown") == boundary


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("<>", ""),
        (" <ann@a.test> ", "ann@a.test"),
        ("ann@a.test", "ann@a.test"),
        ("", ""),
        ("<ann@a.test", "ann@a.test"),
    ],
)
def test_return_path(field, expected):
    """The field as delivering systems write it."""
    letter = bare_message("sender.test", headers=(("Return-Path", field),), hops=(OUTSIDE,))

    assert expected == find_boundary(letter, bare_envelope(Mode.API), lookback=0).mail_from


def test_limit_of_hops():
    """Fields beyond the limit are not looked at."""
    letter = bare_message("sender.test", hops=(*[bare_hop("10.0.0.1")] * MAX_HOPS, OUTSIDE))

    assert "unknown" == find_boundary(letter, bare_envelope(Mode.API), lookback=0).source
