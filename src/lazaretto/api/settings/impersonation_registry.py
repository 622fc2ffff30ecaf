"""`settings/impersonation_registry`: people whose name must only come from known addresses."""

from lazaretto.api.settings.operations import routes
from lazaretto.api.settings.resource import Resource
from lazaretto.api.settings.shelf import ListShelf, merger, reader
from lazaretto.api.wire.settings import impersonation_registry as wire
from lazaretto.store.list_kinds import PEOPLE

RESOURCE = Resource(
    word="impersonation_registry",
    key="impersonation_registry_id",
    noun="person",
    plural="people of the impersonation registry",
    query=wire.ImpersonatedQuery,
    fields=wire.ImpersonatedFields,
    patch=wire.ImpersonatedPatch,
    shown=wire.ImpersonatedShown,
    show=wire.impersonated,
    read=reader(PEOPLE, wire.read_person),
    merge=merger(wire.read_person),
    shelf=ListShelf(PEOPLE),
    columns=(
        "name",
        "email",
        "is_email_regex",
        "directory_id",
        "directory_node_id",
        "external_directory_node_id",
        "provenance",
        "comments",
    ),
)

ROUTES = routes(RESOURCE)
