"""The envelope of stored mail: the list first, then what the headers say."""

from datetime import UTC, datetime

import pytest

from lazaretto.intake.envelopes import MAX_RECIPIENTS, Listed, listed_for, read_envelopes, stored_envelope
from lazaretto.intake.sources import Found
from lazaretto.model.disposition import Mode
from lazaretto.model.errors import Invalid

AT = datetime(2026, 11, 21, tzinfo=UTC)


def envelope(raw: bytes, listed: Listed | None = None, mail_from: str | None = None):
    found = Found("m/a.eml", "a.eml", "a", raw.replace(b"\n", b"\r\n"), mail_from)
    return stored_envelope(found, listed, account="0" * 32, queue_id="q", at=AT)


def addresses(made) -> list[str]:
    return [recipient.address for recipient in made.recipients]


def test_from_headers():
    """Return-Path is who gets bounces; Delivered-To goes before To."""
    made = envelope(
        b"Return-Path: <ann@one.example>\nDelivered-To: bob@two.example\nTo: list@three.example\n\nx\n"
    )

    assert ("ann@one.example", ["bob@two.example"]) == (made.mail_from, addresses(made))
    assert (Mode.RETRO_SCAN, AT, None) == (made.mode, made.received_at, made.client_ip)


def test_addressees_stand_in():
    """Without trace of a delivery, To and Cc are all there is; each address once."""
    made = envelope(b"To: Bob <bob@two.example>, carl@two.example\nCc: bob@two.example\n\nx\n")

    assert ("", ["bob@two.example", "carl@two.example"]) == (made.mail_from, addresses(made))


def test_separator_of_an_mbox():
    """It stands in for a Return-Path, and an empty Return-Path is a bounce."""
    assert "ann@one.example" == envelope(b"To: b@c.example\n\n", mail_from="ann@one.example").mail_from
    assert "" == envelope(b"Return-Path: <>\n\n", mail_from="ann@one.example").mail_from


def test_list_wins():
    """What someone wrote down is better than what the sender wrote; empty cells leave it to the headers."""
    raw = b"Return-Path: <ann@one.example>\nDelivered-To: bob@two.example\n\nx\n"
    made = envelope(raw, Listed("", ("carl@two.example",), "192.0.2.7", "mx.one.example"))

    assert ("", ["carl@two.example"]) == (made.mail_from, addresses(made))
    assert ("192.0.2.7", "mx.one.example") == (made.client_ip, made.helo)
    assert ["bob@two.example"] == addresses(envelope(raw, Listed(None, (), None, None)))


def test_too_many_addressees():
    """A message to a million addressees is a record with a thousand recipients."""
    raw = b"To: " + b", ".join(b"u%d@two.example" % number for number in range(MAX_RECIPIENTS + 50)) + b"\n\n"

    assert MAX_RECIPIENTS >= len(envelope(raw).recipients)


def test_read_list(tmp_path):
    """Columns in any order, several recipients, a null return path, an address that is none."""
    path = tmp_path / "list.csv"
    path.write_text(
        "helo,id,label,mail_from,rcpt_to,client_ip\n"
        "mx,a,ham,<ann@one.example>,bob@two.example carl@two.example,192.0.2.7\n"
        ",b,ham,<>,,nonsense\n"
    )
    listed = read_envelopes(path)

    assert (
        Listed("ann@one.example", ("bob@two.example", "carl@two.example"), "192.0.2.7", "mx") == listed["a"]
    )
    assert Listed("", (), None, None) == listed["b"]


def test_names_of_a_message(tmp_path):
    """The list may name a message by its stem, by its place below the folder, or by its path."""
    row = Listed("x", (), None, None)
    found = Found("/mail/in/a.eml", "in/a.eml", "a", b"")

    assert [row, row, row, None] == [
        listed_for(found, {name: row}) for name in ("a", "in/a.eml", "/mail/in/a.eml", "b")
    ]


@pytest.mark.parametrize("text", ["", "\n", "name\nx\n"])
def test_no_list(tmp_path, text):
    """A file without the column is refused with a sentence."""
    path = tmp_path / "list.csv"
    path.write_text(text)

    with pytest.raises(Invalid, match="has no column 'id'"):
        read_envelopes(path)
