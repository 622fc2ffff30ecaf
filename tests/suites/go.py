"""What the Go SDK sends, read from its source: v6 (bare arrays, queue ids, numbers as ids) and v7.

Its decoder keeps what it can and fails on nothing but broken JSON, so what is needed is what its callers read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.suites import examples
from tests.suites.examples import INVESTIGATE_ID, JOB_ID, QUEUE_ID, SETTING_ID, SETTING_NUMBER, setting

BATCHED = ("allow_policies", "block_senders", "trusted_domains", "content_policies", "domains")
NEW_IN_7 = ("content_policies", "sending_domain_restrictions", "url_ignore_patterns")


@dataclass(frozen=True)
class Sent:
    """One request, and the fields of the result (or of its first row) that the SDK's callers read."""

    version: str
    method: str
    path: str
    body: Any = None
    needs: tuple[str, ...] = ()

    @property
    def headers(self) -> dict[str, str]:
        return {
            "User-Agent": f"Cloudflare/Go {self.version}",
            "Accept": "application/json",
            "X-Stainless-Lang": "go",
            "X-Stainless-Package-Version": self.version,
            "X-Stainless-Retry-Count": "0",
            **({"Content-Type": "application/json"} if self.body is not None else {}),
        }


MESSAGE = ("id", "postfix_id", "ts", "client_recipients", "action_log", "properties")
MOVED = ("success", "completed_timestamp", "destination", "message_id", "operation", "recipient", "status")
JOB = ("job_id", "action_type", "action_params", "created_at", "status", "search_params", "messages_pending")


def all_requests() -> Iterator[Sent]:
    for version, reference in (("6.6.0", QUEUE_ID), ("7.7.0", INVESTIGATE_ID)):
        yield from _investigate(version, reference)
        yield from _settings(version)
    yield from _bulk("7.7.0")


def _investigate(version: str, reference: str) -> Iterator[Sent]:
    one = f"/investigate/{reference}"
    numbers = "ids" if version.startswith("7") else "postfix_ids"
    yield Sent(version, "GET", "/investigate", needs=MESSAGE)
    yield Sent(version, "GET", "/investigate?page=2")
    yield Sent(version, "GET", one, needs=MESSAGE)
    yield Sent(version, "GET", one + "/detections", needs=("action", "attachments", "headers", "links"))
    yield Sent(version, "GET", one + "/preview", needs=("screenshot",))
    yield Sent(version, "POST", "/investigate/preview", {"postfix_id": reference}, ("screenshot",))
    yield Sent(version, "GET", one + "/raw", needs=("raw",))
    yield Sent(version, "GET", one + "/trace", needs=("inbound", "outbound"))
    yield Sent(version, "POST", one + "/move", {"destination": "Inbox"}, MOVED)
    yield Sent(version, "POST", "/investigate/move", {"destination": "Inbox", numbers: [reference]}, MOVED)
    yield Sent(version, "POST", one + "/reclassify", {"expected_disposition": "SPAM"})
    yield Sent(version, "POST", "/investigate/release", [reference], ("postfix_id", "delivered", "failed"))
    yield Sent(version, "GET", "/submissions", needs=("submission_id", "requested_ts"))
    yield Sent(version, "GET", "/phishguard/reports")


def _settings(version: str) -> Iterator[Sent]:
    new = version.startswith("7")
    number = SETTING_ID if new else SETTING_NUMBER
    for group in examples.SETTING_GROUPS:
        if group in NEW_IN_7 and not new:
            continue
        body = setting(group, 900_000)
        path = f"/settings/{group}"
        if group != "domains" or new:
            yield Sent(version, "POST", path, body, ("id", "created_at"))
        yield Sent(version, "GET", path, needs=("id",))
        yield Sent(version, "GET", f"{path}/{number}", needs=("id", *body))
        yield Sent(version, "PATCH", f"{path}/{number}", {}, ("id",))
        yield Sent(version, "DELETE", f"{path}/{number}", needs=("id",))
        if new and group in BATCHED:
            yield Sent(version, "POST", f"{path}/batch", _nothing(), ("deletes", "patches", "posts", "puts"))
    if new:
        yield Sent(version, "PUT", f"/settings/domains/{number}", _replacement(), ("id", "domain"))


def _nothing() -> dict[str, list[Any]]:
    return {"deletes": [], "patches": [], "posts": [], "puts": []}


def _replacement() -> dict[str, Any]:
    whole = setting("domains", 900_001)
    return {name: value for name, value in whole.items() if name != "domain"}


def _bulk(version: str) -> Iterator[Sent]:
    job = f"/investigate/bulk/{JOB_ID}"
    yield Sent(version, "POST", "/investigate/bulk", {"action": "RELEASE", "search_params": {}}, JOB)
    yield Sent(version, "GET", "/investigate/bulk", needs=JOB)
    yield Sent(version, "GET", job, needs=JOB)
    yield Sent(version, "GET", job + "/messages")
    yield Sent(version, "POST", job + "/cancel", None, JOB)
    yield Sent(version, "DELETE", job, needs=("id",))
