"""Credentials: does this one work; and for administrators, all of them.

Rules. A credential never makes one that may do more, from more places, or for longer than itself.
"""

import ipaddress
from collections.abc import Sequence
from datetime import datetime

from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call
from lazaretto.api.entry import ACCOUNT, BASE, SECURITY, Entry
from lazaretto.api.paging import Paged, page_info, read_query
from lazaretto.api.reply import success
from lazaretto.api.times import read_time
from lazaretto.api.users import check_role, keep_an_admin
from lazaretto.api.wire import token as wire
from lazaretto.api.wire.envelope import Note
from lazaretto.model.access import Capability
from lazaretto.model.account import Token
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.user import User
from lazaretto.store import credentials, users
from lazaretto.store.database import Transaction

TOKENS = SECURITY + "/tokens"
TOKEN = TOKENS + "/{token_id}"


async def verify_token(call: Call) -> Response:
    """Only those get here whose credential was found; tools look for this very note."""
    kind = "API Token" if call.token.kind == "bearer" else "API Key"
    note = Note(codes.AUTHENTICATION, f"This {kind} is valid and active", None)
    return success(wire.verified(call.token), messages=(note,))


async def list_tokens(call: Call) -> Response:
    """Oldest first, without their secrets."""
    query = read_query(call.request, Paged)
    found = await call.read(lambda tx: credentials.list_tokens(tx, call.account))
    shown = found[query.wish.offset : query.wish.offset + query.per_page]
    now = call.services.now()
    rows = [wire.credential(token, now) for token in shown]
    return success(rows, result_info=page_info(query, len(rows), len(found)))


async def add_token(call: Call) -> Response:
    """The secret is in this answer and nowhere else."""
    wish = read_json(await read_body(call.request, call.services.options), wire.NEW_TOKEN)
    check_role(call, wish.role)
    now = call.services.now()
    expires_at, networks = _expiry(call, wish.expires_at, now), _networks(call, wish.networks)

    async def add(tx: Transaction) -> tuple[Token, str]:
        return await credentials.add_token(
            tx,
            call.account,
            name=wish.name,
            role=wish.role,
            now=now,
            kind=wish.kind,
            email=wish.email,
            expires_at=expires_at,
            user=await _owner(tx, call, wish.user_id),
            networks=networks,
        )

    made, secret = await call.write(add)
    call.note("token_id", made.id)
    return success(wire.credential(made, now, secret=secret))


async def remove_token(call: Call) -> Response:
    """It ends at once in this process, and within seconds in others."""
    key = str(call.request.path_params["token_id"])

    async def remove(tx: Transaction) -> None:
        await users.lock_access(tx, call.account)
        if not await credentials.remove_token(tx, call.account, key):
            text = "There is no such token in this account"
            raise NotFound(codes.NO_SETTING, text, pointer="token_id")
        await keep_an_admin(tx, call)

    await call.write(remove)
    call.desk.authenticator.forget(call.account)
    return success(wire.RemovedToken(key))


async def _owner(tx: Transaction, call: Call, user_id: str | None) -> User | None:
    if user_id is None:
        return None
    user = await users.get_user(tx, call.account, user_id)
    if user is None or user.id != user_id:
        raise Invalid(codes.NO_SETTING, "There is no such user in this account", pointer="/user_id")
    return user


def _expiry(call: Call, text: str | None, now: datetime) -> datetime | None:
    """When the new one ends: with the credential that makes it, if nothing earlier is asked for."""
    longest = call.token.expires_at
    if text is None:
        return longest
    at = read_time(text)
    if at is None or at <= now:
        raise Invalid(codes.BAD_RANGE, "expires_at is not a time in the future", pointer="/expires_at")
    if longest is not None and at > longest:
        reason = f"This credential cannot make one that outlives it: it ends at {longest.isoformat()}"
        raise Invalid(codes.TOO_MUCH, reason, pointer="/expires_at")
    return at


def _networks(call: Call, texts: Sequence[str] | None) -> tuple[str, ...]:
    """Where the new one may be used from: where its maker may, if nothing narrower is asked for."""
    allowed = call.token.networks
    if not texts:
        return allowed
    asked = credentials.read_networks(texts)
    for number, text in enumerate(asked):
        if allowed and not any(_contains(outer, text) for outer in allowed):
            reason = f"This credential cannot make one for {text}, from where it may not be used itself"
            raise Invalid(codes.TOO_MUCH, reason, pointer=f"/networks/{number}")
    return asked


def _contains(outer: str, inner: str) -> bool:
    wide, narrow = ipaddress.ip_network(outer), ipaddress.ip_network(inner)
    if isinstance(wide, ipaddress.IPv4Network):
        return isinstance(narrow, ipaddress.IPv4Network) and narrow.subnet_of(wide)
    return isinstance(narrow, ipaddress.IPv6Network) and narrow.subnet_of(wide)


ROUTES = (
    *(
        Entry(
            "GET", path, verify_token, Capability.READ, "Does this credential work",
            result=wire.Verified, ours=True,
        )
        for path in (ACCOUNT + "/tokens/verify", BASE + "/user/tokens/verify")
    ),
    Entry(
        "GET", TOKENS, list_tokens, Capability.ADMIN, "List credentials",
        query=Paged, result=list[wire.Credential], pages="page", ours=True,
    ),
    Entry(
        "POST", TOKENS, add_token, Capability.ADMIN, "Make a credential and show its secret once",
        body=wire.NewToken, result=wire.Credential, ours=True,
    ),
    Entry(
        "DELETE", TOKEN, remove_token, Capability.ADMIN, "Remove a credential",
        result=wire.RemovedToken, ours=True,
    ),
)  # fmt: skip
