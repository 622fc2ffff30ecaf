"""Preview: a picture where there is a renderer, an entry in the log before it, and clear words where there is none."""

import asyncio
import base64
import struct
import zlib
from dataclasses import replace

import cloudflare
import httpx
import pytest

from lazaretto.api import codes
from lazaretto.api.app import build_api
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.preview import NoPicture
from lazaretto.store import messages
from tests.wire.samples import ACCOUNT
from tests.wire.seed import LETTER, OTHER_ACCOUNT

UNKNOWN = "4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678"


def png(grey: bytes) -> bytes:
    """One pixel for each octet, in one row."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", len(grey), 1, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" + grey)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Pixels:
    """A renderer: the message's octets as shades of grey."""

    def __init__(self):
        self.seen = []

    async def render(self, raw):
        self.seen.append(raw)
        return png(raw)


class Failing:
    async def render(self, raw):
        raise NoPicture("it is made of nothing")


class Hanging:
    def __init__(self):
        self.begun = 0

    async def render(self, raw):
        self.begun += 1
        await asyncio.Event().wait()


@pytest.fixture
def breaking():
    """The test breaks something on purpose, and the log says so."""


@pytest.fixture
async def shown(api):
    """The same store behind an API with a renderer: `shown(renderer)` gives an HTTP client."""
    clients = []

    def make(renderer, **options):
        services = replace(api.services, renderer=renderer, options=replace(api.services.options, **options))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(build_api(services)),
            base_url=f"http://lazaretto.test/client/v4/accounts/{ACCOUNT}/email-security",
            headers={"Authorization": f"Bearer {api.world.write}"},
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


def error(answer):
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")


async def actions(api, reference):
    record = await api.world.database.read(lambda tx: messages.get_record(tx, ACCOUNT, reference))
    return [(entry.operation.value, entry.actor, entry.status) for entry in record.actions]


async def sdk(client_http, secret):
    return cloudflare.AsyncCloudflare(
        api_token=secret,
        base_url="http://lazaretto.test/client/v4",
        http_client=client_http,
        max_retries=0,
        _strict_response_validation=True,
    )


async def test_the_official_sdk_gets_a_png(api, shown):
    """Both calls of the SDK, strictly validated; the string decodes to the picture."""
    made = await api.world.put()
    client = await sdk(shown(Pixels()), api.world.write)

    got = await client.email_security.investigate.preview.get(made, account_id=ACCOUNT)
    posted = await client.email_security.investigate.preview.create(account_id=ACCOUNT, id=made)

    assert png(LETTER) == base64.b64decode(got.screenshot, validate=True)
    assert png(LETTER) == base64.b64decode(posted.screenshot, validate=True)


@pytest.mark.parametrize("key", ["id", "postfix_id"])
@pytest.mark.parametrize("short", [False, True])
async def test_every_name_of_a_message(api, shown, key, short):
    """New and old SDKs name the field differently and put either id into it."""
    made = await api.world.put()
    named = made.split("-")[0] if short else made
    http = shown(Pixels())

    posted = await http.post("/investigate/preview", json={key: named})
    got = await http.get(f"/investigate/{named}/preview")

    assert [200, 200] == [posted.status_code, got.status_code]


async def test_a_look_is_in_the_log_before_the_picture(api, shown):
    """Both calls are logged under the name of who asked, and the search by action finds the message."""
    made = await api.world.put()
    await api.world.put()
    http = shown(Pixels())

    before = (await http.get("/investigate", params={"message_action": "PREVIEW"})).json()["result"]
    await http.get(f"/investigate/{made}/preview")
    await http.post("/investigate/preview", json={"id": made})
    after = (await http.get("/investigate", params={"message_action": "PREVIEW"})).json()["result"]

    assert [] == before
    assert [made] == [message["id"] for message in after]
    assert ["PREVIEW"] == after[0]["post_delivery_operations"]
    assert [("PREVIEW", "write", "OK")] * 2 == await actions(api, made)


async def test_no_picture_without_an_entry(api, shown, breaking):
    """When the log cannot be written the picture is not given."""
    made = await api.world.put()

    class Closing(Pixels):
        async def render(self, raw):
            await api.world.database.close()
            return png(raw)

    answer = await shown(Closing()).get(f"/investigate/{made}/preview")

    assert answer.status_code >= 500
    assert "screenshot" not in answer.text


async def test_without_a_renderer(api):
    """An error that no SDK repeats, and nothing in the log: nobody saw anything."""
    made = await api.world.put()

    got = await api.get(f"/investigate/{made}/preview")
    posted = await api.post("/investigate/preview", json={"id": made})

    assert (422, codes.NO_RENDERER, None) == error(got) == error(posted)
    assert [] == await actions(api, made)


async def test_benign_mail(api, shown):
    """GET names the call that shows benign mail; POST shows it."""
    made = await api.world.put(Disposition.NONE)
    http = shown(Pixels())

    got = await http.get(f"/investigate/{made}/preview")
    posted = await http.post("/investigate/preview", json={"id": made})

    assert (404, codes.NOT_A_DETECTION, "investigate_id") == error(got)
    assert "POST /investigate/preview" in got.json()["errors"][0]["message"]
    assert 200 == posted.status_code


