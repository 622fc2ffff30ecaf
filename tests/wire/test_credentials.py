"""What the headers must look like, and what each trap is answered."""

import pytest

from lazaretto.api import codes
from lazaretto.api.accept import MAX_RANGES, prefers
from lazaretto.api.auth import read_credentials
from lazaretto.api.reply import HttpError

JSON, OCTETS = "application/json", "message/rfc822"


def refused(**headers):
    with pytest.raises(HttpError) as caught:
        read_credentials({name.replace("_", "-"): value for name, value in headers.items()})
    error = caught.value
    return error.status, error.code, tuple(cause.code for cause in error.chain)


def test_a_bearer_token_is_read():
    """The scheme is case-insensitive. RFC 9110 11.1."""
    for value in ("Bearer abc", "bearer  abc", "BEARER abc"):
        assert "abc" == read_credentials({"authorization": value}).bearer


def test_everything_at_once_is_read():
    """SDKs for TypeScript and Go send whatever is configured."""
    given = read_credentials({"authorization": "Bearer abc", "x-auth-email": "a@b.test", "x-auth-key": "k"})

    assert ("abc", "a@b.test", "k") == (given.bearer, given.email, given.key)


def test_a_broken_authorization_does_not_hide_a_good_pair():
    """Email and key are tried when the token cannot be."""
    given = read_credentials({"authorization": "Basic abc", "x-auth-email": "a@b.test", "x-auth-key": "k"})

    assert (None, "k") == (given.bearer, given.key)


def test_nothing_at_all():
    """401: the client did not try."""
    assert (401, codes.AUTHENTICATION, (codes.MISSING_HEADERS,)) == refused()
    assert (401, codes.AUTHENTICATION, (codes.MISSING_HEADERS,)) == refused(x_auth_user_service_key="v1.0-x")


@pytest.mark.parametrize(
    "value", ["abc", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer ü", "Bearer " + "x" * 257]
)
def test_authorization_of_wrong_form(value):
    """400 with the older chain, which tools read."""
    assert (400, codes.INVALID_HEADERS, (codes.BAD_AUTHORIZATION_FORMAT,)) == refused(authorization=value)


def test_key_of_wrong_form():
    """As above, for the key."""
    assert (400, codes.INVALID_HEADERS, (codes.BAD_KEY_FORMAT,)) == refused(
        x_auth_email="a@b.test", x_auth_key="a b"
    )


@pytest.mark.parametrize(
    ("header", "variable"), [("x-auth-email", "CLOUDFLARE_EMAIL"), ("x-auth-key", "CLOUDFLARE_API_KEY")]
)
def test_half_of_a_pair_names_the_variable_to_unset(header, variable):
    """The Python SDK drops the token when one of them is set: the answer says which."""
    with pytest.raises(HttpError) as caught:
        read_credentials({header: "a@b.test"})

    assert (400, codes.MISSING_HEADERS) == (caught.value.status, caught.value.code)
    assert variable in caught.value.public


@pytest.mark.parametrize(
    ("accept", "octets"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("message/rfc822", True),
        ("Message/RFC822; q=0.9", True),
        ("message/rfc822, */*;q=0.1", True),
        ("application/json, message/rfc822;q=0.5", False),
        ("application/json;q=0.5, message/rfc822", True),
        ("message/rfc822;q=0", False),
        ("message/rfc822;q=x", False),
        ("a/b," * (MAX_RANGES + 1) + "message/rfc822", False),
    ],
)
def test_the_octets_are_for_those_who_name_them(accept, octets):
    """Wildcards, which every client sends, mean JSON."""
    assert octets == prefers(accept, OCTETS, JSON)
