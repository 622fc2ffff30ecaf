"""The learned part: features, opinions, files, and learning itself."""

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail.parse import parse
from lazaretto.scan.classifier import features as reading
from lazaretto.scan.classifier.classifier import ClassifierFileError, dump, judge, load
from lazaretto.scan.classifier.features import features
from lazaretto.scan.classifier.learn import Example, calibrate, learn

LETTER = (
    b"From: Prize desk <win42@lucky.example>\r\nTo: u@corp.example\r\nSubject: You won 500\r\n"
    b"Content-Type: text/html\r\n\r\n<p>Claim your prize now</p>"
    b"<a href='https://lucky.example/claim/user77'>here</a><a href='https://corp.example/x'>home</a>"
)
BAD = [Example(frozenset({"word:prize", "word:claim", f"word:b{n}"}), bad=True) for n in range(30)]
GOOD = [Example(frozenset({"word:minutes", "word:meeting", f"word:g{n}"}), bad=False) for n in range(30)]


@pytest.fixture(scope="module")
def taught():
    return learn([*BAD, *GOOD], bits=12)


def test_what_is_read():
    """Words, stems, the subject, the sender's name and links; numbers are one word, own links say nothing."""
    found = features(parse(LETTER), frozenset({"corp.example"}))

    assert {"word:prize", "subject:###", "name:desk", "from:win##", "path:user##"} <= found
    assert not any("corp" in feature or feature == "path:x" for feature in found)


def test_markup_says_nothing():
    """The same words in plain text and in HTML are the same evidence."""
    head = b"From: a@b.example\r\nSubject: s\r\nContent-Type: text/%s\r\n\r\n"

    assert features(parse(head % b"plain" + b"good news")) == features(
        parse(head % b"html" + b"<b>good</b> news")
    )


def test_limits_of_reading():
    """A long message is read up to the limits and no further."""
    many = b" ".join(b"w%c%c" % (97 + n % 26, 97 + n // 26 % 26) for n in range(5000))
    links = b"".join(b"<a href='https://h%d.example/p%d'>x</a>" % (n, n) for n in range(300))
    raw = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + many + links
    found = features(parse(raw))

    assert reading.MAX_WORDS >= sum(f.startswith("word:") for f in found)
    assert all(len(word) <= reading.MAX_WORD for word in reading.words("x" * 500 + " y", 5))
    assert reading.MAX_NUMBER == len(reading.words("1" * 500, 5)[0])
    assert [] == reading.words(" " * reading.MAX_TEXT + "beyond", 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Verified VERIFY", {"verify", "verified"}),
        ("12,50 € a1b2", {"##", "€", "a#b#"}),
        ("アカウント停止", {"アカ", "カウ", "ウン", "ント", "ト停", "停止"}),
        ("帐 号", {"帐", "号"}),
        ("Straße STRASSE", {"strasse"}),
    ],
)
def test_one_form_of_a_word(text, expected):
    """Case, digits and scripts without spaces."""
    assert expected == set(reading.words(text, 20))


@given(st.text(st.sampled_from("aZ09'!$€ _-\n"), max_size=40))
def test_plain_text_is_read_like_any_other(text):
    """Text in ASCII takes a shorter way to the same words."""
    assert reading.words(text + " é", 50) == [*reading.words(text, 50), "é"]


def test_stems():
    """What the forms of a word have in common."""
    assert ["verif", "verif", "конта"] == list(
        reading.stems(["verify", "verified", "short", "контакт", "#####"])
    )


def test_learns_and_says_why(taught):
    """What was in bad examples is evidence, what was in good ones counter-evidence, and both are named."""
    bad, good = judge(taught, {"word:prize", "word:other"}), judge(taught, {"word:meeting"})

    assert bad.probability > 0.7 > 0.3 > good.probability
    assert "word:prize" == bad.against[0][0]
    assert "word:meeting" == good.in_favour[0][0]


def test_the_same_twice(taught):
    """Learning and judging depend on nothing but their input."""
    assert dump(taught) == dump(learn([*BAD, *GOOD], bits=12))
    assert judge(taught, {"word:prize", "word:x"}) == judge(taught, ["word:x", "word:prize", "word:x"])


def test_file_and_back(taught):
    """A classifier survives its file, and its version is a hash of everything in it."""
    again = load(dump(taught))

    assert again == taught
    assert taught.version == again.version
    assert taught.version != calibrate(taught, BAD + GOOD, evidence=[2.0] * 30 + [-1.0] * 30).version


def test_calibration_follows_the_examples(taught):
    """A classifier that was too sure of itself is told so by examples it never saw."""
    evidence = [3.0] * 30 + [3.0] * 30
    fitted = calibrate(taught, [*BAD, *GOOD], evidence=evidence)

    assert 0.1 > abs(fitted.slope * 3.0 + fitted.offset)


def test_empty_message(taught):
    """Nothing known is no evidence but the bias."""
    assert taught.bias == judge(taught, ()).evidence
    assert () == judge(taught, {"word:never-seen"}).against


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: b"",
        lambda f: b"nope" + f[4:],
        lambda f: f[:40],
        lambda f: f[:-5],
        lambda f: f[:4] + bytes([30]) + f[5:],
        lambda f: f[:4] + bytes([11]) + f[5:],
        lambda f: f[:25] + zlib.compress(bytes(1 << 20)),
        lambda f: f[:25] + b"not zlib",
    ],
)
def test_damaged_files(taught, damage):
    """Whatever is wrong with a file is one error; a bomb is not unpacked."""
    with pytest.raises(ClassifierFileError):
        load(damage(dump(taught)))


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_total(taught, octets):
    """Any bytes after the head are read or refused; any message gives features."""
    assert features(parse(octets)) is not None
    with suppress(ClassifierFileError):
        load(struct.pack("<4sBfffff", b"lzc1", 12, 1, 0, 1, 0, 0) + octets)
