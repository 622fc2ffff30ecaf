"""Which addresses are report addresses."""

import pytest

from lazaretto.intake.reception import is_same


@pytest.mark.parametrize(
    ("given", "listed", "expected"),
    [
        ("phish@corp.example", "phish@corp.example", True),
        ("PHISH@Corp.Example", "phish@corp.example", True),
        ("phish@corp.example", " <Phish@CORP.example> ", True),
        ("phish@bücher.example", "phish@xn--bcher-kva.example", True),
        ("phish@corp.example.", "phish@corp.example", True),
        ("phish@other.example", "phish@corp.example", False),
        ("phish@sub.corp.example", "phish@corp.example", False),
        ("phish+x@corp.example", "phish@corp.example", False),
        ("ann@corp.example", "phish@corp.example", False),
        ("postmaster", "phish@corp.example", False),
        ("phish@corp.example", "", False),
    ],
)
def test_two_spellings_of_one_mailbox(given, listed, expected):
    """Neither case nor the form of an international name counts; everything else does."""
    assert expected is is_same(given, listed)
