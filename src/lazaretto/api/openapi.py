"""`GET /client/v4/openapi.json`: the description of the API, made from the operations themselves.

It is OpenAPI 3.1 and needs no credential, since it tells nothing about an account.
A field of an answer is described as always there unless it may be left out; one that may be null says so.
Operations that the published contract does not have carry the mark `x-lazaretto`.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lazaretto.api.call import Desk
from lazaretto.api.entry import ACCOUNT, BASE, SECURITY, Entry
from lazaretto.api.parameters import path_parameter, query_parameters
from lazaretto.api.reply import JSON, encode
from lazaretto.api.wire.envelope import Failure, Note, Problem, ResultInfo

Schema = dict[str, Any]
Page = Callable[[Desk, Request], Awaitable[Response]]

MARK = "x-lazaretto"
WIRE_MODULES = "lazaretto.api.wire."
REFERENCE = "#/components/schemas/"
_PARAMETER = re.compile(r"\{(\w+)\}")
_OTHER_GROUPS = {"": "account", "user": "credentials", "tokens": "credentials"}


def description_page(entries: Sequence[Entry]) -> Page:
    """Serves the description; made on the first request and kept."""
    made: list[tuple[bytes, str]] = []

    async def show(desk: Desk, request: Request) -> Response:
        if not made:
            octets = encode(describe(entries, desk.services.version))
            made.append((octets, f'"{sha256(octets).hexdigest()[:32]}"'))
        octets, tag = made[0]
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(octets, media_type=JSON, headers=headers)

    return show


def describe(entries: Sequence[Entry], version: str) -> Schema:
    """The whole document."""
    schemas = _Schemas(entries)
    paths: dict[str, Schema] = {}
    for entry in entries:
        item = paths.setdefault(entry.path.removeprefix(BASE), {})
        item[entry.method.lower()] = _operation(entry, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lazaretto",
            "version": version,
            "description": "Email security: what came in, why it was judged so, and what was done to it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": BASE}],
        "security": [{"api_token": []}, {"api_email": [], "api_key": []}],
        "tags": [{"name": name} for name in dict.fromkeys(map(group_of, entries))],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": SECURITY_SCHEMES},
    }


SECURITY_SCHEMES: Schema = {
    "api_token": {"type": "http", "scheme": "bearer"},
    "api_email": {"type": "apiKey", "in": "header", "name": "X-Auth-Email"},
    "api_key": {"type": "apiKey", "in": "header", "name": "X-Auth-Key"},
}


def group_of(entry: Entry) -> str:
    """The resource that an operation belongs to."""
    if entry.path.startswith(SECURITY):
        words = _words(entry.path.removeprefix(SECURITY))
        return words[1].replace("_", " ") if words[0] == "settings" and len(words) > 1 else words[0]
    below = entry.path.removeprefix(ACCOUNT).removeprefix(BASE)
    word = next(iter(_words(below)), "")
    return _OTHER_GROUPS.get(word, word)


def operation_id(entry: Entry) -> str:
    """A name that is made of method and path, so that it never changes by itself."""
    below = entry.path.removeprefix(SECURITY).removeprefix(BASE).strip("/")
    words = ["one" if part.startswith("{") else part for part in below.split("/")]
    verb = "list" if entry.pages else entry.method.lower()
    return "_".join([verb, *words]).replace("-", "_")


def _words(path: str) -> list[str]:
    return [part for part in path.split("/") if part and not part.startswith("{")]


def _operation(entry: Entry, schemas: "_Schemas") -> Schema:
    parameters = [path_parameter(name) for name in _PARAMETER.findall(entry.path)]
    if entry.query is not None:
        parameters += query_parameters(entry.query)
    operation: Schema = {
        "operationId": operation_id(entry),
        "summary": entry.title,
        "tags": [group_of(entry)],
        "description": f"Needs the capability `{entry.needs}`.",
        "parameters": parameters,
        "responses": {
            str(entry.status): _answer(entry, schemas),
            "4XX": _failure("What was asked cannot be done; `errors` says why and where."),
            "5XX": _failure("Something broke here, or there is too much to do."),
        },
    }
    if entry.body is not None or entry.takes:
        content = {} if entry.body is None else {JSON: {"schema": schemas.body_of(entry)}}
        operation["requestBody"] = {"required": True, "content": content | _plain(entry.takes)}
    if entry.ours:
        operation[MARK] = True
    return operation


def _answer(entry: Entry, schemas: "_Schemas") -> Schema:
    properties: Schema = {
        "success": {"const": True},
        "errors": {"type": "array", "maxItems": 0},
        "messages": {"type": "array", "items": {"$ref": REFERENCE + "Note"}},
        "result": schemas.result_of(entry),
    }
    if entry.pages:
        properties["result_info"] = {"$ref": REFERENCE + "ResultInfo"}
    envelope = {"type": "object", "required": list(properties), "properties": properties}
    return {"description": "Done", "content": {JSON: {"schema": envelope}} | _plain(entry.gives)}


def _plain(media: Iterable[str]) -> Schema:
    """Content that is no JSON: octets or lines."""
    return {kind: {"schema": {"type": "string"}} for kind in media}


def _failure(words: str) -> Schema:
    return {"description": words, "content": {JSON: {"schema": {"$ref": REFERENCE + "Failure"}}}}


class _Schemas:
    """The schemas of all bodies and results, with what they share."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        bodies = [entry for entry in entries if entry.body is not None]
        results = [entry for entry in entries if entry.result is not None]
        kinds = [entry.body for entry in bodies] + [entry.result for entry in results]
        envelope = [Failure, Note, Problem, ResultInfo]
        made, components = msgspec.json.schema_components(
            [*kinds, *envelope], ref_template=REFERENCE + "{name}"
        )
        made, self.components = _shortened(made, components)
        self._bodies = dict(zip(map(_key, bodies), made, strict=False))
        self._results = dict(zip(map(_key, results), made[len(bodies) :], strict=False))
        given = set(_reachable(self._bodies.values(), self.components))
        for name, schema in self.components.items():
            if name not in given:
                _always_there(schema)

    def body_of(self, entry: Entry) -> Schema:
        return self._bodies[_key(entry)]

    def result_of(self, entry: Entry) -> Schema:
        """What `result` holds; an operation that promises nothing gives an empty object."""
        return self._results.get(_key(entry), {"type": ["object", "null"]})


