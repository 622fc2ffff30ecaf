"""`settings/domains`: every method with the official SDK and strict validation, and what is refused where."""

import cloudflare
import httpx
import pytest

from lazaretto.api import codes
from lazaretto.api.app import build_api
from lazaretto.api.settings import domain_shelf
from lazaretto.model.account import NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.store.domains import add_domain, find_domain, set_domain
from tests.wire.samples import ACCOUNT

NEW = {
    "domain": "new.example",
    "allowed_delivery_modes": ["DIRECT", "RETRO_SCAN"],
    "drop_dispositions": ["SPAM", "MALICIOUS"],
    "ip_restrictions": ["192.0.2.7/24", "2001:DB8::/32", "10.0.0.1"],
    "regions": ["GLOBAL"],
}
WISHES = {
    "folder": "Inbox",
    "integration_id": "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e",
    "lookback_hops": 3,
    "require_tls_inbound": True,
    "require_tls_outbound": False,
    "transport": "smtp:[Mail.example.com]:2525",
}
WITHOUT_NAME = {key: value for key, value in NEW.items() if key != "domain"}


@pytest.fixture
async def group(api):
    transport = httpx.ASGITransport(build_api(api.services))
    async with httpx.AsyncClient(transport=transport) as http:
        client = cloudflare.AsyncCloudflare(
            api_token=api.world.write,
            base_url="http://lazaretto.test/client/v4",
            http_client=http,
            max_retries=0,
            _strict_response_validation=True,
        )
        yield client.email_security.settings.domains


@pytest.fixture
async def domain(desk):
    """A new domain with all wishes."""
    return await desk.result("POST", "domains", status=201, json={**NEW, **WISHES})


async def stored(api, name):
    return await api.world.database.read(lambda tx: find_domain(tx, name))


async def test_every_method_of_the_sdk(group):
    """create, get, list, edit, update and delete; what is written is read again letter for letter."""
    made = await group.create(account_id=ACCOUNT, **NEW, **WISHES)
    read = await group.get(made.id, account_id=ACCOUNT)
    written = {**NEW, **WISHES}

    assert written == {key: made.to_dict()[key] for key in written}
    assert made.to_dict() == read.to_dict() | {"emails_processed": made.to_dict()["emails_processed"]}
    assert ("PENDING", False, 0) == (
        made.status,
        made.authorization.authorized,
        made.emails_processed.total_emails_processed,
    )

    edited = await group.edit(made.id, account_id=ACCOUNT, lookback_hops=9, drop_dispositions=[])
    assert (9, [], NEW["ip_restrictions"]) == (
        edited.lookback_hops,
        edited.drop_dispositions,
        edited.ip_restrictions,
    )
    replaced = await group.update(made.id, account_id=ACCOUNT, **WITHOUT_NAME)
    assert (None, None, None, ["SPAM", "MALICIOUS"]) == (
        replaced.lookback_hops,
        replaced.transport,
        replaced.folder,
        replaced.drop_dispositions,
    )

    found = [
        row.domain async for row in group.list(account_id=ACCOUNT, status="PENDING", domain=["new.example"])
    ]
    assert ["new.example"] == found
    assert made.id == (await group.delete(made.id, account_id=ACCOUNT)).id
    with pytest.raises(cloudflare.NotFoundError) as refused:
        await group.get(made.id, account_id=ACCOUNT)
    assert codes.NO_SETTING == refused.value.errors[0].code


async def test_the_pager_ends(group):
    """It counts pages until an empty one, and sees everything once."""
    names = ["example.com"]
    for number in range(4):
        names.append(f"d{number}.example")
        await group.create(account_id=ACCOUNT, **{**NEW, "domain": names[-1]})

    assert names == [row.domain async for row in group.list(account_id=ACCOUNT, per_page=2)]
    backwards = group.list(account_id=ACCOUNT, order="domain", direction="desc")
    assert sorted(names, reverse=True) == [row.domain async for row in backwards]


async def test_batch_of_the_sdk(group):
    """All four arrays, each answered in its order."""
    ids = [
        (await group.create(account_id=ACCOUNT, **{**NEW, "domain": f"d{n}.example"})).id for n in range(3)
    ]
    made = await group.batch(
        account_id=ACCOUNT,
        deletes=[{"id": ids[0]}],
        patches=[{"id": ids[1], "lookback_hops": 4}],
        puts=[{"id": ids[2], **WITHOUT_NAME}],
        posts=[{**NEW, "domain": "d0.example"}],
    )

    assert ([ids[0]], [ids[1]], [ids[2]]) == (
        [row.id for row in made.deletes],
        [row.id for row in made.patches],
        [row.id for row in made.puts],
    )
    assert (4, "d0.example") == (made.patches[0].lookback_hops, made.posts[0].domain)
    assert made.posts[0].id not in ids


