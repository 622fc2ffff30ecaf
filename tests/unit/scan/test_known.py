"""Files that others know."""

from dataclasses import replace

import pytest

from lazaretto.model.facts import FileMatch
from lazaretto.scan.checks import known
from lazaretto.scan.checks.known import check
from tests.helpers.letters import File, envelope, facts, judged, letter, rules_of

LETTER = letter(attachments=[File("a.bin", b"\x01\x02 content")])
SHA256 = LETTER.attachments[0].sha256


@pytest.mark.parametrize(
    ("match", "rule", "disposition"),
    [
        (FileMatch("hash_list", "feed.txt", SHA256), "file_on_hash_list", "MALICIOUS"),
        (FileMatch("clamav", "Win.Test.EICAR_HDB-1"), "virus_found", "MALICIOUS"),
        (FileMatch("yara", "some_rule", SHA256), "file_matches_yara", "SUSPICIOUS"),
    ],
)
def test_matches(match, rule, disposition):
    """Each is a finding that names who said it, and of which file."""
    what = replace(facts(), files=(match,))
    (found,) = check(LETTER, envelope(), what)

    assert (rule, match.name, match.source) == (found.rule, found.value, found.field)
    assert ("a.bin" if match.sha256 else None) == found.attachment
    assert disposition == judged(LETTER, what).disposition


def test_silence():
    """A scanner that gave no answer is noted and weighs nothing."""
    what = replace(facts(), silent=("clamav",))

    assert ["file_scanner_silent"] == [f.rule for f in check(LETTER, envelope(), what)]
    assert judged(LETTER, facts()).disposition == judged(LETTER, what).disposition


def test_nothing_known():
    """Without matches there are no findings."""
    assert not rules_of(judged(LETTER)) & {known.HASH, known.YARA, known.VIRUS, known.SILENT}


def test_limit():
    """So many matches are read."""
    what = replace(facts(), files=tuple(FileMatch("yara", f"r{i}") for i in range(90)))

    assert known.MAX_MATCHES == len(list(check(LETTER, envelope(), what)))
