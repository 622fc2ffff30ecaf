"""`settings/block_senders`: senders whose mail is malicious, whatever it holds."""

from lazaretto.api.settings.operations import routes
from lazaretto.api.settings.resource import Resource
from lazaretto.api.settings.shelf import ListShelf, merger, reader
from lazaretto.api.wire.settings import block_senders as wire
from lazaretto.store.list_kinds import BLOCK

RESOURCE = Resource(
    word="block_senders",
    key="pattern_id",
    noun="blocked sender",
    plural="blocked senders",
    query=wire.BlockedSenderQuery,
    fields=wire.BlockedSenderFields,
    patch=wire.BlockedSenderPatch,
    shown=wire.BlockedSenderShown,
    show=wire.blocked_sender,
    read=reader(BLOCK),
    merge=merger(),
    shelf=ListShelf(BLOCK),
    columns=("pattern", "pattern_type", "is_regex", "comments"),
)

ROUTES = routes(RESOURCE)
