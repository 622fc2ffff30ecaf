"""Limits of the mail room that have no better place: each is reached, and what follows is what it says."""

from dataclasses import replace

import pytest

from lazaretto.mail import html_walk, stamp
from lazaretto.mail.authentication import dkim_key, dmarc_record
from lazaretto.mail.authentication.authres import MAX_COMMENT, MAX_IDENTITY, MAX_VALUE, authserv_id_of, render
from lazaretto.mail.authentication.dkim import MAX_SHOWN
from lazaretto.mail.authentication.dkim_key import MAX_RECORDS
from lazaretto.mail.authentication.dkim_signature import MAX_FIELD, MAX_NAME
from lazaretto.mail.authentication.dmarc_record import parse_record
from lazaretto.mail.authentication.spf import MAX_MX, MAX_VOID
from lazaretto.mail.budget import Budget
from lazaretto.mail.colours import READABLE_DISTANCE, Colour, unreadable
from lazaretto.mail.defects import DefectList
from lazaretto.mail.domains import MAX_LABEL, to_alabel
from lazaretto.mail.files import pdf, qr, scripts
from lazaretto.mail.files.bits import MAX_CODE, Bits, codes
from lazaretto.mail.files.drawn_codes import FEW_SIGNS, codes_in_text
from lazaretto.mail.files.pdf import (
    LURE_LINKS,
    LURE_PAGES,
    LURE_PICTURE,
    LURE_TEXT,
    MAX_CARRIED,
    MAX_KEYS,
    PdfFacts,
    read_pages,
)
from lazaretto.mail.files.qr import read_codes
from lazaretto.mail.files.scripts import written_pages
from lazaretto.mail.files.vba import BUILDING, macro_traits
from lazaretto.mail.fingerprint import FEW_WORDS, MANY_WORDS, MAX_CHARACTERS, fingerprint
from lazaretto.mail.html import read_html
from lazaretto.mail.reported import MAX_PAGE, read_report
from lazaretto.mail.stamp import MAX_TOKEN
from lazaretto.mail.styles import OFF_SCREEN, look_of
from lazaretto.mail.tags import MAX_TAGS, TagError, parse_tags
from tests.helpers.signing import key_record, sign
from tests.unit.mail.packed import PASSWORD, archive
from tests.unit.mail.test_authres import AUTHENTICATION, BOUNDARY
from tests.unit.mail.test_dkim import LETTER, results
from tests.unit.mail.test_drawn_codes import drawn
from tests.unit.mail.test_pdf import carrying
from tests.unit.mail.test_qr import picture
from tests.unit.mail.test_reported import PHISH, mail, part
from tests.unit.mail.test_spf import sender, spf
from tests.unit.mail.test_vba import packed


def test_values_in_our_results():
    """A value, a comment and an identity are cut."""
    long = replace(
        AUTHENTICATION,
        spf=replace(AUTHENTICATION.spf, reason="r" * 900),
        dmarc=replace(AUTHENTICATION.dmarc, domain="d" * 900),
    )
    field = render("mx.test", long, BOUNDARY)

    assert "r" * MAX_COMMENT in field
    assert "r" * (MAX_COMMENT + 1) not in field
    assert "d" * MAX_VALUE in field
    assert "d" * (MAX_VALUE + 1) not in field
    assert MAX_IDENTITY >= len(authserv_id_of('"' + "a" * 900 + '"; none') or "")


def test_keys_of_signatures(monkeypatch):
    """So many records are looked at; keys that are too large, or whose exponent is, prove nothing."""
    name = "test._domainkey.example.test"
    other = ["some other text"] * (MAX_RECORDS - 1)

    assert "pass" == results(sign(LETTER), {name: {"TXT": [*other, key_record()]}})[0].result
    assert "pass" != results(sign(LETTER), {name: {"TXT": [*other, "more", key_record()]}})[0].result
    for limit, value in (("MAX_EXPONENT_BITS", 16), ("MAX_RSA_BITS", 1_024), ("MIN_RSA_BITS", 4_096)):
        monkeypatch.setattr(dkim_key, limit, value)
        unseen = {name: {"TXT": [f"{key_record()}; n={limit}"]}}  # records that were read are remembered
        assert "permerror" == results(sign(LETTER), unseen)[0].result
        monkeypatch.undo()


def test_fields_of_signatures():
    """A field and a name beyond their limits are refused, and an unreadable tag is repeated in part."""
    long = b"DKIM-Signature: v=1; d=example.test; s=test; x=" + b"a" * MAX_FIELD + b"\r\n" + LETTER
    named = (
        b"DKIM-Signature: v=1; a=rsa-sha256; b=aa; bh=aa; h=from; s=test; d=" + b"a." * MAX_NAME + b"test\r\n"
    )

    assert ["permerror"] == [r.result for r in results(long)]
    (result,) = results(named + LETTER)
    assert "permerror" == result.result
    assert MAX_SHOWN >= len(result.domain)


def test_tags():
    """Lists of more tags are refused, and of a DMARC record the first are read."""
    with pytest.raises(TagError):
        parse_tags(";".join(f"t{n}=x" for n in range(MAX_TAGS + 1)))
    many = "v=DMARC1;p=reject;" + "x=1;" * dmarc_record.MAX_TAGS + "sp=none"
    found = parse_record(many)
    assert found is not None
    assert found.policy is not None
    assert found.subdomain_policy is None


