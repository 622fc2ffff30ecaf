"""`settings/sending_domain_restrictions`: domains whose mail must come over TLS."""

from lazaretto.api.settings.operations import routes
from lazaretto.api.settings.resource import Resource
from lazaretto.api.settings.shelf import ListShelf, merger, reader
from lazaretto.api.wire.settings import sending_domain_restrictions as wire
from lazaretto.store.list_kinds import RESTRICTIONS

RESOURCE = Resource(
    word="sending_domain_restrictions",
    key="sending_domain_restriction_id",
    noun="sending-domain restriction",
    plural="sending-domain restrictions",
    query=wire.SendingRestrictionQuery,
    fields=wire.SendingRestrictionFields,
    patch=wire.SendingRestrictionPatch,
    shown=wire.SendingRestrictionShown,
    show=wire.sending_restriction,
    read=reader(RESTRICTIONS),
    merge=merger(),
    shelf=ListShelf(RESTRICTIONS),
    columns=("domain", "exclude", "comments"),
)

ROUTES = routes(RESOURCE)
