"""Requests as SDKs sent them, byte for byte, and as the Go SDK sends them; each answer by the published schemas."""

import json

import httpx
import pytest

from tests.helpers.contract import contract
from tests.helpers.shared import shared
from tests.suites import go
from tests.suites.maker import BASE
from tests.suites.server import seeded

RECORDINGS = ("py-4.3.1", "py-5.0.0", "py-5.8.0", "py-5.9.0", "ts-7.3.0")
CONNECTION = {"host", "connection", "accept-encoding", "authorization", "content-length"}
NOT_EXPECTED = {
    # What the contract leaves to the server, and was decided otherwise than its schema says.
    "POST /submissions",
}


@pytest.fixture
async def server(tmp_path):
    async with (
        seeded(tmp_path) as (made, _, layer),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(layer),
            base_url="http://lazaretto.test",
            headers={"Authorization": f"Bearer {made.write}"},
        ) as http,
    ):
        yield http


def recorded(version):
    lines = shared(f"contract/wire/log-{version}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def complaints(published, answer):
    """Of the contract, with the request that they are about."""
    request = answer.request
    path = request.url.path.removeprefix("/client/v4")
    said = f"{request.method} {request.url.raw_path.decode().partition('/email-security')[2]}"
    if not answer.is_success:
        return [f"{said}: {answer.status_code} {answer.text[:300]}"]
    if answer.headers["content-type"] != "application/json":
        return [f"{said}: {answer.headers['content-type']}"]
    found = published.complaints(request.method, path, answer.status_code, answer.json())
    return [f"{said}: {one}" for one in found if said not in NOT_EXPECTED]


@pytest.mark.parametrize("version", RECORDINGS)
async def test_recorded_requests(server, version):
    """Headers, encodings and bodies as they left the SDK; only host and credential are ours."""
    published = contract()
    wrong = []
    for one in recorded(version):
        headers = {name: value for name, value in one["h"].items() if name.lower() not in CONNECTION}
        answer = await server.request(one["m"], one["p"], headers=headers, content=one["b"].encode())
        wrong += complaints(published, answer)

    assert wrong == []


async def test_requests_of_the_go_sdk(server):
    """Both generations; what its callers read is there, and ids are digits where it wants numbers."""
    published = contract()
    wrong = []
    for sent in go.all_requests():
        body = None if sent.body is None else json.dumps(sent.body).encode()
        answer = await server.request(sent.method, BASE + sent.path, headers=sent.headers, content=body)
        found = complaints(published, answer)
        wrong += found or absent(sent, answer.json()["result"])

    assert wrong == []


def absent(sent, result):
    """The fields that a caller would miss."""
    row = result[0] if isinstance(result, list) and result else result
    if not sent.needs or not isinstance(row, dict):
        return [f"{sent.method} {sent.path}: nothing came"] if sent.needs else []
    missing = [f"{sent.method} {sent.path}: no {name}" for name in sent.needs if name not in row]
    if sent.path.startswith("/settings") and "id" in sent.needs and not row["id"].isdigit():
        missing.append(f"{sent.method} {sent.path}: {row['id']} is not digits")
    return missing
