"""ARC: the public validation suite, and what a hostile chain may cost."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.authentication.arc import MAX_INSTANCES, verify
from lazaretto.mail.authentication.dkim_canonical import SignedMessage
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


def test_suite_is_whole():
    """All 171 tests are run."""
    shared(SUITE)

    assert 171 == len(scenarios())


def chain(instances: int) -> bytes:
    """A chain in form, with signatures of nobody."""
    tags = "a=rsa-sha256; d=example.test; s=test; b=AAAA"
    sets = [
        f"ARC-Seal: i={i}; cv={'pass' if i > 1 else 'none'}; {tags}\r\n"
        f"ARC-Message-Signature: i={i}; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; {tags}\r\n"
        f"ARC-Authentication-Results: i={i}; mx.test; none\r\n"
        for i in range(instances, 0, -1)
    ]
    return ("".join(sets) + "From: a@example.test\r\n\r\n").encode()


def test_longest_chain_is_looked_at():
    """RFC 8617 4.2.1: fifty instances; the first key that is missing ends it."""
    answers = ZoneAnswers({})

    result = run_check(verify(SignedMessage(chain(MAX_INSTANCES))), answers)

    assert ("fail", "no key for this signature", MAX_INSTANCES) == (
        result.result,
        result.reason,
        result.instances,
    )
    assert 1 == len(answers.asked)


def test_chain_beyond_the_limit():
    """One more is refused without a question."""
    answers = ZoneAnswers({})

    result = run_check(verify(SignedMessage(chain(MAX_INSTANCES + 1))), answers)

    assert ("fail", "too many instances") == (result.result, result.reason)
    assert [] == answers.asked


def test_no_answer_for_the_key():
    """The chain is broken for now, and the reason says so."""
    result = run_check(verify(SignedMessage(chain(1))), {})

    assert ("fail", "the DNS did not answer for the key", "example.test") == (
        result.result,
        result.reason,
        result.sealer,
    )


NAMES = ("ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results")


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.text(st.characters(codec="ascii"), max_size=60)), max_size=9
    )
)
def test_never_raises(fields):
    """Whatever stands in the fields, there is a result."""
    raw = "".join(f"{name}: i=1; {value}\r\n" for name, value in fields).encode() + b"\r\nbody"

    result = run_check(verify(SignedMessage(raw)), {})

    assert "pass" != result.result


@pytest.mark.timeout(10)
@pytest.mark.parametrize("value", ["; " * 100_000, "i=" * 100_000, "=" * 300_000, "i=1;" * 90_000])
@pytest.mark.parametrize("name", NAMES)
def test_hostile_fields_end(name, value):
    """A megabyte in one of the fields is read once."""
    run_check(verify(SignedMessage(f"{name}: {value}\r\n".encode() + chain(1))), {})
