"""What we say that we serve: valid in itself, and all of what the published contract asks for."""

import json
import re
from typing import get_args

import httpx
import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from lazaretto.api import query
from lazaretto.api.docs import curl
from lazaretto.api.home import POLICY
from lazaretto.api.openapi import MARK, describe
from lazaretto.api.routes import CONTRACT
from lazaretto.api.wire.search import SearchQuery
from tests.helpers.inclusion import Comparison, Side
from tests.helpers.shared import shared
from tests.suites.server import seeded
from tests.wire.samples import ACCOUNT

IGNORED_PARAMETERS = {"metric", "action_log"}
KNOWN = tuple(
    re.compile(text)
    for text in (
        # Published without the shape of the answer and of an item; both were decided here, see docs/wire.md.
        r".*'POST', '/accounts/{}/email-security/submissions'.*: /result: array where object is expected",
        r".*email-security/submissions'.*: /messages/-/expected_disposition: may be absent, and is required",
        # An array of new entries is answered with an array, as Python 4 expects.
        r".*/settings/trusted_domains'.*: /result: array where object is expected",
        # The published types of these items lost the id, and what a replacement must have.
        r".*/batch'.*: /(patches|puts)/-/\w+: may be absent, and is required",
    )
)


@pytest.fixture(scope="module")
def ours():
    return describe(CONTRACT, "0")


@pytest.fixture(scope="module")
def theirs():
    return json.loads(shared("contract/openapi-email-security.json").read_text())


def unknown(complaints):
    """Without those that have a reason."""
    return [one for one in complaints if not any(known.fullmatch(one) for known in KNOWN)]


def plain(path):
    """Without the names of parameters, which no client sends."""
    return re.sub(r"\{\w+\}", "{}", path)


def operations(document):
    return {
        (method.upper(), plain(path)): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "put", "post", "patch", "delete"}
    }


def both(ours, theirs):
    """Pairs of operations that both have."""
    found = operations(ours)
    for name, operation in operations(theirs).items():
        if name in found:
            yield name, found[name], operation


def parameters(operation):
    return {one["name"]: one for one in operation.get("parameters", []) if one["in"] == "query"}


def content(holder):
    return holder["content"]["application/json"]["schema"]


def success(operation):
    """The status of success that clients wait for, and its schema."""
    status, answer = next((s, a) for s, a in operation["responses"].items() if s.startswith("2"))
    return status, content(answer)


def test_it_is_valid(ours):
    """By the meta schema of OpenAPI 3.1, references included."""
    errors = [error.message for error in OpenAPIV31SpecValidator(ours).iter_errors()]

    assert errors == []


