"""One request that can be changed before the application sees it."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

MARK = "/email-security/"


@dataclass
class Ask:
    """Method, path below email-security as decoded segments, query pairs, JSON body."""

    method: str
    prefix: str
    segments: list[str]
    query: list[tuple[str, str]]
    body: Any  # NOTHING when it is not JSON
    octets: bytes
    scope: dict
    tail: list[dict]  # what follows the body: a client that goes away

    @property
    def path(self) -> str:
        return "/".join(self.segments)

    def asgi(self) -> dict:
        """The scope that the application gets."""
        path = self.prefix + MARK + "/".join(quote(one, safe=":") for one in self.segments)
        headers = [(name, value) for name, value in self.scope["headers"] if name != b"content-length"]
        octets = self.sent()
        if octets or any(name == b"content-length" for name, _ in self.scope["headers"]):
            headers.append((b"content-length", str(len(octets)).encode()))
        return {
            **self.scope,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": urlencode(self.query).encode(),
            "headers": headers,
        }

    def sent(self) -> bytes:
        return self.octets if self.body is NOTHING else json.dumps(self.body).encode()


NOTHING: Any = object()


async def read(scope, receive) -> Ask:
    """The whole request; only for clients that mean well."""
    octets, more = b"", True
    while more:
        message = await receive()
        octets += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    raw = scope["raw_path"].decode("latin-1")
    prefix, _, rest = raw.partition(MARK)
    try:
        body = json.loads(octets) if octets else NOTHING
    except (ValueError, RecursionError):
        body = NOTHING
    return Ask(
        scope["method"],
        prefix,
        [unquote(one) for one in rest.split("/")],
        parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        body,
        octets,
        scope,
        [],
    )
