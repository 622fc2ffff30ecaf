"""`settings/url_ignore_patterns`: links that are left alone."""

from lazaretto.api.settings.operations import routes
from lazaretto.api.settings.resource import Resource
from lazaretto.api.settings.shelf import ListShelf, merger, reader
from lazaretto.api.wire.settings import url_ignore_patterns as wire
from lazaretto.store.list_kinds import IGNORED_URLS

RESOURCE = Resource(
    word="url_ignore_patterns",
    key="pattern_id",
    noun="pattern of links to ignore",
    plural="patterns of links to ignore",
    query=wire.IgnoredUrlQuery,
    fields=wire.IgnoredUrlFields,
    patch=wire.IgnoredUrlPatch,
    shown=wire.IgnoredUrlShown,
    show=wire.ignored_url,
    read=reader(IGNORED_URLS),
    merge=merger(),
    shelf=ListShelf(IGNORED_URLS),
    columns=("pattern", "comments"),
)

ROUTES = routes(RESOURCE)
