"""Limits: requests of a token, and wrong credentials of an address."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from lazaretto.api import codes
from lazaretto.api.client import bucket
from lazaretto.api.rate import MAX_COUNTED, MAX_RETRY_SECONDS, Failures, Rates, Windows
from lazaretto.api.reply import HttpError

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LIMITED = pytest.mark.parametrize("api", [{"rate_limit": 3, "rate_seconds": 1000.0}], indirect=True)


class Clock:
    at = 0.0

    def __call__(self):
        return self.at


def headers(answer):
    return tuple(answer.headers.get(f"x-ratelimit-{name}") for name in ("limit", "remaining"))


@LIMITED
async def test_what_the_headers_say(api):
    """On good answers, refusals and the 429 itself; another token has its own count."""
    seen = [
        await api.get(path)
        for path in ("/investigate", "/investigate/nobody", "/investigate", "/investigate")
    ]
    other = await api.get("/users", token=api.world.read)
    last = seen[-1]

    assert [(200, ("3", "2")), (404, ("3", "1")), (200, ("3", "0")), (429, ("3", "0"))] == [
        (answer.status_code, headers(answer)) for answer in seen
    ]
    assert (403, ("3", "2")) == (other.status_code, headers(other))
    assert codes.THROTTLED == last.json()["errors"][0]["code"]
    assert str(MAX_RETRY_SECONDS) == last.headers["retry-after"]
    assert parsedate_to_datetime(last.headers["x-ratelimit-reset"]) > datetime.now(UTC)


async def test_no_limit_no_headers(api):
    """The default."""
    for _ in range(5):
        answer = await api.get("/investigate")

    assert (200, (None, None)) == (answer.status_code, headers(answer))


@LIMITED
async def test_a_throttled_request_is_not_done(api):
    """Nothing behind it is reached, not even the log."""
    for _ in range(3):
        await api.get("/investigate")
    made = await api.post("/users", json={"email": "a@b.test", "role": "analyst"})
    rows = await api.world.database.read(lambda tx: tx.value("SELECT count(*) FROM audit"))
    users = await api.world.database.read(lambda tx: tx.value("SELECT count(*) FROM users"))

    assert (429, 0, 0) == (made.status_code, rows, users)


def test_a_window_ends():
    """Then all is forgotten; until then the wait gets shorter."""
    clock = Clock()
    rates = Rates(1, 10.0, clock=clock, now=lambda: NOW)
    rates.take("t")
    rates.check("t")
    rates.take("t")
    clock.at = 7.5
    with pytest.raises(HttpError) as caught:
        rates.check("t")
    told = dict(rates.take("t"))
    clock.at = 10.0
    rates.take("t")
    rates.check("t")

    assert (("Retry-After", "3"),) == caught.value.headers
    assert NOW + timedelta(seconds=3) == parsedate_to_datetime(told["x-ratelimit-reset"])
    assert told["x-ratelimit-reset"].endswith("GMT")


def test_counts_take_constant_memory():
    """Who was not seen for longest is forgotten first."""
    windows = Windows(10.0, Clock())
    for number in range(MAX_COUNTED):
        windows.add(str(number))
    windows.add("0")
    windows.add("new")

    assert (2, 0, 1) == (windows.count("0"), windows.count("1"), windows.count("new"))
    assert MAX_COUNTED == len(windows._windows)


@pytest.mark.parametrize("api", [{"failure_limit": 3, "token_seconds": 0.0}], indirect=True)
async def test_guessing_ends(api):
    """After a few wrong secrets of an address new ones are not looked at; who was let in before goes on."""
    assert 200 == (await api.get("/investigate")).status_code
    seen = [(await api.get("/investigate", token=f"guess-{number}")).status_code for number in range(4)]
    new = await api.get("/investigate", token=api.world.read)
    known = await api.get("/investigate")

    assert [403, 403, 403, 429] == seen
    assert (429, codes.THROTTLED) == (new.status_code, new.json()["errors"][0]["code"])
    assert 0 < int(new.headers["retry-after"]) <= MAX_RETRY_SECONDS
    assert 200 == known.status_code


def test_failures_are_forgotten():
    """A minute later; a limit of 0 counts nobody."""
    clock = Clock()
    failures = Failures(1, clock=clock)
    failures.add("192.0.2.7")
    with pytest.raises(HttpError):
        failures.check("192.0.2.7")
    clock.at = 60.0
    failures.check("192.0.2.7")
    off = Failures(0, clock=clock)
    off.add("192.0.2.7")

    off.check("192.0.2.7")


def test_an_address_of_ipv6_is_its_network():
    """One customer has 2 to the 64 of them."""
    assert bucket("2001:db8::1") == bucket("2001:db8::2") != bucket("2001:db8:0:1::1")
    assert "192.0.2.7" == bucket("192.0.2.7")
    assert "192.0.2.7" == bucket("192.0.2.7")
