"""`settings/content_policies`: words in subject or body that make a message malicious."""

from lazaretto.api.settings.operations import routes
from lazaretto.api.settings.resource import Resource
from lazaretto.api.settings.shelf import ListShelf, merger, reader
from lazaretto.api.wire.settings import content_policies as wire
from lazaretto.store.list_kinds import CONTENT

RESOURCE = Resource(
    word="content_policies",
    key="policy_id",
    noun="content policy",
    plural="content policies",
    query=wire.ContentPolicyQuery,
    fields=wire.ContentPolicyFields,
    patch=wire.ContentPolicyPatch,
    shown=wire.ContentPolicyShown,
    show=wire.content_policy,
    read=reader(CONTENT),
    merge=merger(),
    shelf=ListShelf(CONTENT),
    columns=("name", "pattern", "targets", "enabled", "notes"),
)

ROUTES = routes(RESOURCE)
