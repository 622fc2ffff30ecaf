"""Every operation that takes a body, with bodies that are wrong in one place: each answer is a 400 that names it."""

import copy
import json
import re
from dataclasses import dataclass

import httpx
import pytest

from lazaretto.api.entry import SECURITY
from lazaretto.api.openapi import describe
from lazaretto.api.routes import CONTRACT
from tests.helpers.inclusion import Side, branches, kinds
from tests.suites import examples
from tests.suites.bodies import bodies
from tests.suites.maker import BASE
from tests.suites.server import seeded

WITH_BODY = [entry for entry in CONTRACT if entry.body is not None]
VALUES = {
    "string": "\x7f no such word",
    "integer": 7,
    "number": 1.5,
    "boolean": True,
    "array": [[[]]],
    "object": {"x": {}},
    "null": None,
}
MAX_PLACES = 60
"""Places of one body that are tried; a body has fewer."""


def below(entry):
    return entry.path.removeprefix(SECURITY)


def key(entry):
    return entry.method, re.sub(r"\{\w+\}", "{}", below(entry))


def named(entry):
    return f"{entry.method} {below(entry)}"


@dataclass(frozen=True)
class Server:
    """The application with the objects that an operation is about."""

    http: httpx.AsyncClient
    address: str
    body: object

    async def send(self, entry, octets):
        return await self.http.request(entry.method, self.address, content=octets)


@pytest.fixture
async def server(tmp_path, entry):
    async with (
        seeded(tmp_path, messages=0) as (made, app, layer),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://lazaretto.test",
            headers={"Authorization": f"Bearer {made.write}", "Content-Type": "application/json"},
        ) as http,
    ):
        message = await layer.maker.message()
        group = below(entry).split("/")[2] if below(entry).startswith("/settings/") else ""
        settings = group in examples.SETTING_GROUPS
        ids = [await layer.maker.setting(group) for _ in range(3)] if settings else ["1"] * 3
        real = {"investigate_id": message}
        path = re.sub(r"\{(\w+)\}", lambda found: real.get(found[1], ids[0]), below(entry))
        yield Server(http, BASE + path, bodies(message, ids)[key(entry)])


@pytest.fixture(scope="module")
def described():
    document = describe(CONTRACT, "0")
    return Side(document["components"]["schemas"]), {
        (method.upper(), re.sub(r"\{\w+\}", "{}", path.partition("/email-security")[2])): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "/email-security/" in path
    }


def schema_of(side, schema, value):
    """The alternative that the valid value is one of."""
    schema = side.resolved(schema)
    for branch in branches(schema):
        found = side.resolved(branch)
        if _kind(value) in kinds(found):
            return schema_of(side, found, value)
    return schema


def _kind(value):
    return next(kind for kind, one in VALUES.items() if type(one) is type(value))


def places(side, schema, value, path=()):
    """Every field of a valid body, with the kinds of JSON that it may hold."""
    schema = schema_of(side, schema, value)
    if isinstance(value, dict):
        for name, field in schema.get("properties", {}).items():
            yield (*path, name), allowed(side, field)
            if value.get(name) not in (None, [], {}):
                yield from places(side, field, value[name], (*path, name))
    elif isinstance(value, list) and value and isinstance(schema.get("items"), dict):
        yield (*path, 0), allowed(side, schema["items"])
        yield from places(side, schema["items"], value[0], (*path, 0))


def allowed(side, schema):
    schema = side.resolved(schema)
    if found := branches(schema):
        return set().union(*(allowed(side, branch) for branch in found))
    return kinds(schema) | ({"integer"} if "number" in kinds(schema) else set())


def needed(side, schema, value, path=()):
    """Every field that must be there."""
    schema = schema_of(side, schema, value)
    if isinstance(value, dict):
        yield from ((*path, name) for name in schema.get("required", ()))
        for name, field in schema.get("properties", {}).items():
            if value.get(name) not in (None, [], {}):
                yield from needed(side, field, value[name], (*path, name))
    elif isinstance(value, list) and value and isinstance(schema.get("items"), dict):
        yield from needed(side, schema["items"], value[0], (*path, 0))


def broken(body, path, value):
    """A copy with another value in one place."""
    made = copy.deepcopy(body)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return made


def without(body, path):
    made = copy.deepcopy(body)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    holder.pop(path[-1], None)
    return made


def words(side, schema, value, path=()):
    """Every place that takes certain words only."""
    for place, _ in places(side, schema, value, path):
        field = _at(side, schema, value, place)
        if field is not None and "enum" in field:
            yield place


def _at(side, schema, value, path):
    for step in path:
        schema = schema_of(side, schema, value)
        schema = schema["items"] if step == 0 else schema["properties"][step]
        value = value[step] if isinstance(value, list) or step in value else None
    schema = side.resolved(schema)
    return next((side.resolved(one) for one in branches(schema) if "enum" in side.resolved(one)), schema)


def pointer(path):
    return "".join(f"/{step}" for step in path)


def complaint(answer, path):
    """What is wrong with a refusal."""
    said = answer.text[:200]
    if answer.status_code != 400 or answer.headers["content-type"] != "application/json":
        return f"{answer.status_code} {said}"
    (error,) = answer.json()["errors"]
    if error["code"] < 1000 or "source" not in error:
        return f"no code or no place: {said}"
    found = error["source"]["pointer"]
    return (
        None if found == pointer(path) or found.startswith(pointer(path) + "/") else f"names {found}: {said}"
    )