async def test_bulk_delete_of_the_sdk(group):
    """With ids in the body, in each form; without a body nothing is removed."""
    ids = [
        (await group.create(account_id=ACCOUNT, **{**NEW, "domain": f"d{n}.example"})).id for n in range(6)
    ]
    removed = []
    for body in ({"ids": ids[:2]}, [{"id": ids[2]}, {"id": int(ids[3])}], ids[4:]):
        with pytest.warns(DeprecationWarning, match="deprecated"):
            page = await group.bulk_delete(account_id=ACCOUNT, extra_body=body)
        removed += [row.id for row in page.result]
    with (
        pytest.raises(cloudflare.BadRequestError) as refused,
        pytest.warns(DeprecationWarning, match="deprecated"),
    ):
        await group.bulk_delete(account_id=ACCOUNT)

    assert ids == removed
    assert codes.MISSING_FIELD == refused.value.errors[0].code
    assert ["example.com"] == [row.domain async for row in group.list(account_id=ACCOUNT)]


async def test_a_new_domain_waits_to_be_proven(desk, domain):
    """The TXT record is named; the domain is not authorised."""
    shown = await desk.result("GET", f"domains/{domain['id']}/verification")
    value = shown.pop("txt_record_value")

    assert {
        "status": "PENDING",
        "txt_record_name": "_cf-email-sec-challenge.new.example",
        "last_checked_at": None,
    } == shown
    assert value.startswith("lazaretto-verification=")
    assert "_cf-email-sec-challenge.new.example" in domain["authorization"]["status_message"]


async def test_a_domain_of_the_command_line(api, desk):
    """It is active, and shows its next hop and its orders in the words of the API."""
    hop = NextHop("::1", 24, "lmtp", "required")
    await api.world.database.write(
        lambda tx: add_domain(tx, ACCOUNT, "cli.example", hop, now=api.services.now())
    )
    (shown,) = await desk.all("domains", search="CLI", status="active")

    assert ("ACTIVE", "lmtp://[::1]", True, ["GLOBAL"]) == (
        shown["status"],
        shown["transport"],
        shown["require_tls_outbound"],
        shown["regions"],
    )
    assert ["MALICIOUS", "MALICIOUS-BEC", "SUSPICIOUS", "SPOOF", "SPAM"] == shown["drop_dispositions"]
    assert ["DIRECT", "BCC", "JOURNAL", "API", "RETRO_SCAN"] == shown["allowed_delivery_modes"]
    assert {"authorized": True, "status_message": None} == {
        key: shown["authorization"][key] for key in ("authorized", "status_message")
    }
    assert "lookback_hops" not in shown


async def test_finer_words_stay_until_they_are_overwritten(api, desk):
    """A patch of something else keeps the orders and the next hop of the command line; one of them does not."""
    database, (shown,) = api.world.database, await desk.all("domains", domain="example.com")
    before = await stored(api, "example.com")
    policy = before.policy
    fine = NextHop("mail.example.com", 2525, "smtp", "off")
    await database.write(lambda tx: set_domain(tx, ACCOUNT, "example.com", fine, policy))
    path = f"domains/{shown['id']}"

    await desk.result("PATCH", path, json={"lookback_hops": 2, "transport": "mail.example.com:2525"})
    kept = await stored(api, "example.com")
    assert (fine, policy, None) == (kept.next_hop, kept.policy, kept.transport)

    await desk.result("PATCH", path, json={"transport": "other.example", "drop_dispositions": ["BULK"]})
    changed = await stored(api, "example.com")
    assert NextHop("other.example", 25, "smtp", "off") == changed.next_hop
    assert (Order.QUARANTINE, Order.TAG) == (
        changed.policy.order_for(Disposition.BULK),
        changed.policy.order_for(Disposition.SPAM),
    )

    await desk.result("PATCH", path, json={"transport": None, "require_tls_outbound": True})
    bare = await stored(api, "example.com")
    assert (None, True) == (bare.next_hop, bare.require_tls_outbound)


