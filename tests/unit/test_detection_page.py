"""docs/detection.md names only rules that there are, and explains twenty messages, mistakes among them."""

import re
from pathlib import Path

from lazaretto.scan.ruleset import load_ruleset

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "detection.md").read_text("utf-8")
OTHER_WORDS = {"same_verdict", "first_contact"}
MESSAGES = 20


def test_only_rules_that_exist_are_named():
    """Every word in the form of a rule in code marks is a rule, a field of the API, or a collection."""
    written = PAGE.split("<!-- begin messages -->")[0]
    told = re.findall(r"^\| [+-][\d.]+ \| `(\w+)` \|", PAGE, re.MULTILINE)
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", written)) - OTHER_WORDS

    assert [] == sorted((named | set(told)) - set(load_ruleset().rules))
    assert len(set(told)) > MESSAGES


def test_twenty_messages_are_explained():
    """Over the dispositions, with what would change each; at least two are told as mistakes."""
    messages = PAGE.split("<!-- begin messages -->")[1].split("\n### ")[1:]
    heads = [message.partition("\n")[0] for message in messages]
    dispositions = {head.split()[1].rstrip(":") for head in heads}

    assert MESSAGES == len(messages)
    assert {"MALICIOUS", "SUSPICIOUS", "SPAM", "BULK", "NONE"} <= dispositions
    assert 2 <= sum("(missed)" in head or "(false alarm)" in head for head in heads)
    assert all("What would change it:" in message for message in messages)
