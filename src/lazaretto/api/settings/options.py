"""`settings/options`: what an account has chosen for all of its domains."""

import msgspec
from starlette.responses import Response

from lazaretto.actions.choose import choose
from lazaretto.api.body import read_body, read_json
from lazaretto.api.budget import write
from lazaretto.api.call import Call
from lazaretto.api.entry import SETTINGS, Entry
from lazaretto.api.reply import success
from lazaretto.api.wire.settings.entry import given
from lazaretto.api.wire.settings.options import Options, OptionsPatch, shown
from lazaretto.model.access import Capability
from lazaretto.store.options import get_options

PATH = SETTINGS + "/options"
_DECODER = msgspec.json.Decoder(OptionsPatch)


async def show_options(call: Call) -> Response:
    """All options."""
    return success(shown(await call.read(lambda tx: get_options(tx, call.account))))


async def change_options(call: Call) -> Response:
    """Other values for those that are named."""
    patch = given(read_json(await read_body(call.request, call.services.options), _DECODER))
    now = call.services.now()
    options = await write(call.services.database, lambda tx: choose(tx, call.account, patch, now=now))
    return success(shown(options))


ROUTES = (
    Entry(
        "GET",
        PATH,
        show_options,
        Capability.READ,
        "Show the options of the account",
        result=Options,
        ours=True,
    ),
    Entry(
        "PATCH",
        PATH,
        change_options,
        Capability.POLICY,
        "Change options of the account",
        body=OptionsPatch,
        result=Options,
        ours=True,
    ),
)