def structs(kind=msgspec.Struct):
    """Every type of the wire."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("lazaretto.api"):
            yield one
        yield from structs(one)


def test_what_may_be_left_out_says_so():
    """A field that may be unset has that as its default: without it, it would be described as always there."""
    wrong = [
        f"{kind.__name__}.{field.name}"
        for kind in structs()
        for field in msgspec.structs.fields(kind)
        if field.required and msgspec.UnsetType in get_args(field.type)
    ]

    assert wrong == []


def test_operation_ids_are_names(ours):
    """Each stands once, and is one that generators of clients can use."""
    names = [operation["operationId"] for operation in operations(ours).values()]

    assert sorted(names) == sorted(set(names))
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_every_operation_of_the_contract_is_served(ours, theirs):
    """Paths and methods."""
    missing = sorted(operations(theirs).keys() - operations(ours).keys())

    assert missing == []


def test_what_is_marked_as_ours_is_what_the_contract_does_not_have(ours, theirs):
    """Only below email-security: what lies beside it the contract does not speak of."""
    marked = {name for name, operation in operations(ours).items() if operation.get(MARK)}
    extra = {
        name for name in operations(ours).keys() - operations(theirs).keys() if "/email-security/" in name[1]
    }

    assert sorted(extra - marked) == []
    assert sorted(marked & operations(theirs).keys()) == []


def test_every_query_parameter_is_read(ours, theirs):
    """By name, type and words."""
    wrong = []
    for name, mine, published in both(ours, theirs):
        read = parameters(mine)
        for parameter, wanted in parameters(published).items():
            if parameter not in read:
                wrong.append(f"{name}: {parameter} is not read")
                continue
            sides = Comparison(Side(ours), side := Side(theirs), side)
            found = sides.misfits(read[parameter]["schema"], without_null(wanted["schema"]), parameter)
            wrong += [f"{name}: {one}" for one in found]
            wrong += [f"{name}: {parameter} is required"] * read[parameter]["required"]

    assert wrong == []


def without_null(schema):
    """A query has no null."""
    if isinstance(schema.get("type"), list):
        (kind,) = set(schema["type"]) - {"null"}
        words = {"enum": [word for word in schema["enum"] if word]} if "enum" in schema else {}
        return {**schema, "type": kind, **words}
    return schema


def test_every_answer_fits_the_contract(ours, theirs):
    """Same status; every property there, always where required, null only where allowed."""
    wrong = []
    for name, mine, published in both(ours, theirs):
        (status, answer), (wanted_status, wanted) = success(mine), success(published)
        if status != wanted_status:
            wrong.append(f"{name}: status {status}, and {wanted_status} is expected")
        contract = Side(theirs["components"]["schemas"])
        sides = Comparison(contract, Side(ours["components"]["schemas"]), contract)
        for part in ("result", "result_info"):
            if part in wanted["properties"]:
                given = answer["properties"].get(part, {})
                found = sides.misfits(wanted["properties"][part], given, f"/{part}")
                wrong += [f"{name}: {one}" for one in found]

    assert unknown(wrong) == []


def test_every_body_of_the_contract_is_taken(ours, theirs):
    """What the contract allows to send is read; nothing more is required."""
    wrong = []
    for name, mine, published in both(ours, theirs):
        if "requestBody" not in published:
            continue
        contract = Side(theirs["components"]["schemas"])
        sides = Comparison(Side(ours["components"]["schemas"]), contract, contract)
        if "requestBody" not in mine:
            wrong.append(f"{name}: takes no body")
            continue
        found = sides.misfits(content(mine["requestBody"]), content(published["requestBody"]))
        wrong += [f"{name}: {one}" for one in found]

    assert unknown(wrong) == []


def test_the_parameters_of_the_search_are_those_that_are_read():
    """The struct that describes them and the module that reads them name the same."""
    described = set(SearchQuery.__struct_fields__)

    assert described == {*query.FILTERS, *query.PAGING, *IGNORED_PARAMETERS}


async def test_anybody_may_read_it(api):
    """No credential; and not again when nothing changed."""
    first = await api.http.get("/client/v4/openapi.json")
    again = await api.http.get("/client/v4/openapi.json", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, first.headers["content-type"]) == (200, "application/json")
    assert first.json()["openapi"].startswith("3.1")
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_for_people(api, ours):
    """Every operation is on it with a call; it loads nothing and its policy says so; the first page links to it."""
    page = await api.http.get("/client/v4/docs")
    home = await api.http.get("/")

    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith(POLICY)
    assert re.findall(r"<script|src=|href=\"[^/#]|@import|url\(|style=", page.text) == []
    for operation in operations(ours).values():
        assert f'id="{operation["operationId"]}"' in page.text
    assert page.text.count("curl -s") == len(operations(ours))
    assert 'href="/client/v4/docs"' in home.text


PUBLISHED = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "word": {"type": ["string", "null"], "enum": ["A", None]}},
}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"required": []}, "/id: may be absent, and is required"),
        ({"properties": {"id": {"type": "string"}}}, "/word: is not there"),
        (
            {"properties": {**PUBLISHED["properties"], "id": {"type": "integer"}}},
            "/id: integer where string is expected",
        ),
        (
            {"properties": {**PUBLISHED["properties"], "word": {"enum": ["B"]}}},
            "/word: the word 'B' is not expected",
        ),
        (
            {
                "properties": {
                    **PUBLISHED["properties"],
                    "id": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                }
            },
            "/id: null where string is expected",
        ),
    ],
)
def test_the_comparison_notices(change, complaint):
    """What an answer must not have, and a comparison that says so."""
    side = Side({})
    comparison = Comparison(side, Side({"other": {}}), side)

    assert comparison.misfits(PUBLISHED, PUBLISHED) == []
    assert comparison.misfits(PUBLISHED, {**PUBLISHED, **change}) == [complaint]


NOT_EXAMPLES = {
    # About objects that only mail or another call makes.
    "/submissions/{submission_id}",
    "/tokens/{token_id}",
    "/users/{user_id}",
    "/rescans/{rescan_id}",
    "/classifier/",
    # The files that curl would send.
    "/import",
    # A job that has moved nothing cannot be undone, one that runs not be resumed.
    "/bulk/{job_id}/",
}


async def test_the_examples_of_the_page_work(tmp_path, ours):
    """Each call, as it is printed, where the objects that it names exist."""
    components = ours["components"]["schemas"]
    wrong = []
    async with (
        seeded(tmp_path) as (made, _, layer),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(layer),
            base_url="http://lazaretto.test/client/v4",
            headers={"Authorization": f"Bearer {made.write}"},
        ) as http,
    ):
        for path, item in ours["paths"].items():
            for method, operation in item.items():
                if any(part in path for part in NOT_EXAMPLES) or "/email-security" not in path:
                    continue
                line = curl(method.upper(), path, operation, components)
                address = re.search(r'"\$LAZARETTO/client/v4([^"]+)"', line)[1]
                body = re.search(r"-d '(.*)' \\\n", line)
                answer = await http.request(
                    method.upper(),
                    address.replace("$LAZARETTO_ACCOUNT", ACCOUNT),
                    content=None if body is None else body[1].encode(),
                )
                if not answer.is_success:
                    wrong.append(
                        f"{method} {path}: {body and body[1]}: {answer.status_code} {answer.text[:200]}"
                    )

    assert wrong == []