async def tried(server, entry, cases):
    """The complaints about all answers."""
    wrong = []
    for number, (body, path) in enumerate(cases):
        assert number < MAX_PLACES * len(VALUES)
        answer = await server.send(entry, json.dumps(body))
        if found := complaint(answer, path):
            wrong.append(f"{pointer(path)}: {found}")
    return wrong


def test_every_operation_has_a_body_here():
    """The table is whole: a new operation needs a line in tests/suites/bodies.py."""
    assert [named(entry) for entry in WITH_BODY if key(entry) not in bodies("", [""] * 3)] == []


@pytest.mark.parametrize("entry", WITH_BODY, ids=named)
async def test_wrong_types(server, described, entry):
    """Every kind of JSON that a field does not take."""
    side, operations = described
    schema = operations[key(entry)]["requestBody"]["content"]["application/json"]["schema"]
    body = server.body
    cases = [
        (broken(body, path, value), path)
        for path, fine in places(side, schema, body)
        for kind, value in VALUES.items()
        if fine and kind not in fine
    ]

    assert await tried(server, entry, cases) == []


@pytest.mark.parametrize("entry", WITH_BODY, ids=named)
async def test_missing_fields_and_unknown_words(server, described, entry):
    """Everything required left out in turn; every list of words with one more."""
    side, operations = described
    schema = operations[key(entry)]["requestBody"]["content"]["application/json"]["schema"]
    body = server.body
    cases = [(without(body, path), path) for path in needed(side, schema, body)]
    cases += [(broken(body, path, "NO_SUCH_WORD"), path) for path in words(side, schema, body)]

    assert await tried(server, entry, cases) == []


ABOUT_NOTHING = ("{submission_id}", "{user_id}", "/classifier/promote")
"""Operations about objects that are not there, or that need no body."""

NOT_JSON = {
    "nothing": b"",
    "blanks": b"  \r\n",
    "a word": b"ids=1&ids=2",
    "cut off": b'{"ids": ["',
    "two values": b"[] []",
    "not UTF-8": b"\xff{}",
    "UTF-16": '{"ids": []}'.encode("utf-16"),
    "a lone surrogate cut short": b'{"ids": ["\\ud8"]}',
    "a NUL outside of text": b"[\x00]",
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"ids":' * 100_000,
    "a byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("entry", WITH_BODY, ids=named)
async def test_what_is_not_json(server, entry):
    """Every form, with an answer that says so; of what is not there, nothing is said about the body."""
    unknown = {404} if any(part in entry.path for part in ABOUT_NOTHING) else set()
    wrong = []
    for name, octets in NOT_JSON.items():
        answer = await server.send(entry, octets)
        if answer.status_code not in {400, *unknown} or answer.json()["errors"][0]["code"] < 1000:
            wrong.append(f"{name}: {answer.status_code} {answer.text[:200]}")

    assert wrong == []


@pytest.mark.parametrize("entry", WITH_BODY, ids=named)
async def test_odd_text(server, described, entry):
    """NUL and lone surrogates in every text: taken or refused, never an error of ours."""
    side, operations = described
    schema = operations[key(entry)]["requestBody"]["content"]["application/json"]["schema"]
    body = server.body
    wrong = []
    for path, fine in places(side, schema, body):
        if "string" not in fine:
            continue
        for text in (b"a\\u0000b", b"a\\ud800b", b"\\udfff", b"a" * 100_000):
            octets = json.dumps(broken(body, path, "MARK")).encode().replace(b"MARK", text)
            answer = await server.send(entry, octets)
            if answer.status_code >= 500:
                wrong.append(f"{pointer(path)}: {answer.status_code} {answer.text[:200]}")

    assert wrong == []


MOVE = next(entry for entry in WITH_BODY if key(entry) == ("POST", "/investigate/{}/move"))


@pytest.mark.parametrize("entry", [MOVE], ids=named)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_the_content_type_is_not_looked_at(server, entry, kind):
    """The body decides: curl sends JSON as a form."""
    octets = json.dumps(server.body).encode()
    answer = await server.http.post(server.address, content=octets, headers={"Content-Type": kind})

    assert answer.status_code == 200


async def rows(server, listed):
    """What the list holds; how much mail came is told as of now."""
    found = (await server.http.get(listed)).json()["result"]
    return [{name: value for name, value in row.items() if name != "emails_processed"} for row in found]


BATCHES = [entry for entry in WITH_BODY if entry.path.endswith("/batch")]


@pytest.mark.parametrize("entry", BATCHES, ids=named)
async def test_a_batch_with_one_bad_entry_changes_nothing(server, entry):
    """All but the last is right; afterwards the list is what it was, in content and in number."""
    listed = server.address.removesuffix("/batch")
    before = await rows(server, listed)
    body = copy.deepcopy(server.body)
    body["posts"].append({**body["posts"][0], **dict.fromkeys(body["posts"][0], 7)})
    refused = await server.send(entry, json.dumps(body))
    body["posts"][-1] = body["posts"][0]
    twice = await server.send(entry, json.dumps(body))
    after = await rows(server, listed)

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["source"]["pointer"].startswith("/posts/1/")
    assert twice.status_code == 400
    assert after == before