async def test_tls_of_the_command_line_is_taken_back(api, desk, domain):
    """Required towards the next hop reads as true, and writing false ends it."""
    required = NextHop("mail.example.com", 25, "smtp", "required")
    old = await stored(api, "new.example")
    await api.world.database.write(lambda tx: set_domain(tx, ACCOUNT, "new.example", required, old.policy))
    path = f"domains/{domain['id']}"
    assert (await desk.result("GET", path))["require_tls_outbound"]

    shown = await desk.result("PATCH", path, json={"require_tls_outbound": False})
    after = await stored(api, "new.example")
    assert (False, "opportunistic", False) == (
        shown["require_tls_outbound"],
        after.next_hop.tls,
        after.require_tls_outbound,
    )


async def test_the_name_is_brought_to_one_form(api, desk):
    """Upper case, a final dot and other alphabets become the A-label."""
    made = await desk.result("POST", "domains", status=201, json={**NEW, "domain": " BÜCHER.Example. "})
    same = await desk.result("PATCH", f"domains/{made['id']}", json={"domain": "bücher.example"})

    assert "xn--bcher-kva.example" == made["domain"] == same["domain"]
    assert [made["id"]] == [row["id"] for row in await desk.all("domains", domain="Bücher.example")]


async def test_a_taken_name_does_not_tell_whose_it_is(desk, domain):
    """The same refusal for a name of this account and for one of another."""
    refused = [
        await desk.refused("POST", "domains", json={**NEW, "domain": name})
        for name in ("example.com", "example.org", "new.example")
    ]
    answer = await desk.call("POST", "domains", json={**NEW, "domain": "example.org"})

    assert [(400, codes.DUPLICATE, "/domain")] * 3 == refused
    assert "The domain example.org is taken" == answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"domain": "domain"}, "/domain"),
        ({"domain": ""}, "/domain"),
        ({"domain": "a..example"}, "/domain"),
        ({"domain": "-a.example"}, "/domain"),
        ({"domain": "192.0.2.1"}, "/domain"),
        ({"domain": "ann@example.net"}, "/domain"),
        ({"domain": "x" * 256}, "/domain"),
        ({"domain": f"{'x' * 63}.{'x' * 63}.{'x' * 63}.{'x' * 63}"}, "/domain"),
        ({"domain": 7}, "/domain"),
        ({"allowed_delivery_modes": []}, "/allowed_delivery_modes"),
        ({"allowed_delivery_modes": ["DIRECT"] * 11}, "/allowed_delivery_modes"),
        ({"allowed_delivery_modes": ["DIRECT", "FAX"]}, "/allowed_delivery_modes/1"),
        ({"allowed_delivery_modes": "DIRECT"}, "/allowed_delivery_modes"),
        ({"drop_dispositions": ["SPAM"] * 11}, "/drop_dispositions"),
        ({"drop_dispositions": ["HAM"]}, "/drop_dispositions/0"),
        ({"ip_restrictions": ["192.0.2.1"] * 101}, "/ip_restrictions"),
        ({"ip_restrictions": ["192.0.2.1", "192.0.2.0/33"]}, "/ip_restrictions/1"),
        ({"ip_restrictions": ["mail.example.com"]}, "/ip_restrictions/0"),
        ({"ip_restrictions": ["1" * 65]}, "/ip_restrictions/0"),
        ({"regions": []}, "/regions"),
        ({"regions": ["MARS"]}, "/regions/0"),
        ({"folder": "Junk"}, "/folder"),
        ({"integration_id": "x" * 256}, "/integration_id"),
        ({"lookback_hops": 0}, "/lookback_hops"),
        ({"lookback_hops": 21}, "/lookback_hops"),
        ({"require_tls_inbound": "yes"}, "/require_tls_inbound"),
        ({"require_tls_outbound": 1}, "/require_tls_outbound"),
        ({"transport": "http://mail"}, "/transport"),
        ({"transport": "mail:0"}, "/transport"),
        ({"transport": "x" * 301}, "/transport"),
    ],
)
async def test_wrong_values_name_their_place(desk, domain, wrong, pointer):
    """In a new domain, in a patch, in a replacement and in a batch; nothing changes."""
    path, all_before = f"domains/{domain['id']}", await desk.all("domains")
    body = {**NEW, "domain": "other.example", **wrong}
    batch = {"deletes": [{"id": domain["id"]}], "patches": [], "puts": [], "posts": [body]}
    refused = [
        await desk.refused("POST", "domains", json=body),
        await desk.refused("PATCH", path, json=wrong),
        await desk.refused("PUT", path, json={**WITHOUT_NAME, **wrong}),
    ]
    in_batch = await desk.refused("POST", "domains/batch", json=batch)

    assert {(400, pointer)} == {(status, place) for status, _, place in refused}
    assert (400, f"/posts/0{pointer}") == in_batch[::2]
    assert [row["id"] for row in all_before] == [row["id"] for row in await desk.all("domains")]