async def test_what_was_reported_is_open(api, shown):
    """Somebody handed it in to be looked at: harmless or not, every call shows it."""
    made = await api.world.put(Disposition.NONE, mode=Mode.REVIEW_SUBMISSION)
    http = shown(Pixels())

    answers = [await http.get(f"/investigate/{made}/{what}") for what in ("preview", "raw", "detections")]

    assert [200, 200, 200] == [answer.status_code for answer in answers]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, codes.MISSING_FIELD, "/id")),
        ({"id": 7}, (400, codes.GENERIC, "/id")),
        ({"postfix_id": []}, (400, codes.GENERIC, "/postfix_id")),
        ({"id": UNKNOWN}, (404, codes.NOT_FOUND, "/id")),
        ({"postfix_id": "a b"}, (404, codes.NOT_FOUND, "/postfix_id")),
        ([], (400, codes.GENERIC, "")),
    ],
)
async def test_what_is_wrong_is_named(api, shown, body, expected):
    """A 400 points into the body, a 404 to the id that nobody has."""
    answer = await shown(Pixels()).post("/investigate/preview", json=body)

    assert expected == error(answer)


async def test_only_submissions(api, shown):
    """`submission` says where to look; without it both stores are searched."""
    regular = await api.world.put()
    http = shown(Pixels())

    for value, expected in (("true", 404), ("false", 200), ("", 200)):
        got = await http.get(f"/investigate/{regular}/preview", params={"submission": value})
        posted = await http.post("/investigate/preview", params={"submission": value}, json={"id": regular})
        assert [expected] * 2 == [got.status_code, posted.status_code]

    wrong = await http.get(f"/investigate/{regular}/preview", params={"submission": "maybe"})
    assert (400, codes.GENERIC, "submission") == error(wrong)


async def test_another_account(api, shown):
    """A message of somebody else is not there."""
    foreign = await api.world.put(account=OTHER_ACCOUNT)

    answer = await shown(Pixels()).post("/investigate/preview", json={"id": foreign})

    assert (404, codes.NOT_FOUND, "/id") == error(answer)


async def test_content_that_is_gone(api, shown):
    """Retention removed the bytes: its own code, with and without the flag on the record."""
    made = await api.world.put(raw=b"Subject: gone\r\n\r\nsoon\r\n")
    record = await api.world.database.read(lambda tx: messages.get_record(tx, ACCOUNT, made))
    api.world.blobs.remove(record.blob)

    answer = await shown(Pixels()).get(f"/investigate/{made}/preview")

    assert (404, codes.CONTENT_NOT_STORED, "investigate_id") == error(answer)


async def test_a_message_that_cannot_be_shown(api, shown):
    """The renderer's reason is told; nothing is logged, since nothing was seen."""
    made = await api.world.put()

    answer = await shown(Failing()).get(f"/investigate/{made}/preview")

    assert (422, codes.NO_PICTURE, "investigate_id") == error(answer)
    assert "made of nothing" in answer.json()["errors"][0]["message"]
    assert [] == await actions(api, made)


async def test_the_limit_of_size(api, shown):
    """A message that is too large never reaches the renderer."""
    made, renderer = await api.world.put(), Pixels()

    answer = await shown(renderer, preview_limit=len(LETTER) - 1).get(f"/investigate/{made}/preview")

    assert (422, codes.NO_PICTURE, "investigate_id") == error(answer)
    assert [] == renderer.seen


async def test_the_limit_of_time(api, shown):
    """A renderer that hangs is given up, and its turn is free again: more fail than there are turns."""
    made, renderer = await api.world.put(), Hanging()
    http = shown(renderer, preview_seconds=0.01)

    answers = [await http.get(f"/investigate/{made}/preview") for _ in range(5)]

    assert [(422, codes.NO_PICTURE, "investigate_id")] * 5 == [error(answer) for answer in answers]


async def test_few_pictures_at_a_time(api, shown):
    """Ten requests, and never more than two renderings."""
    made = await api.world.put()

    class Counting(Pixels):
        now = most = 0

        async def render(self, raw):
            self.now += 1
            self.most = max(self.most, self.now)
            for _ in range(20):
                await asyncio.sleep(0)
            self.now -= 1
            return png(raw)

    renderer = Counting()
    http = shown(renderer)

    answers = await asyncio.gather(*(http.get(f"/investigate/{made}/preview") for _ in range(10)))

    assert {200} == {answer.status_code for answer in answers}
    assert 2 == renderer.most


async def test_a_renderer_that_gives_no_png(api, shown, breaking):
    """That is a mistake of ours: a 500, not a string that is no picture."""
    made = await api.world.put()

    class Html(Pixels):
        async def render(self, raw):
            return b"<html>"

    answer = await shown(Html()).get(f"/investigate/{made}/preview")

    assert 500 == answer.status_code
