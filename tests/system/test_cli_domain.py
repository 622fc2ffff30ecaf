"""`lazaretto domain`: every option is kept, what is not named stays, and the DNS is asked or not."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.system

HOP = ("--next-hop", "127.0.0.1:25")


@pytest.fixture
def domain(tmp_path):
    """Runs `lazaretto domain` on a store of this test that has one account; gives exit code, value and text."""
    environ = os.environ | {"LAZARETTO_SERVER__DATA": str(tmp_path), "LAZARETTO_DNS__OFFLINE": "true"}

    def run(*words, command="domain", **more):
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", command, *words, "--json"],
            capture_output=True, timeout=100, check=False, env=environ | more,
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout or "null"), done.stderr.decode()

    assert 0 == run("add", "Corp", command="account")[0]
    return run


def test_every_option_is_kept(domain):
    """What `set` does not name stays; an empty list and 0 take a value away."""
    given = {
        "modes": ["DIRECT", "RETRO_SCAN"],
        "from_ip": ["192.0.2.0/24", "2001:db8::1"],
        "lookback_hops": 3,
        "require_tls_inbound": True,
        "require_tls_outbound": True,
    }
    added = domain(
        "add", "corp.example", *HOP, "--mode", "direct,retro-scan", "--from-ip", "192.0.2.0/24, 2001:db8::1",
        "--lookback-hops", "3", "--require-tls-inbound", "yes", "--require-tls-outbound", "yes",
        "--reject", "SPAM",
    )[1]  # fmt: skip
    changed = domain("set", "corp.example", "--on-scan-failure", "deliver", "--tag", "SPOOF")[1]
    emptied = domain(
        "set", "corp.example", "--from-ip", "", "--lookback-hops", "0", "--require-tls-outbound", "no"
    )[1]

    assert given == {key: added[key] for key in given} == {key: changed[key] for key in given}
    assert ("reject", "tag", "deliver") == (
        changed["orders"]["SPAM"],
        changed["orders"]["SPOOF"],
        changed["on_scan_failure"],
    )
    assert ([], None, False, True) == tuple(
        emptied[key] for key in ("from_ip", "lookback_hops", "require_tls_outbound", "require_tls_inbound")
    )


def test_a_domain_needs_a_place_to_go(domain):
    """Its own next hop, or that of the settings."""
    default = {"LAZARETTO_RELAY__DEFAULT_NEXT_HOP": "127.0.0.1:25"}
    code, _, told = domain("add", "corp.example")
    added = domain("add", "corp.example", **default)

    assert (2, True) == (code, "--next-hop is needed" in told)
    assert (0, None, "ACTIVE") == (added[0], added[1]["next_hop"], added[1]["status"])


def test_verify(domain):
    """A domain of the operator is verified already; an unknown one is not there."""
    domain("add", "corp.example", *HOP)
    code, shown, _ = domain("verify", "corp.example")

    assert (0, "ACTIVE", "_cf-email-sec-challenge.corp.example") == (
        code,
        shown["status"],
        shown["txt_record_name"],
    )
    assert (1, None) == domain("verify", "else.example")[:2]
    assert (1, None) == domain("verify", "else.example", "--accept")[:2]


def test_remove(domain):
    """Once."""
    domain("add", "corp.example", *HOP)

    assert (0, 1, 0) == (
        domain("remove", "corp.example")[0],
        domain("remove", "corp.example", "--force")[0],
        domain("list")[0],
    )