@pytest.mark.parametrize("field", sorted(NEW))
async def test_what_is_required(desk, domain, field):
    """A new domain needs all five, a replacement all but the name."""
    body = {key: value for key, value in NEW.items() if key != field}
    refused = await desk.refused("POST", "domains", json=body)
    answer = await desk.call("PUT", f"domains/{domain['id']}", json=body)

    assert (400, codes.MISSING_FIELD, f"/{field}") == refused
    assert (200 if field == "domain" else 400) == answer.status_code


async def test_the_name_stays(desk, domain):
    """By PATCH, by PUT and in a batch."""
    path = f"domains/{domain['id']}"
    puts = [{"id": domain["id"], **NEW, "domain": "other.example"}]

    assert (400, codes.GENERIC, "/domain") == await desk.refused("PATCH", path, json={"domain": "x.example"})
    assert (400, codes.GENERIC, "/domain") == await desk.refused(
        "PUT", path, json={**NEW, "domain": "other.example"}
    )
    assert (400, codes.GENERIC, "/puts/0/domain") == await desk.refused(
        "POST", "domains/batch", json={"deletes": [], "patches": [], "posts": [], "puts": puts}
    )
    assert NEW["domain"] == (await desk.result("PUT", path, json=NEW))["domain"]


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b"", 400, "/ids"),
        (b"[]", 400, "/ids"),
        (b'{"ids": []}', 400, "/ids"),
        (b"{}", 400, "/ids"),
        (b"nonsense", 400, ""),
        (b'[{"id": null}]', 400, "/0/id"),
        (b'["MINE", "99999"]', 404, "/1"),
        (b'{"ids": ["MINE", "word"]}', 404, "/ids/1"),
        (b'[{"id": "MINE"}, {"id": OTHERS}]', 404, "/1/id"),
    ],
)
async def test_bulk_delete_removes_all_or_none(api, desk, domain, body, status, pointer):
    """A wrong id, or one of another account, is named by its place."""
    (others,) = (row for row in await other_domains(api))
    octets = body.replace(b"MINE", domain["id"].encode()).replace(b"OTHERS", str(others.id).encode())

    refused = await desk.refused("DELETE", "domains", content=octets)
    assert (status, pointer) == refused[::2]
    assert ["example.com", "new.example"] == [row["domain"] for row in await desk.all("domains")]


async def other_domains(api):
    found = await api.world.database.read(lambda tx: find_domain(tx, "example.org"))
    return (found,)


async def test_mail_that_waits_keeps_its_domain(api, desk):
    """Neither DELETE nor a batch removes it; once nothing waits it goes."""
    await api.world.put(Disposition.NONE, order=Order.DELIVER)
    (shown,) = await desk.all("domains", domain="example.com")
    batch = {"deletes": [{"id": shown["id"]}], "patches": [], "puts": [], "posts": []}

    assert (400, 1302, "domain_id") == await desk.refused("DELETE", f"domains/{shown['id']}")
    assert (400, 1302, "/deletes/0/id") == await desk.refused("POST", "domains/batch", json=batch)
    assert (400, 1302, "/0") == await desk.refused("DELETE", "domains", json=[shown["id"]])
    await api.world.database.write(lambda tx: tx.execute("UPDATE delivery SET next_attempt_at = NULL"))
    assert {"id": shown["id"]} == await desk.result("DELETE", f"domains/{shown['id']}")


async def test_nobody_reaches_the_domains_of_others(api, desk):
    """Each operation on another account's domain says that there is none; a reader may only read."""
    (others,) = await other_domains(api)
    path = f"domains/{others.id}"
    for method, where, body in (
        ("GET", path, None),
        ("GET", f"{path}/verification", None),
        ("PATCH", path, {"lookback_hops": 1}),
        ("PUT", path, WITHOUT_NAME),
        ("DELETE", path, None),
    ):
        assert (404, codes.NO_SETTING) == (await desk.refused(method, where, json=body))[:2], (method, where)
    for method, where, body in (
        ("POST", "domains", NEW),
        ("PATCH", path, {}),
        ("PUT", path, WITHOUT_NAME),
        ("DELETE", path, None),
        ("DELETE", "domains", [str(others.id)]),
    ):
        refused = await desk.refused(method, where, json=body, token=api.world.read)
        assert 403 == refused[0], (method, where)

    assert others == (await other_domains(api))[0]
    assert 200 == (await desk.call("GET", "domains", token=api.world.read)).status_code


