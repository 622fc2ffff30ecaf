"""ARC: the public validation suite, and what a hostile chain may cost."""

from typing import Any

import pytest
import yaml

from lazaretto.mail.arc import verify
from lazaretto.mail.dkim_canonical import SignedMessage
from lazaretto.mail.questions import run_check
from tests.helpers.conformance import ZoneAnswers
from tests.helpers.shared import ROOT, shared

SUITE = "conformance/arc/arc-draft-validation-tests.yml"
RESULTS = {"Pass": "pass", "Fail": "fail", "None": "none", "": "fail"}  # "" is a chain that already failed


def scenarios() -> list[Any]:
    path = ROOT / SUITE
    if not path.exists():
        return [pytest.param({}, {}, id="absent")]
    return [
        pytest.param(test, scenario["txt-records"], id=name)
        for scenario in yaml.safe_load_all(path.read_text("utf-8"))
        for name, test in scenario["tests"].items()
    ]


@pytest.mark.parametrize(("test", "records"), scenarios())
def test_suite(test: dict[str, Any], records: dict[str, str]) -> None:
    """The chain status that the suite expects."""
    shared(SUITE)
    answers = ZoneAnswers({name: {"TXT": [text]} for name, text in records.items()})

    result = run_check(verify(SignedMessage(test["message"].encode())), answers)

    assert RESULTS[test["cv"]] == result.result, result.reason
