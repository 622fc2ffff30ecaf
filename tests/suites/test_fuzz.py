"""A short run of Schemathesis over the published description; `make fuzz-api MINUTES=30` is the long one."""

import re

import pytest
from tools.fuzz_api import PUBLISHED, fuzz

from tests.helpers.shared import shared

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(600)]

SECONDS = 40
SEED = "20261121"


def test_made_up_requests():
    """No check fails, on any operation, in any phase."""
    assert PUBLISHED == shared("contract/openapi-email-security.json")
    code, said = fuzz(SECONDS, words=["--seed", SEED])

    assert code == 0, said[-8000:]
    assert re.search(r"Tested: 7[4-9]", said), said[-3000:]
