"""`email-security/users`: who works in the account.

Rules. Nobody gives away more than the own credential may do. Of all credentials that can administrate the
account the last one cannot be taken away here: the command line can.
"""

from dataclasses import replace
from datetime import datetime

from msgspec import UNSET
from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.paging import Paged, page_info, read_query
from lazaretto.api.reply import success
from lazaretto.api.wire import user as wire
from lazaretto.model.access import Capability, Role
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.user import User
from lazaretto.store import credentials, users
from lazaretto.store.database import Transaction

USERS = SECURITY + "/users"
USER = USERS + "/{user_id}"


async def list_users(call: Call) -> Response:
    """By email address."""
    query = read_query(call.request, Paged)

    async def find(tx: Transaction) -> tuple[tuple[User, ...], int]:
        wish = query.wish
        shown = await users.list_users(tx, call.account, limit=wish.per_page, offset=wish.offset)
        return shown, await users.count_users(tx, call.account)

    shown, total = await call.read(find)
    return success([wire.user(user) for user in shown], result_info=page_info(query, len(shown), total))


async def add_user(call: Call) -> Response:
    """With a role that is not above the caller's."""
    wish = read_json(await read_body(call.request, call.services.options), wire.NEW_USER)
    check_role(call, wish.role)
    made = await call.write(
        lambda tx: users.add_user(
            tx, call.account, email=wish.email, role=wish.role, name=wish.name, now=call.services.now()
        )
    )
    call.note("user_id", made.id)
    return success(wire.user(made))


async def get_user(call: Call) -> Response:
    """One of them."""
    return success(wire.user(await call.read(lambda tx: the_user(tx, call))))


async def change_user(call: Call) -> Response:
    """Another name, role or state."""
    wish = read_json(await read_body(call.request, call.services.options), wire.USER_CHANGE)
    if wish.role is not UNSET:
        check_role(call, wish.role)

    async def change(tx: Transaction) -> User:
        await users.lock_access(tx, call.account)
        changed = await users.set_user(tx, _changed(await the_user(tx, call), wish, call.services.now()))
        await keep_an_admin(tx, call)
        return changed

    changed = await call.write(change)
    call.desk.authenticator.forget(call.account)
    return success(wire.user(changed))


async def remove_user(call: Call) -> Response:
    """With all credentials."""

    async def remove(tx: Transaction) -> User:
        await users.lock_access(tx, call.account)
        user = await the_user(tx, call)
        await users.remove_user(tx, call.account, user.id)
        await keep_an_admin(tx, call)
        return user

    gone = await call.write(remove)
    call.desk.authenticator.forget(call.account)
    return success(wire.RemovedUser(gone.id))


async def the_user(tx: Transaction, call: Call) -> User:
    """The user that the path names, by id; 404 when the account has none."""
    ref = str(call.request.path_params["user_id"])
    user = await users.get_user(tx, call.account, ref)
    if user is None or user.id != ref:
        raise NotFound(codes.NO_SETTING, "There is no such user in this account", pointer="user_id")
    return user


def check_role(call: Call, role: Role) -> None:
    """Nobody makes others mightier than the own credential is."""
    if not role.capabilities <= call.token.capabilities:
        text = f"This credential cannot give the role {role}, which may do more than itself"
        raise Invalid(codes.TOO_MUCH, text, pointer="/role")


async def keep_an_admin(tx: Transaction, call: Call) -> None:
    """Refuses what was just done in this transaction when nobody could undo it over the API."""
    if not await credentials.has_admin(tx, call.account, call.services.now()):
        text = "This would take away the last credential that can administrate the account"
        raise Invalid(codes.LAST_ADMIN, text)


def _changed(user: User, wish: wire.UserChange, now: datetime) -> User:
    disabled_at = user.disabled_at
    if wish.disabled is not UNSET:
        disabled_at = (user.disabled_at or now) if wish.disabled else None
    return replace(
        user,
        name=user.name if wish.name is UNSET else wish.name,
        role=user.role if wish.role is UNSET else wish.role,
        disabled_at=disabled_at,
    )


ROUTES = (
    Entry(
        "GET", USERS, list_users, Capability.ADMIN, "List users",
        query=Paged, result=list[wire.User], pages="page", ours=True,
    ),
    Entry(
        "POST", USERS, add_user, Capability.ADMIN, "Add a user",
        body=wire.NewUser, result=wire.User, ours=True,
    ),
    Entry("GET", USER, get_user, Capability.ADMIN, "Show a user", result=wire.User, ours=True),
    Entry(
        "PATCH", USER, change_user, Capability.ADMIN, "Change, disable or enable a user",
        body=wire.UserChange, result=wire.User, ours=True,
    ),
    Entry(
        "DELETE", USER, remove_user, Capability.ADMIN, "Remove a user with all credentials",
        result=wire.RemovedUser, ours=True,
    ),
)  # fmt: skip
