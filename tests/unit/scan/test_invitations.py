"""Invitations: who calls and who is called."""

import pytest

from lazaretto.mail.parse import parse
from lazaretto.scan.checks import invitations
from lazaretto.scan.checks.invitations import check
from tests.helpers.letters import RECIPIENT, envelope, facts, judged, rules_of, seen


def invited(organizer="ann@firm.test", attendee=RECIPIENT, method="REQUEST", text="", times=1):
    calendar = (
        f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nORGANIZER:mailto:{organizer}\r\n"
        f"ATTENDEE:mailto:{attendee}\r\nDESCRIPTION:{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    part = f"--b\r\nContent-Type: text/calendar; method={method}\r\n\r\n{calendar}\r\n"
    head = (
        f"From: Ann Other <ann@firm.test>\r\nTo: {RECIPIENT}\r\nSubject: Meeting\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nAn invitation.\r\n"
    )
    return parse((head + part * times + "--b--\r\n").encode())


@pytest.mark.parametrize(
    ("message", "rules"),
    [
        (invited(), {"invitation"}),
        (invited(organizer="x@other.test"), {"invitation", "invitation_organizer_elsewhere"}),
        (invited(organizer="ann@mail.firm.test"), {"invitation"}),
        (invited(attendee="bob@example.net"), {"invitation", "invitation_not_for_reader"}),
        (invited(method="REPLY", organizer="x@other.test"), set()),
        (invited(method="CANCEL"), set()),
    ],
    ids=["own", "elsewhere", "subdomain", "for others", "answer", "cancelled"],
)
def test_who_calls_whom(message, rules):
    """Only what puts something into a calendar counts."""
    assert rules == set(seen(check, message))


def test_lure():
    """An invitation of a stranger that asks for a password is more than a note."""
    text = "Your account has been suspended. Verify your account at http://198.51.100.7/login within 24 hours"
    verdict = judged(invited(organizer="x@other.test", text=text))

    assert "lure_in_the_calendar" in rules_of(verdict)
    assert "lure_in_the_calendar" not in rules_of(
        judged(invited(organizer="x@other.test", text="See you there"))
    )


def test_limit():
    """So many calendar parts are read."""
    assert invitations.MAX_INVITATIONS == len(list(check(invited(times=9), envelope(), facts())))
