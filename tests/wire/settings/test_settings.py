"""What all settings have in common: every operation of every kind."""

import json

import pytest

from lazaretto.api.query import MAX_WORDS
from lazaretto.api.routes import CONTRACT
from lazaretto.api.settings.resource import MAX_CHANGES
from tests.helpers.shared import shared
from tests.wire.settings.conftest import BODIES, RESOURCES, another

EVERY = pytest.mark.parametrize("name", RESOURCES)
GOLDEN = {
    "allow_policies": "allow_policy",
    "block_senders": "block_sender",
    "trusted_domains": "trusted_domain",
    "content_policies": "content_policy",
    "impersonation_registry": "impersonation_registry",
    "sending_domain_restrictions": "sending_domain_restriction",
    "url_ignore_patterns": "url_ignore_pattern",
}


@EVERY
async def test_life(desk, name):
    """Created, read, listed, patched, replaced and removed; every answer is what is kept."""
    made = await desk.create(name)
    one = f"{name}/{made['id']}"

    assert BODIES[name] == {field: made[field] for field in BODIES[name]}
    assert made["id"].isdigit()
    assert made == await desk.result("GET", one)
    assert [made] == await desk.all(name)

    note = "notes" if name == "content_policies" else "comments"
    patched = await desk.result("PATCH", one, json={note: "a word"})

    assert {**made, note: "a word"} == {
        **patched,
        **{key: made[key] for key in ("modified_at", "last_modified") if key in made},
    }
    assert patched == await desk.result("GET", one)
    assert made["created_at"] == patched["created_at"] <= patched["modified_at"]

    replaced = await desk.result("PUT", one, json=another(name, 1))

    assert another(name, 1) == {field: replaced[field] for field in BODIES[name]}
    assert replaced[note] is None
    assert {"id": made["id"]} == await desk.result("DELETE", one)
    assert [] == await desk.all(name)
    assert 404 == (await desk.call("GET", one)).status_code


@EVERY
async def test_golden_shape(desk, name):
    """The fields and types of an answer are those that were checked against all SDKs."""
    examples = json.loads(shared("contract/superset_examples.json").read_text())
    (example,) = (value for key, value in examples.items() if f".{GOLDEN[name]}_get_response." in key)
    made = await desk.create(name)

    assert sorted(example) == sorted(made)
    for field, value in example.items():
        assert value is None or type(value) is type(made[field]), field


@EVERY
async def test_an_answer_to_a_repeated_post_says_where_the_entry_is(desk, name):
    """Repeating is visible and harmless."""
    made = await desk.create(name)
    answer = await desk.call("POST", name, json=BODIES[name])

    assert (400, 1301) == (answer.status_code, answer.json()["errors"][0]["code"])
    assert f"entry {made['id']}" in answer.json()["errors"][0]["message"]
    assert [made] == await desk.all(name)


@EVERY
async def test_unknown_ids(desk, name):
    """404 with the name that the path has for it, whatever stands there."""
    (key,) = {
        entry.path.rpartition("{")[2].rstrip("}")
        for entry in CONTRACT
        if f"/settings/{name}/{{" in entry.path and entry.method == "GET"
    }
    for reference in ("999", "0", "-1", "1e3", "x" * 300, "9" * 17, "%00", "١"):
        for method in ("GET", "PATCH", "PUT", "DELETE"):
            body = {"json": BODIES[name]} if method in {"PATCH", "PUT"} else {}

            assert (404, 1300, key) == await desk.refused(method, f"{name}/{reference}", **body)