@pytest.mark.parametrize(
    "reference", ["0", "99999999", "word", "1e3", "９", "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"]
)
async def test_ids_that_name_nothing(desk, reference):
    """404 that names the parameter."""
    for method, where, body in (
        ("GET", f"domains/{reference}", None),
        ("GET", f"domains/{reference}/verification", None),
        ("DELETE", f"domains/{reference}", None),
        ("PUT", f"domains/{reference}", WITHOUT_NAME),
    ):
        assert (404, codes.NO_SETTING, "domain_id") == await desk.refused(method, where, json=body), where


async def test_filters(desk, domain):
    """Each narrows the list; several names are one filter; a wrong value is named."""
    for query, names in (
        ({"domain": ["new.example", "example.com", "example.org"]}, ["example.com", "new.example"]),
        ({"allowed_delivery_mode": "RETRO_SCAN"}, ["example.com", "new.example"]),
        ({"allowed_delivery_mode": "JOURNAL"}, ["example.com"]),
        ({"active_delivery_mode": "DIRECT"}, []),
        ({"integration_id": WISHES["integration_id"]}, ["new.example"]),
        ({"status": "pending"}, ["new.example"]),
        ({"status": "ACTIVE"}, ["example.com"]),
        ({"search": "NEW."}, ["new.example"]),
        ({"order": "domain", "direction": "desc"}, ["new.example", "example.com"]),
        ({"page": 2, "per_page": 1}, ["new.example"]),
        ({"unknown": "x"}, ["example.com", "new.example"]),
    ):
        assert names == [row["domain"] for row in await desk.all("domains", **query)], query
    for name in ("status", "allowed_delivery_mode", "active_delivery_mode", "order", "direction"):
        assert (400, codes.BAD_ENUM, name) == await desk.refused("GET", "domains", params={name: "maybe"})


async def test_processed_mail_is_counted(api, desk):
    """Two messages are two, and their way in is active."""
    await api.world.put(Disposition.SPAM)
    await api.world.put(Disposition.NONE)
    (shown,) = await desk.all("domains", active_delivery_mode="DIRECT")

    assert "example.com" == shown["domain"]
    assert (2, 0) == (
        shown["emails_processed"]["total_emails_processed"],
        shown["emails_processed"]["total_emails_processed_previous"],
    )


async def test_an_account_has_a_number_of_domains(desk, domain, monkeypatch):
    """The one beyond is refused."""
    monkeypatch.setattr(domain_shelf, "MAX_DOMAINS", 2)

    assert (400, codes.BAD_RANGE, "/domain") == await desk.refused(
        "POST", "domains", json={**NEW, "domain": "third.example"}
    )


@pytest.mark.parametrize(
    "field", ["integration_id", "transport", "folder", "domain", "ip_restrictions", "regions"]
)
@pytest.mark.parametrize("text", [r"\u0000", r"\ud800", r"a\u0000b", r"\uffff", r"😀", "' OR 1=1 --", "%s"])
async def test_text_that_no_database_takes(desk, domain, field, text):
    """It is refused with its place, or kept as it is; nothing breaks."""
    value = f'["{text}"]' if field in {"ip_restrictions", "regions"} else f'"{text}"'
    octets = f'{{"{field}": {value}}}'.encode()
    answer = await desk.call("PATCH", f"domains/{domain['id']}", content=octets)

    assert answer.status_code in {200, 400}
    if answer.status_code == 400:
        (problem,) = answer.json()["errors"]
        assert problem["source"]["pointer"] in {f"/{field}", f"/{field}/0", ""}
    else:
        assert field in {"integration_id", "transport"}
        assert "u0000" not in text


@pytest.mark.parametrize("name", ["domain", "integration_id", "search", "status", "order"])
@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%F0%9F%98%80", "'", "%25", "_", "x" * 2000])
async def test_queries_that_no_database_takes(desk, domain, name, text):
    """200 or a 400 that names the parameter."""
    answer = await desk.call("GET", f"domains?{name}={text}")

    assert answer.status_code in {200, 400}
    if answer.status_code == 400:
        assert name == answer.json()["errors"][0]["source"]["pointer"]


async def test_too_many_names(desk):
    """A parameter that is repeated too often, and a body of too many ids."""
    names = [("domain", f"d{number}.example") for number in range(101)]
    ids = [str(number) for number in range(5001)]

    assert (400, codes.BAD_RANGE, "domain") == await desk.refused("GET", "domains", params=names)
    assert (400, codes.BAD_RANGE, "") == await desk.refused("DELETE", "domains", json=ids)
