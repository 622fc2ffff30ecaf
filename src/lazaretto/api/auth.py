"""Who is calling, and may they: bearer tokens, and email with key.

Rules. A bearer token that works is taken first, else email and key: SDKs send whatever they find in their
environment, all of it together. The Python SDK drops the token as soon as an email or a key is set, so a
lone one of these gets an answer that names the variable to unset.
A credential is bound to one account. Every other account id gets the same answer, whether it exists or not.
Nothing is read from the URL, which ends up in logs.

Limits: a verified credential is believed for a few seconds, so what another process takes away, a user's
state and role included, lasts as long. What this process takes away ends at once.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from lazaretto.api import codes
from lazaretto.api.budget import read
from lazaretto.api.client import bucket, is_within
from lazaretto.api.rate import Failures
from lazaretto.api.reply import HttpError
from lazaretto.api.wire.envelope import Cause
from lazaretto.model.access import Capability
from lazaretto.model.account import Token
from lazaretto.store import credentials
from lazaretto.store.database import Database, Transaction

MAX_CREDENTIALS = 1_000
"""Verified credentials that are remembered at once."""

_SECRET = re.compile(r"[!-~]{1,256}")  # printable ASCII without space
_ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_BEARER = re.compile(r"bearer +(\S+)", re.IGNORECASE)

BEARER_FORM = "Authorization: Bearer <token>"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the headers carry, checked for form only."""

    bearer: str | None
    email: str | None
    key: str | None


class Authenticator:
    """Turns headers into the token they prove, asking the store at most once in a few seconds."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        seconds: float,
        failures: int,
    ) -> None:
        self._database = database
        self._now = now
        self._clock = clock
        self._seconds = seconds
        self._failures = Failures(failures, clock=clock)
        self._changes = 0
        self._verified: OrderedDict[bytes, tuple[Token, float]] = OrderedDict()

    async def identify(self, headers: Mapping[str, str], address: str) -> Token:
        """The token that the headers prove, or an error that says what is wrong with them."""
        given = read_credentials(headers)
        known = _fingerprint(given)
        token = self._remembered(known)
        if token is None:
            changes = self._changes
            token = await self._look_up(given, known, address)
            if changes == self._changes:  # else it may be what was true a moment ago
                self._remember(known, token)
        _check(token, address, self._now())
        return token

    def forget(self, account: str) -> None:
        """Who may do what was changed: look everything up again."""
        self._changes += 1
        for known, (token, _) in list(self._verified.items()):
            if token.account == account:
                self._verified[known] = (token, self._clock())

    async def _look_up(self, given: Credentials, known: bytes, address: str) -> Token:
        # Who was let in before is looked up in any case: a guesser behind the same proxy locks nobody out.
        if known not in self._verified:
            self._failures.check(bucket(address))
        token = await read(self._database, lambda tx: _find(tx, given))
        if token is None:
            self._failures.add(bucket(address))
            self._verified.pop(known, None)
            raise _refused("this credential is not known")
        return token

    def _remembered(self, known: bytes) -> Token | None:
        token, until = self._verified.get(known, (None, 0.0))
        return token if self._clock() < until else None

    def _remember(self, known: bytes, token: Token) -> None:
        self._verified.pop(known, None)
        self._verified[known] = (token, self._clock() + self._seconds)
        while len(self._verified) > MAX_CREDENTIALS:
            self._verified.popitem(last=False)


def authorise(token: Token, account: str, needed: Capability) -> None:
    """The token may do this in this account; every account that is not its own gets the same refusal."""
    if account.lower() != token.account:
        text = "This credential is not allowed for this account"
        raise HttpError(403, codes.NOT_ALLOWED, text)
    if needed not in token.capabilities:
        role = token.role if needed not in token.role.capabilities or token.user is None else token.user.role
        text = f"This credential may not do that: the role {role} lacks {needed}"
        raise HttpError(403, codes.NOT_ALLOWED, text)


def read_credentials(headers: Mapping[str, str]) -> Credentials:
    """The credentials in the headers; an error when there is none that could be looked up."""
    authorization = headers.get("authorization", "").strip()
    email, key = headers.get("x-auth-email", "").strip(), headers.get("x-auth-key", "").strip()
    found = _BEARER.fullmatch(authorization)
    bearer = found[1] if found and _SECRET.fullmatch(found[1]) else None
    if bearer is None and not (email and key):
        _explain(headers, authorization, email=email, key=key)
    if bearer is None and not _SECRET.fullmatch(key):
        raise _invalid_headers(codes.BAD_KEY_FORMAT, "Invalid format for X-Auth-Key header")
    pair = bool(_ADDRESS.fullmatch(email) and _SECRET.fullmatch(key))
    return Credentials(bearer, email if pair else None, key if pair else None)


def _explain(headers: Mapping[str, str], authorization: str, *, email: str, key: str) -> None:
    """Raises; called when neither a bearer token nor a pair of email and key is there."""
    if authorization:
        raise _invalid_headers(
            codes.BAD_AUTHORIZATION_FORMAT, f"Invalid format for Authorization header; send {BEARER_FORM}"
        )
    if email or key:
        alone, missing = ("X-Auth-Email", "X-Auth-Key") if email else ("X-Auth-Key", "X-Auth-Email")
        variable = "CLOUDFLARE_EMAIL" if email else "CLOUDFLARE_API_KEY"
        text = (
            f"{missing} is missing: {alone} came alone. The Python SDK leaves out the API token when "
            f"{variable} is set in its environment; unset it to use the token, or send both headers"
        )
        raise HttpError(400, codes.MISSING_HEADERS, text)
    text = f"Authentication error: send {BEARER_FORM}, or X-Auth-Email with X-Auth-Key"
    if headers.get("x-auth-user-service-key"):
        text = f"Authentication error: user service keys are not known here; send {BEARER_FORM}"
    raise HttpError(
        401,
        codes.AUTHENTICATION,
        text,
        chain=(Cause(codes.MISSING_HEADERS, "Missing authentication headers"),),
        headers=(("WWW-Authenticate", "Bearer"),),
    )


def _check(token: Token, address: str, now: datetime) -> None:
    """The credential is good here and now."""
    if token.expires_at is not None and token.expires_at <= now:
        raise _refused(f"this credential expired at {token.expires_at.isoformat()}")
    if token.user is not None and token.user.disabled_at is not None:
        raise _refused("this credential belongs to a user who is disabled")
    if token.networks and not is_within(address, token.networks):
        raise _refused("this credential is not allowed from this address")


def _refused(reason: str) -> HttpError:
    return HttpError(403, codes.AUTHENTICATION, f"Authentication error: {reason}")


def _invalid_headers(code: int, text: str) -> HttpError:
    return HttpError(400, codes.INVALID_HEADERS, "Invalid request headers", chain=(Cause(code, text),))


def _fingerprint(given: Credentials) -> bytes:
    """Key of the memory; secrets themselves are not kept."""
    return sha256("\0".join((given.bearer or "", given.email or "", given.key or "")).encode()).digest()


async def _find(tx: Transaction, given: Credentials) -> Token | None:
    token = await credentials.find_token(tx, given.bearer) if given.bearer else None
    if token is None and given.email and given.key:
        token = await credentials.find_key(tx, given.email, given.key)
    return token
