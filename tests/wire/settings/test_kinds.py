"""What only one kind of settings has: names, filters, forms, and what may not be listed."""

import pytest

from lazaretto.api.settings.resource import MAX_CHANGES
from lazaretto.policy.entries import MAX_EXCLUDED, MAX_NODE, MAX_NOTES, MAX_TITLE
from tests.wire.settings.conftest import BODIES, another

OLD = {
    "is_sender": "is_trusted_sender",
    "is_recipient": "is_exempt_recipient",
    "is_spoof": "is_acceptable_sender",
}


@pytest.mark.parametrize(("old", "new"), OLD.items())
async def test_older_names_of_an_allow_policy(desk, old, new):
    """Either name is taken, both are answered; null for the older one counts as not given."""
    body = {key: value for key, value in BODIES["allow_policies"].items() if key != new}
    made = await desk.result("POST", "allow_policies", status=201, json={**body, old: True})
    one = f"allow_policies/{made['id']}"

    assert (True, True) == (made[old], made[new])

    made = await desk.result("PATCH", one, json={old: False})

    assert (False, False) == (made[old], made[new])

    made = await desk.result("PATCH", one, json={old: None, new: True})

    assert (True, True) == (made[old], made[new])

    made = await desk.result("PUT", one, json={**body, old: False, new: False})

    assert (False, False) == (made[old], made[new])


@pytest.mark.parametrize(("old", "new"), OLD.items())
async def test_two_names_that_differ(desk, old, new):
    """Refused, with the older name; also inside a batch."""
    made = await desk.create("allow_policies")
    differing = {old: True, new: False}

    assert (400, 1000, f"/{old}") == await desk.refused(
        "POST", "allow_policies", json={**another("allow_policies", 1), **differing}
    )
    assert (400, 1000, f"/{old}") == await desk.refused(
        "PATCH", f"allow_policies/{made['id']}", json=differing
    )
    batch = {"deletes": [], "patches": [{"id": made["id"], **differing}], "puts": [], "posts": []}

    assert (400, 1000, f"/patches/0/{old}") == await desk.refused("POST", "allow_policies/batch", json=batch)
    assert made == await desk.result("GET", f"allow_policies/{made['id']}")


@pytest.mark.parametrize("name", ["allow_policies", "block_senders"])
@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"pattern_type": "UNKNOWN"}, 1003, "/pattern_type"),
        ({"pattern_type": "UNKNOWN", "is_regex": True}, 1003, "/pattern_type"),
        ({"pattern_type": "email"}, 1003, "/pattern_type"),
        ({"pattern": "no-address"}, 1000, "/pattern"),
        ({"pattern_type": "DOMAIN"}, 1000, "/pattern"),
        ({"pattern": "192.168.0.1", "pattern_type": "IP"}, 1000, "/pattern"),
        ({"pattern": "::ffff:10.0.0.1", "pattern_type": "IP"}, 1000, "/pattern"),
        ({"pattern": "1.2.3.4/8", "pattern_type": "IP"}, 1000, "/pattern"),
        ({"pattern": "a(b", "is_regex": True}, 1000, "/pattern"),
        ({"pattern": "a(?=b)", "is_regex": True}, 1000, "/pattern"),
        ({"pattern": ""}, 1000, "/pattern"),
    ],
)
async def test_patterns_that_are_none(desk, name, fields, code, pointer):
    """Each with its field; a patch is looked at together with what stays."""
    made = await desk.create(name)

    assert (400, code, pointer) == await desk.refused("POST", name, json={**BODIES[name], **fields})
    assert (400, code, pointer) == await desk.refused("PATCH", f"{name}/{made['id']}", json=fields)


async def test_the_place_of_a_mistake_in_a_regular_expression(desk):
    """The refusal counts to the character."""
    answer = await desk.call(
        "POST", "block_senders", json={**BODIES["block_senders"], "pattern": "abc(d", "is_regex": True}
    )

    assert "character 4" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("name", ["allow_policies", "block_senders"])
@pytest.mark.parametrize(
    "fields",
    [
        {"pattern": "b.test", "pattern_type": "DOMAIN"},
        {"pattern": "192.0.2.0/24", "pattern_type": "IP"},
        {"pattern": "2606:4700:4700::1111", "pattern_type": "IP"},
        {"pattern": "2606:4700:4700::/48", "pattern_type": "IP"},
        {"pattern": r"^x.*@b\.test$", "pattern_type": "DOMAIN", "is_regex": True},
        {"pattern": " Ann@B.TEST "},
    ],
)
async def test_patterns_come_back_as_they_were_written(desk, name, fields):
    """Whoever manages settings by a tool must read what it wrote."""
    made = await desk.create(name, **fields)

    assert fields == {key: made[key] for key in fields}


async def test_filters_of_patterns(desk):
    """Exact patterns, types and flags; several narrow further; types without regard to case."""
    first = await desk.create("allow_policies")
    second = await desk.create(
        "allow_policies",
        pattern="b.test",
        pattern_type="DOMAIN",
        verify_sender=False,
        is_exempt_recipient=True,
    )

    assert [first] == await desk.all("allow_policies", pattern="A@b.test")
    assert [] == await desk.all("allow_policies", pattern="b")
    assert [second] == await desk.all("allow_policies", pattern_type="domain")
    assert [second] == await desk.all("allow_policies", verify_sender="false")
    assert [first] == await desk.all("allow_policies", is_trusted_sender="true", is_exempt_recipient="0")
    assert [] == await desk.all("allow_policies", is_acceptable_sender="true")
    assert (400, 1000, "verify_sender") == await desk.refused("GET", "allow_policies?verify_sender=maybe")
    assert (400, 1003, "pattern_type") == await desk.refused("GET", "allow_policies?pattern_type=X")