@EVERY
async def test_nothing_of_another_account(desk, name):
    """Its ids are unknown here, alone and in batches; its entries are in no list, and stay as they are."""
    made = await desk.create(name)
    other = desk.api.world.other
    base = f"/client/v4/accounts/{'f' * 32}/email-security/settings/{name}"
    headers = {"Authorization": f"Bearer {other}"}
    for method, body in (("GET", None), ("PATCH", {}), ("PUT", BODIES[name]), ("DELETE", None)):
        answer = await desk.api.http.request(method, f"{base}/{made['id']}", headers=headers, json=body)

        assert 404 == answer.status_code
        assert 1300 == answer.json()["errors"][0]["code"]
    for verb, item in (("deletes", {}), ("patches", {}), ("puts", BODIES[name])):
        batch = {"deletes": [], "patches": [], "puts": [], "posts": []}
        batch[verb] = [{"id": made["id"], **item}]
        answer = await desk.api.http.post(f"{base}/batch", headers=headers, json=batch)

        assert (404, f"/{verb}/0/id") == (
            answer.status_code,
            answer.json()["errors"][0]["source"]["pointer"],
        )
    listed = await desk.api.http.get(base, headers=headers)

    assert [] == listed.json()["result"]
    assert 403 == (await desk.call("GET", f"{name}/{made['id']}", token=other)).status_code
    assert made == await desk.result("GET", f"{name}/{made['id']}")


@EVERY
async def test_a_reader_only_reads(desk, name):
    """GET needs READ, all else POLICY."""
    made = await desk.create(name)
    token = desk.api.world.read
    empty = {"deletes": [], "patches": [], "puts": [], "posts": []}

    assert [made] == await desk.result("GET", name, token=token)
    for method, path, body in (
        ("POST", name, another(name, 1)),
        ("POST", f"{name}/batch", empty),
        ("POST", f"{name}/import", None),
        ("PATCH", f"{name}/{made['id']}", {}),
        ("PUT", f"{name}/{made['id']}", another(name, 1)),
        ("DELETE", f"{name}/{made['id']}", None),
    ):
        assert 403 == (await desk.call(method, path, json=body, token=token)).status_code
    assert [made] == await desk.all(name)


@EVERY
async def test_pages(desk, name):
    """Every entry once, then empty pages; the counts are right."""
    for number in range(5):
        await desk.result("POST", name, status=201, json=another(name, number))
    pages = [
        (await desk.call("GET", name, params={"page": page, "per_page": 2})).json() for page in range(1, 5)
    ]

    assert [2, 2, 1, 0] == [len(page["result"]) for page in pages]
    assert 5 == len({row["id"] for page in pages for row in page["result"]})
    assert {
        "count": 1,
        "page": 3,
        "per_page": 2,
        "total_count": 5,
        "total_pages": 3,
        "next": None,
        "previous": None,
    } == pages[2]["result_info"]


@EVERY
async def test_orders(desk, name):
    """By creation unless asked otherwise, both ways."""
    ids = [
        (await desk.result("POST", name, status=201, json=another(name, number)))["id"]
        for number in (3, 1, 2)
    ]
    field = {"content_policies": "name", "sending_domain_restrictions": "domain"}.get(name, "pattern")
    field = "email" if name == "impersonation_registry" else field

    async def order(**query):
        return [row["id"] for row in await desk.all(name, **query)]

    assert ids == await order()
    assert ids == await order(order="created_at", direction="asc")
    assert ids[::-1] == await order(direction="desc")
    if name != "content_policies":
        assert [ids[1], ids[2], ids[0]] == await order(order=field)
        assert [ids[0], ids[2], ids[1]] == await order(order=field, direction="desc")


@EVERY
async def test_bad_queries(desk, name):
    """400 with the name of the parameter."""
    words = "+".join(f"w{number}" for number in range(MAX_WORDS + 1))
    for query, code in (
        ("page=0", 1004),
        ("per_page=1001", 1004),
        ("order=colour", 1003),
        ("direction=up", 1003),
        (f"search={words}", 1004),
        ("search=%00", 1000),
    ):
        assert (400, code, query.split("=")[0]) == await desk.refused("GET", f"{name}?{query}")


