"""Requests to the settings, and one good body for each kind."""

from dataclasses import dataclass

import pytest

from tests.wire.conftest import BASE, Api

BODIES = {
    "allow_policies": {
        "pattern": "a@b.test",
        "pattern_type": "EMAIL",
        "is_regex": False,
        "is_trusted_sender": True,
        "is_exempt_recipient": False,
        "is_acceptable_sender": False,
        "verify_sender": True,
    },
    "block_senders": {"pattern": "a@b.test", "pattern_type": "EMAIL", "is_regex": False},
    "trusted_domains": {"pattern": "b.test", "is_regex": False, "is_recent": True, "is_similarity": False},
    "content_policies": {"name": "n", "pattern": "pay", "targets": ["SUBJECT", "BODY"], "enabled": True},
    "impersonation_registry": {"name": "CEO", "email": "ceo@example.com", "is_email_regex": False},
    "sending_domain_restrictions": {"domain": "b.test", "exclude": []},
    "url_ignore_patterns": {"pattern": "x"},
}
RESOURCES = sorted(BODIES)


def another(name, number):
    """A body of the kind that is no duplicate of the others."""
    field, value = {
        "allow_policies": ("pattern", f"a{number}@b.test"),
        "block_senders": ("pattern", f"a{number}@b.test"),
        "trusted_domains": ("pattern", f"b{number}.test"),
        "content_policies": ("pattern", f"pay{number}"),
        "impersonation_registry": ("email", f"ceo{number}@example.com"),
        "sending_domain_restrictions": ("domain", f"b{number}.test"),
        "url_ignore_patterns": ("pattern", f"x{number}"),
    }[name]
    return {**BODIES[name], field: value}


@dataclass(frozen=True)
class Desk:
    """Requests under settings/, and their answers in short."""

    api: Api

    async def call(self, method, path, *, token=None, **kwargs):
        headers = self.api.headers(token, kwargs)
        return await self.api.http.request(method, f"{BASE}/settings/{path}", headers=headers, **kwargs)

    async def result(self, method, path, *, status=200, **kwargs):
        answer = await self.call(method, path, **kwargs)
        assert status == answer.status_code, answer.text
        return answer.json()["result"]

    async def refused(self, method, path, **kwargs):
        """Status, code and pointer."""
        answer = await self.call(method, path, **kwargs)
        body = answer.json()
        assert not body["success"]
        (problem,) = body["errors"]
        return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")

    async def create(self, name, /, **fields):
        return await self.result("POST", name, status=201, json={**BODIES[name], **fields})

    async def all(self, name, /, **query):
        return await self.result("GET", name, params=query)


@pytest.fixture
def desk(api):
    return Desk(api)
