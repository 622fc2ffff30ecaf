"""The summary: what lists, detail and search show, and that every list of it is bounded."""

import dataclasses

from lazaretto.model.disposition import AuthResult, Disposition
from lazaretto.model.facts import ArcResult, DkimResult, Network
from lazaretto.scan.summary import (
    MAX_BODY_WORDS,
    MAX_HEADERS,
    MAX_LINKS,
    originating_ip,
    summarise,
)
from tests.helpers.letters import ENVELOPE, OFFLINE, File, facts, judged, letter

EXE = b"MZ" + bytes(200)


def summary_of(message, what=OFFLINE):
    return summarise(message, ENVELOPE, what, judged(message, what))


def test_the_plain_fields():
    """Who, to whom, what and when."""
    message = letter(
        from_='"Ann Other" <ann@firm.test>',
        to='"Mary" <mary@example.net>, bob@example.net',
        subject="Grüße",
        text="Hello you.",
        headers={"Cc": "carl@example.net", "Reply-To": "desk@firm.test", "X-Originating-IP": "[203.0.113.9]"},
    )

    summary = summary_of(message)

    assert ("ann@firm.test", "Ann Other", "Grüße") == (
        summary.from_address,
        summary.from_name,
        summary.subject,
    )
    assert (("mary@example.net", "bob@example.net"), ("Mary",)) == (summary.to, summary.to_names)
    assert (("carl@example.net",), "desk@firm.test") == (summary.cc, summary.reply_to)
    assert ("203.0.113.9", "198.51.100.7") == (summary.originating_ip, summary.previous_hop_ip)
    assert message.fingerprint == summary.fingerprint
    assert ("From", '"Ann Other" <ann@firm.test>') in summary.headers
    assert "Hello you." in summary.body_words
    assert "firm.test" == summary.sender.domain


def test_findings_and_attachments_carry_their_own_disposition():
    """The detail view colours each line by itself."""
    summary = summary_of(letter(attachments=[File("report.pdf", EXE), File("notes.txt", b"words")]))
    program, notes = summary.attachments

    assert Disposition.MALICIOUS == program.disposition
    assert "application/x-dosexec" == program.detected_type
    assert 64 == len(program.sha256)
    assert notes.disposition is None
    assert Disposition.MALICIOUS in {
        f.disposition for f in summary.findings if f.rule == "attachment_program"
    }
    assert all(f.title for f in summary.findings)
    assert "MaliciousAttachment" in summary.categories
    assert summary.reasons


def test_a_light_finding_is_suspicious_and_a_note_has_none():
    """One cheap domain is no proof."""
    shown = {
        f.rule: f.disposition
        for f in summary_of(letter(from_="x@shop.top", html="<a href='https://a.test/'>a</a>")).findings
    }

    assert Disposition.SUSPICIOUS == shown["from_abused_ending"]
    assert shown["links_elsewhere"] is None


def test_validation_is_folded_and_the_comment_says_what_folding_hides():
    """Softfail is neutral to the API, and named."""
    broken = DkimResult("permerror", "firm.test", "s", "rsa-sha256", body_hash_ok=None)
    what = facts(
        spf="softfail", dkim=[broken], dmarc="fail", policy="reject", arc=ArcResult("pass", 1, "lists.test")
    )

    validation = summary_of(letter(), what).validation

    assert (AuthResult.NEUTRAL, AuthResult.ERROR, AuthResult.FAIL) == (
        validation.spf,
        validation.dkim,
        validation.dmarc,
    )
    assert all(word in validation.comment for word in ("softfail", "permerror", "policy reject", "arc=pass"))


def test_offline_validation_says_so():
    """Nothing was asked is not the same as nothing was proven."""
    validation = summary_of(letter()).validation

    assert AuthResult.NONE == validation.spf
    assert "offline" in validation.comment


def test_where_the_sender_belongs():
    """Network facts are shown as they were captured."""
    what = dataclasses.replace(facts(), network=Network("8.8.8.8", 15169, "GOOGLE", "US"))

    sender = summary_of(letter(from_="x@mail.firm.co.uk"), what).sender

    assert ("8.8.8.8", 15169, "GOOGLE", "US", "firm.co.uk") == (
        sender.ip,
        sender.as_number,
        sender.as_name,
        sender.country,
        sender.domain,
    )


def test_everything_is_bounded():
    """A message made of lists does not make a row of lists."""
    html = "".join(f"<a href='https://h{i}.test/'>x</a>" for i in range(400))
    message = letter(
        html=html,
        text="word " * 10_000,
        subject="s" * 5_000,
        headers={f"X-{i}": "v" * 3_000 for i in range(300)},
    )

    summary = summary_of(message)

    assert MAX_LINKS == len(summary.links)
    assert MAX_HEADERS == len(summary.headers)
    assert MAX_BODY_WORDS == len(summary.body_words)
    assert 1_000 == len(summary.subject)
    assert all(len(f.value) <= 500 for f in summary.findings)


def test_links_that_can_be_clicked_come_first_and_once():
    """Pictures do not push the button out of the list."""
    html = (
        "<img src='https://i.test/a.png'><a href='https://go.test/'>Go</a><a href='https://go.test/'>Go</a>"
    )

    first, *rest = summary_of(letter(html=html)).links

    assert ("https://go.test/", "Go", "go.test") == (first.href, first.shown, first.domain)
    assert ["https://i.test/a.png"] == [link.href for link in rest]


def test_a_false_originating_ip_is_not_shown():
    """The header is text of a stranger."""
    assert originating_ip(letter(headers={"X-Originating-IP": "<script>"})) is None
    assert originating_ip(letter()) is None
