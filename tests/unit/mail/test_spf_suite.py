"""The public RFC 7208 suite, every test of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from lazaretto.mail.authentication.spf import check_sender
from lazaretto.mail.questions import run_check
from tests.helpers.conformance import ZoneAnswers, spf_zone
from tests.helpers.shared import ROOT, shared

SUITE = "conformance/spf/rfc7208-tests.yml"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def scenarios() -> list[Any]:
    path = ROOT / SUITE
    if not path.exists():
        return [pytest.param({}, {}, id="absent")]
    return [
        pytest.param(test, scenario["zonedata"], id=name)
        for scenario in yaml.safe_load_all(path.read_text("utf-8"))
        for name, test in scenario["tests"].items()
    ]


@pytest.mark.parametrize(("test", "zonedata"), scenarios())
def test_suite(test: dict[str, Any], zonedata: dict[str, Any]) -> None:
    """The result, and the explanation where the suite names one."""
    shared(SUITE)
    answers = ZoneAnswers(spf_zone(zonedata))
    check = check_sender(test["host"], test["mailfrom"], test["helo"], at=AT, receiver="receiver.test")

    result = run_check(check, answers)

    expected = test["result"] if isinstance(test["result"], list) else [test["result"]]
    assert result.result in expected, result.reason
    explanation = test.get("explanation")
    if explanation:
        assert result.explanation.lower() == ("" if explanation == "DEFAULT" else explanation).lower()


def test_suite_is_whole():
    """All 203 tests are run."""
    shared(SUITE)

    assert 203 == len(scenarios())
