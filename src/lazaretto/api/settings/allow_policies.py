"""`settings/allow_policies`: mail that is let through in spite of its verdict."""

from lazaretto.api.settings.operations import routes
from lazaretto.api.settings.resource import Resource
from lazaretto.api.settings.shelf import ListShelf, merger, reader
from lazaretto.api.wire.settings import allow_policies as wire
from lazaretto.store.list_kinds import ALLOW

RESOURCE = Resource(
    word="allow_policies",
    key="policy_id",
    noun="allow policy",
    plural="allow policies",
    query=wire.AllowPolicyQuery,
    fields=wire.AllowPolicyFields,
    patch=wire.AllowPolicyPatch,
    shown=wire.AllowPolicyShown,
    show=wire.allow_policy,
    read=reader(ALLOW, wire.read_fields),
    merge=merger(wire.read_patch),
    shelf=ListShelf(ALLOW),
    columns=(
        "pattern",
        "pattern_type",
        "is_regex",
        "is_trusted_sender",
        "is_exempt_recipient",
        "is_acceptable_sender",
        "verify_sender",
        "comments",
    ),
)

ROUTES = routes(RESOURCE)
