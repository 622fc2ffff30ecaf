"""`settings/trusted_domains`: domains that are not held for look-alikes, or not for too young."""

from lazaretto.api.settings.operations import routes
from lazaretto.api.settings.resource import Resource
from lazaretto.api.settings.shelf import ListShelf, merger, reader
from lazaretto.api.wire.settings import trusted_domains as wire
from lazaretto.store.list_kinds import TRUSTED

RESOURCE = Resource(
    word="trusted_domains",
    key="trusted_domain_id",
    noun="trusted domain",
    plural="trusted domains",
    query=wire.TrustedDomainQuery,
    fields=wire.TrustedDomainFields,
    patch=wire.TrustedDomainPatch,
    shown=wire.TrustedDomainShown,
    show=wire.trusted_domain,
    read=reader(TRUSTED),
    merge=merger(),
    shelf=ListShelf(TRUSTED),
    takes_arrays=True,  # old clients create many at once
    columns=("pattern", "is_regex", "is_recent", "is_similarity", "comments"),
)

ROUTES = routes(RESOURCE)