def test_lookups_of_spf():
    """Names that lead nowhere and mail exchangers are counted. RFC 7208 4.6.4."""
    void = " ".join(f"a:n{n}.test" for n in range(MAX_VOID + 1))
    exchangers = {
        "example.test": {"TXT": ["v=spf1 mx -all"], "MX": [f"10 m{n}.test" for n in range(MAX_MX + 1)]}
    }

    assert "permerror" == sender(spf(f"v=spf1 {void} -all")).result
    assert "permerror" == sender(exchangers).result


def test_labels_of_names():
    """A label that no name may have is no name."""
    assert "?" in to_alabel("ä" * (MAX_LABEL + 1) + ".test")


def test_tokens_of_the_stamp():
    """What a client chose is cut."""
    assert MAX_TOKEN == len(stamp._token("a" * 900))
    assert "" == stamp._for("a" * MAX_TOKEN + "@b.test")


def test_lures_in_documents():
    """Pages, letters, addresses and the part of a picture decide."""
    lure = PdfFacts(pages=LURE_PAGES, texts=["x" * LURE_TEXT], uris=["a"] * LURE_LINKS, picture=LURE_PICTURE)

    assert lure.lure
    for change in (
        {"pages": LURE_PAGES + 1},
        {"texts": ["x" * (LURE_TEXT + 1)]},
        {"uris": [str(n) for n in range(LURE_LINKS + 1)]},
        {"picture": LURE_PICTURE / 2},
    ):
        assert not replace(lure, **change).lure


def test_what_documents_carry(monkeypatch):
    """All files together, and passwords, are bounded."""
    monkeypatch.setattr(pdf, "MAX_CARRIED", 5)
    assert [] == read_pages(carrying("a.bin", b"x" * 6), Budget()).files
    assert 16 << 20 == MAX_CARRIED
    wrong = tuple(f"w{n}" for n in range(MAX_KEYS))
    assert PASSWORD == read_pages(archive("pdf_locked"), Budget(), (*wrong[1:], PASSWORD)).password
    assert "" == read_pages(archive("pdf_locked"), Budget(), (*wrong, PASSWORD)).password


def test_pictures_that_are_too_small():
    """No code has fewer modules than MIN_SIDE."""
    assert () == read_codes(picture(size=(qr.MIN_SIDE - 1, qr.MIN_SIDE - 1)), Budget())


def test_elements_turned_around():
    """So many are counted."""
    facts = read_html("<bdo dir=rtl>abc</bdo>" * (html_walk.MAX_TURNED + 5), 0, DefectList()).facts

    assert html_walk.MAX_TURNED == facts.turned


def test_colours_and_places_that_hide():
    """Text nearly in the colour of the page, and text moved off the screen."""
    near, far = READABLE_DISTANCE // 3, READABLE_DISTANCE

    assert unreadable(Colour(255 - near, 255 - near, 255 - near), Colour(255, 255, 255))
    assert not unreadable(Colour(255 - far, 255 - far, 255 - far), Colour(255, 255, 255))
    assert look_of((f"text-indent:{OFF_SCREEN}px",)).gone
    assert not look_of((f"text-indent:{OFF_SCREEN / 2}px",)).gone


def test_words_of_fingerprints():
    """Few words need the subject, some need all words, many need a sketch; text has an end."""

    def of(count, subject, more=""):
        text = " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(count)) + more
        return fingerprint(text=text, subject=subject, addressees=(), parts=(), attachments=())

    assert of(FEW_WORDS, "first") != of(FEW_WORDS, "second")
    assert of(FEW_WORDS + 1, "first") == of(FEW_WORDS + 1, "second")
    assert of(MANY_WORDS, "x") != of(MANY_WORDS, "x", " another")
    assert of(50, "x", " " * MAX_CHARACTERS) == of(50, "x", " " * MAX_CHARACTERS + "another")


def test_words_of_macros():
    """So many words that honest macros use too are odd together."""
    words = ["x = Chr(1)", "y = StrReverse(a)", "CallByName a", "Environ(1)"]

    assert "odd_macro" in macro_traits(packed("\r\n".join(words[:BUILDING]).encode()), Budget())
    assert "odd_macro" not in macro_traits(packed("\r\n".join(words[: BUILDING - 1]).encode()), Budget())


def test_strings_that_are_worth_it():
    """A short string in codes is no page."""
    assert 24 == scripts.MIN_STRING
    assert [] == list(written_pages("'PGh0bWw+'"))


def test_signs_of_a_drawing():
    """A text with fewer blocks holds none."""
    few = drawn().replace("█", " ", drawn().count("█") - FEW_SIGNS + 1)

    assert [] == list(codes_in_text(few, Budget()))


def test_longest_code():
    """Codes of packers have so many bits at most."""
    lengths = [*range(1, MAX_CODE + 1), MAX_CODE]

    assert MAX_CODE == Bits(b"\xff\xff").code(codes(lengths))


def test_page_of_a_reporter():
    """What a reporter wrote is looked for at the beginning of the page."""
    far = part(b"text/html", b"<p>soon " + b" " * MAX_PAGE + b"late</p>")

    assert "soon" == read_report(mail(far, part(b"message/rfc822", PHISH))).said