def _shortened(made: Sequence[Schema], components: Schema) -> tuple[tuple[Schema, ...], Schema]:
    """Types of one name in two modules are known by both: without the folders that they all lie in."""
    text = msgspec.json.encode([list(made), components]).decode().replace(WIRE_MODULES, "")
    schemas, named = msgspec.json.decode(text)
    return tuple(schemas), named


def _key(entry: Entry) -> tuple[str, str]:
    return entry.method, entry.path


def _reachable(schemas: Iterable[Schema], components: Schema) -> Iterator[str]:
    """The names of all components that these schemas use, directly or not."""
    seen: set[str] = set()
    waiting = [name for schema in schemas for name in _references(schema)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield name
            waiting += _references(components[name])


def _references(schema: Any) -> list[str]:
    """Only walks what msgspec made of our own types, so the depth is theirs."""
    if isinstance(schema, dict):
        own = [schema["$ref"].removeprefix(REFERENCE)] if isinstance(schema.get("$ref"), str) else []
        return own + [name for value in schema.values() for name in _references(value)]
    if isinstance(schema, list):
        return [name for value in schema for name in _references(value)]
    return []


def _always_there(schema: Schema) -> None:
    """In an answer a default is a value that is sent; only what is unset is left out."""
    required = list(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        if "default" in field:
            del field["default"]
            required.append(name)
    if required:
        schema["required"] = required