@EVERY
async def test_every_required_field(desk, name):
    """Without one of them POST and PUT are refused, and the field is named."""
    made = await desk.create(name)
    for field in BODIES[name]:
        body = {key: value for key, value in BODIES[name].items() if key != field}

        assert (400, 1002, f"/{field}") == await desk.refused("POST", name, json=body)
        assert (400, 1002, f"/{field}") == await desk.refused("PUT", f"{name}/{made['id']}", json=body)


@EVERY
async def test_wrong_types(desk, name):
    """Each field with each kind of JSON value that it cannot have: refused, and the field is named."""
    made = await desk.create(name)
    wrong = {
        "str": [1, True, [], {}, None],
        "bool": [1, "true", [], {}, None],
        "list": [1, "x", {}, None, [1]],
    }
    for field, good in BODIES[name].items():
        for bad in wrong[type(good).__name__]:
            for method, path in (
                ("POST", name),
                ("PUT", f"{name}/{made['id']}"),
                ("PATCH", f"{name}/{made['id']}"),
            ):
                status, _, pointer = await desk.refused(method, path, json={**BODIES[name], field: bad})

                assert 400 == status
                assert f"/{field}" == pointer or f"/{field}/0" == pointer
    assert made == await desk.result("GET", f"{name}/{made['id']}")


@EVERY
async def test_bodies_that_are_none(desk, name):
    """What is no JSON object is refused with a reason."""
    for path in (name, f"{name}/batch"):
        for body in (b"", b"{", b"null", b"7", b'"x"', b"[7]", b"\xff", b"[" * 5000):
            status, code, _ = await desk.refused("POST", path, content=body)

            assert 400 == status
            assert 1000 <= code <= 1004


@EVERY
async def test_texts_that_no_database_takes(desk, name):
    """NUL is refused with its field, half a character in the JSON already, also inside patterns."""
    for field, good in BODIES[name].items():
        if isinstance(good, str) and field != "pattern_type":
            assert (400, 1000, f"/{field}") == await desk.refused(
                "POST", name, json={**BODIES[name], field: f"{good}\0"}
            )
    half = json.dumps(BODIES[name]).replace("b.test", "\\ud800b.test").encode()
    if b"ud800" in half:
        assert 400 == (await desk.refused("POST", name, content=half))[0]


@pytest.mark.parametrize("name", [name for name in RESOURCES if name != "content_policies"])
async def test_comments_have_an_end(desk, name):
    """1,024 characters are taken and come back, one more is refused; content policies have notes instead."""
    made = await desk.create(name, comments="ü" * 1024)

    assert "ü" * 1024 == made["comments"]
    assert (400, 1004, "/comments") == await desk.refused(
        "PATCH", f"{name}/{made['id']}", json={"comments": "ü" * 1025}
    )
    assert (await desk.result("PATCH", f"{name}/{made['id']}", json={"comments": None}))["comments"] is None


@EVERY
async def test_batch(desk, name):
    """Deletes, patches, puts, posts: in this order, ids as text or number, results where they were asked."""
    made = [await desk.result("POST", name, status=201, json=another(name, number)) for number in range(3)]
    note = "notes" if name == "content_policies" else "comments"
    result = await desk.result(
        "POST",
        f"{name}/batch",
        json={
            "posts": [another(name, 1), another(name, 7)],
            "puts": [{"id": int(made[2]["id"]), **another(name, 0)}],
            "patches": [{"id": made[1]["id"], note: "first", **_moved(name)}],
            "deletes": [{"id": made[0]["id"]}],
        },
    )

    assert [{"id": made[0]["id"]}] == result["deletes"]
    assert [("first", made[1]["id"])] == [(row[note], row["id"]) for row in result["patches"]]
    assert [made[2]["id"]] == [row["id"] for row in result["puts"]]
    assert [another(name, 1), another(name, 7)] == [
        {field: row[field] for field in BODIES[name]} for row in result["posts"]
    ]
    assert [*result["patches"], *result["puts"], *result["posts"]] == await desk.all(name)


