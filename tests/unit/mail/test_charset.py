"""Character sets: the honest, the liars and the ones that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import charset
from lazaretto.mail.charset import codec_of, decode_text, html_charset


@pytest.mark.parametrize(
    ("data", "label", "expected"),
    [
        ("é".encode(), "utf-8", "é"),
        ("é".encode(), None, "é"),
        (b"\xe9", None, "é"),
        (b"\x93x\x94", "iso-8859-1", "“x”"),
        ("é".encode(), "us-ascii", "é"),
        ("龍".encode("gb18030"), "gb2312", "龍"),
        ("한".encode("cp949"), "ks_c_5601-1987", "한"),
        ("日本".encode("iso2022_jp"), "ISO-2022-JP", "日本"),
        ("яд".encode("koi8_r"), "koi8-r", "яд"),
        (b"Hi +AOk-", "unicode-1-1-utf-7", "Hi é"),
        ("é".encode("utf-16"), "windows-1252", "é"),
        (b"\xef\xbb\xbfx", None, "x"),
        ("ş".encode("cp1254"), "iso-8859-9", "ş"),
        (b"\xe9", "x-no-such-set", "é"),
        (b"a\x00b", None, "ab"),
        (b"\xff", "utf-8", "\ufffd"),
    ],
)
def test_decode(data, label, expected):
    """The text is what a reader sees."""
    assert expected == decode_text(data, label)[0]


@pytest.mark.parametrize(
    "label",
    [
        "zlib",
        "base64",
        "rot13",
        "idna",
        "punycode",
        "unicode_escape",
        "hex",
        "undefined",
        "mbcs",
        "os.path",
        "..",
        "",
    ],
)
def test_other_codecs_are_no_charsets(label):
    """A message cannot choose a codec that is no character set or takes quadratic time."""
    assert codec_of(label) is None


def test_overlong_label():
    """A label beyond MAX_LABEL is none."""
    assert codec_of("utf-8" + " " * 5) == "utf_8"
    assert codec_of("u" * (charset.MAX_LABEL + 1)) is None


def test_unfit_is_told():
    """Whether the declared character set was known and fitted is told."""
    assert (True, False, False, True) == (
        decode_text(b"x", "utf-8")[1],
        decode_text(b"\xff", "utf-8")[1],
        decode_text(b"x", "x-no-such-set")[1],
        decode_text(b"\xff", None)[1],
    )


def test_html_declares_its_charset():
    """The declaration counts within META_BYTES and nowhere else."""
    meta = b'<meta http-equiv=Content-Type content="text/html; charset=KOI8-R">'

    assert "koi8-r" == html_charset(b"<html>" + meta)
    assert html_charset(b" " * charset.META_BYTES + meta) is None


@given(st.binary(max_size=200), st.sampled_from(sorted(charset._KNOWN)) | st.text(max_size=20))
def test_total(data, label):
    """Whatever is declared, there is a text, and it can be written as UTF-8."""
    text, _ = decode_text(data, label)

    text.encode("utf-8")
    assert "\x00" not in text