async def test_many_trusted_domains_at_once(desk):
    """An array gives an array, in its order, all or none."""
    bodies = [another("trusted_domains", number) for number in range(3)]
    made = await desk.result("POST", "trusted_domains", status=201, json=bodies)

    assert [body["pattern"] for body in bodies] == [row["pattern"] for row in made]
    assert [] == await desk.result("POST", "trusted_domains", status=201, json=[])
    assert (400, 1301, "/1/pattern") == await desk.refused(
        "POST", "trusted_domains", json=[another("trusted_domains", 9), bodies[1]]
    )
    assert (400, 1000, "/0/pattern") == await desk.refused(
        "POST", "trusted_domains", json=[{**bodies[0], "pattern": "a b"}]
    )
    bare = {"pattern": "x.test", "is_regex": False}

    assert (400, 1002, "/1/is_recent") == await desk.refused(
        "POST", "trusted_domains", json=[another("trusted_domains", 9), bare]
    )
    assert (400, 1004, "") == await desk.refused(
        "POST", "trusted_domains", json=[bodies[0]] * (MAX_CHANGES + 1)
    )
    assert made == await desk.all("trusted_domains")


async def test_filters_of_trusted_domains(desk):
    """By flag."""
    first = await desk.create("trusted_domains")
    second = await desk.create("trusted_domains", pattern="c.test", is_recent=False, is_similarity=True)

    assert [first] == await desk.all("trusted_domains", is_recent="true")
    assert [second] == await desk.all("trusted_domains", is_similarity="true")
    assert [second] == await desk.all("trusted_domains", pattern="c.test")


async def test_content_policies(desk):
    """Filters, order by name, and what may not be written."""
    first = await desk.create("content_policies", name="zeta", enabled=False, notes="n")
    second = await desk.create("content_policies", name="Alpha", pattern="b", targets=["BODY"])

    assert [second, first] == await desk.all("content_policies", order="name")
    assert [first] == await desk.all("content_policies", enabled="false")
    assert [second] == await desk.all("content_policies", name="alpha")
    for fields, code, pointer in (
        ({"targets": []}, 1000, "/targets"),
        ({"targets": ["BODY", "BODY"]}, 1000, "/targets"),
        ({"targets": ["HEADER"]}, 1003, "/targets/0"),
        ({"name": " "}, 1000, "/name"),
        ({"name": "n" * (MAX_TITLE + 1)}, 1004, "/name"),
        ({"notes": "n" * (MAX_NOTES + 1)}, 1004, "/notes"),
        ({"pattern": "(a"}, 1000, "/pattern"),
    ):
        assert (400, code, pointer) == await desk.refused(
            "PATCH", f"content_policies/{first['id']}", json=fields
        )


async def test_people(desk):
    """Several addresses for one name, filter by origin, null for an origin, numbers of directories."""
    first = await desk.create("impersonation_registry", directory_id=7, directory_node_id=2**53 - 1)
    second = await desk.create(
        "impersonation_registry",
        email=".*@example\\.com",
        is_email_regex=True,
        provenance="SNOOPY-OFFICE_365",
        external_directory_node_id="node",
    )

    assert "A1S_INTERNAL" == first["provenance"]
    assert (7, 2**53 - 1) == (first["directory_id"], first["directory_node_id"])
    assert [second] == await desk.all("impersonation_registry", provenance="SNOOPY-OFFICE_365")
    changed = await desk.result("PATCH", f"impersonation_registry/{second['id']}", json={"provenance": None})

    assert "A1S_INTERNAL" == changed["provenance"]
    for fields, code, pointer in (
        ({"directory_id": -1}, 1000, "/directory_id"),
        ({"directory_id": 2**53}, 1000, "/directory_id"),
        ({"directory_id": 1.5}, 1000, "/directory_id"),
        ({"provenance": "ELSEWHERE"}, 1003, "/provenance"),
        ({"external_directory_node_id": "n" * (MAX_NODE + 1)}, 1004, "/external_directory_node_id"),
        ({"name": "x"}, 1000, "/name"),
        ({"email": "nobody"}, 1000, "/email"),
    ):
        assert (400, code, pointer) == await desk.refused(
            "PATCH", f"impersonation_registry/{first['id']}", json=fields
        )


async def test_restrictions(desk):
    """Excluded subdomains come back in their order; each is looked at."""
    made = await desk.create("sending_domain_restrictions", exclude=["z.b.test", "A.b.test"])

    assert ["z.b.test", "A.b.test"] == made["exclude"]
    for exclude, code, pointer in (
        (["ok.b.test", "not a domain"], 1000, "/exclude/1"),
        (["x.b.test"] * (MAX_EXCLUDED + 1), 1004, "/exclude"),
        ([1], 1000, "/exclude/0"),
        (["x\0.b.test"], 1000, "/exclude/0"),
    ):
        assert (400, code, pointer) == await desk.refused(
            "PATCH", f"sending_domain_restrictions/{made['id']}", json={"exclude": exclude}
        )


async def test_unknown_fields_are_ignored(desk):
    """Newer clients send fields that we never heard of."""
    made = await desk.create("block_senders", colour="red", id="77", created_at="2020-01-01T00:00:00Z")

    assert "77" != made["id"]
    assert "colour" not in made