def _moved(name):
    """Makes room for what the posts of the batch bring."""
    old, new = another(name, 1), another(name, 5)
    return {field: value for field, value in new.items() if value != old[field]}


@EVERY
@pytest.mark.parametrize(
    ("verb", "item", "code", "pointer"),
    [
        ("posts", lambda good: {**good, next(iter(good)): 7}, 1000, "/posts/1/{first}"),
        ("posts", lambda good: {}, 1002, "/posts/1/{first}"),
        ("puts", lambda good: good, 1002, "/puts/1/id"),
        ("puts", lambda good: {**good, "id": "999"}, 1300, "/puts/1/id"),
        ("patches", lambda good: {"id": 999}, 1300, "/patches/1/id"),
        ("patches", lambda good: {"id": "one"}, 1300, "/patches/1/id"),
        ("patches", lambda good: {"id": None}, 1000, "/patches/1/id"),
        ("deletes", lambda good: {"id": True}, 1000, "/deletes/1/id"),
        ("deletes", lambda good: {"id": 1}, 1300, "/deletes/1/id"),
        ("deletes", lambda good: {}, 1002, "/deletes/1/id"),
    ],
)
async def test_one_bad_entry_undoes_a_batch(desk, name, verb, item, code, pointer):
    """Nothing is changed, and the refusal names the entry and the field."""
    kept = [await desk.create(name), await desk.result("POST", name, status=201, json=another(name, 1))]
    good = {
        "posts": another(name, 7),
        "puts": {**another(name, 8), "id": kept[1]["id"]},
        "patches": {"id": kept[1]["id"]},
        "deletes": {"id": kept[0]["id"]},
    }
    batch = {each: [entry] for each, entry in good.items()}
    batch[verb].append(item(BODIES[name]))
    status, found, where = await desk.refused("POST", f"{name}/batch", json=batch)

    assert (404 if code == 1300 else 400, code) == (status, found)
    assert pointer.format(first=next(iter(BODIES[name]))) == where
    assert kept == await desk.all(name)


@EVERY
async def test_a_batch_has_all_four_arrays(desk, name):
    """Each must be there, and be an array."""
    empty = {"deletes": [], "patches": [], "puts": [], "posts": []}

    assert empty == await desk.result("POST", f"{name}/batch", json=empty)
    for verb in empty:
        rest = {key: value for key, value in empty.items() if key != verb}

        assert (400, 1002, f"/{verb}") == await desk.refused("POST", f"{name}/batch", json=rest)
        assert (400, 1000, f"/{verb}") == await desk.refused("POST", f"{name}/batch", json={**rest, verb: {}})


async def test_a_batch_has_an_end(desk):
    """The number of changes is bounded, and the refusal tells the bound."""
    batch = {"deletes": [{"id": 1}] * (MAX_CHANGES + 1), "patches": [], "puts": [], "posts": []}
    answer = await desk.call("POST", "block_senders/batch", json=batch)

    assert 400 == answer.status_code
    assert str(MAX_CHANGES) in answer.json()["errors"][0]["message"]


@EVERY
async def test_search(desk, name):
    """Free text over what an entry says."""
    note = "notes" if name == "content_policies" else "comments"
    made = await desk.create(name, **{note: "Überfällige RECHNUNG"})
    await desk.result("POST", name, status=201, json=another(name, 1))

    assert [made] == await desk.all(name, search="rechnung überFÄLL")
    assert [] == await desk.all(name, search="rechnung nothing")
    assert 2 == len(await desk.all(name, search=""))


@EVERY
async def test_octets_that_are_no_text_where_nobody_looks(desk, name):
    """A field that we do not know may not hold them either."""
    good = json.dumps(BODIES[name]).encode()
    octets = good[:-1] + b', "unknown": "\xff"}'

    assert (400, 1001, "") == await desk.refused("POST", name, content=octets)
