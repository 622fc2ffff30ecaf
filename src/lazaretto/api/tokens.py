"""`GET user/tokens/verify` and the same for an account: does this credential work."""

from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.call import Call
from lazaretto.api.entry import ACCOUNT, BASE, Entry
from lazaretto.api.reply import success
from lazaretto.api.wire.envelope import Note
from lazaretto.api.wire.token import Verified, verified
from lazaretto.model.access import Capability


async def verify_token(call: Call) -> Response:
    """Only those get here whose credential was found; tools look for this very note."""
    kind = "API Token" if call.token.kind == "bearer" else "API Key"
    note = Note(codes.AUTHENTICATION, f"This {kind} is valid and active", None)
    return success(verified(call.token), messages=(note,))


ROUTES = tuple(
    Entry("GET", path, verify_token, Capability.READ, "Does this credential work", result=Verified, ours=True)
    for path in (ACCOUNT + "/tokens/verify", BASE + "/user/tokens/verify")
)
