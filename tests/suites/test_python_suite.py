"""The tests that the vendor ships with the Python SDK, unmodified; `make sdk-suites` runs all of them."""

import pytest
from tools.sdk_suites import lines, run_python_suite

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(600)]

ONE_OF_FIVE = "strict and not Async"
"""The strict client over plain connections: every call of the SDK in each of its forms."""


def test_the_vendor_s_suite_passes():
    """Nothing fails, and what is skipped is what upstream skips."""
    report = run_python_suite(["-k", ONE_OF_FIVE])

    assert report.failures == [], "\n".join(lines(report))
    assert report.total("passed") >= 270
