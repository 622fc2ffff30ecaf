"""Calls every method that the installed official SDK has for email security, and prints what came of each.

Reads one JSON object from standard input: base_url, account, token, held and delivered (ids of messages), spare
(ids of domains that may be changed and removed). Writes one JSON object: the version, the outcome of each
method ("ok" or what was raised), and the methods that were not called.
It imports nothing of ours. Every answer is validated strictly, except where LOOSE says why not.
"""

import inspect
import json
import sys
import time
from itertools import count

import cloudflare
from cloudflare import Cloudflare

LOOSE = {("4.3.1", "settings.domains"), ("5.0.0", "settings.domains")}
"""4.3.1 demands two fields that a domain may not have; 5.0.0 knows the states of a domain in small letters only."""

JOB_POLLS = 200
POLL_SECONDS = 0.1
BATCHES = ("deletes", "patches", "posts", "puts")


def main() -> None:
    calls = Calls(json.load(sys.stdin))
    calls.investigate()
    calls.jobs()
    calls.lists()
    for group in ("allow_policies", "block_senders", "trusted_domains", "content_policies", "domains",
                  "impersonation_registry", "sending_domain_restrictions", "url_ignore_patterns"):  # fmt: skip
        calls.settings(group)
    missed = sorted(calls.known() - calls.outcomes.keys())
    json.dump({"version": cloudflare.__version__, "outcomes": calls.outcomes, "missed": missed}, sys.stdout)


class Calls:
    """One client, and what was seen."""

    def __init__(self, wish: dict) -> None:
        self.wish = wish
        self.outcomes: dict[str, object] = {}
        self.numbers = count(1)
        self.tag = cloudflare.__version__.replace(".", "-")
        self.strict, self.loose = (
            Cloudflare(
                api_token=wish["token"],
                base_url=wish["base_url"],
                max_retries=0,
                _strict_response_validation=strict,
            ).email_security
            for strict in (True, False)
        )

    def call(self, name: str, /, *ids, **arguments):
        """One method by its path; what it gave, or None."""
        resource, _, method = name.rpartition(".")
        api = self.loose if (cloudflare.__version__, resource) in LOOSE else self.strict
        for word in resource.split("."):
            api = getattr(api, word, None)
        function = getattr(api, method, None)
        if function is None:
            return None
        try:
            given = function(*ids, account_id=self.wish["account"], **arguments)
            found = list(given) if hasattr(given, "iter_pages") else given
        except cloudflare.APIStatusError as error:
            codes = [one["code"] for one in error.body["errors"]] if isinstance(error.body, dict) else []
            self.outcomes[name] = [error.status_code, *codes, str(error)[:500]]
            return None
        except Exception as error:
            self.outcomes[name] = [type(error).__name__, f"{error} {error.__cause__}"[:900]]
            return None
        self.outcomes.setdefault(name, "ok")
        return found

    def takes(self, name: str) -> set:
        """The parameters of a method."""
        resource, _, method = name.rpartition(".")
        api = self.strict
        for word in resource.split("."):
            api = getattr(api, word, None)
        function = getattr(api, method, None)
        return set(inspect.signature(function).parameters) if function else set()

    def known(self) -> set:
        """All methods of all resources."""
        found = set()

        def walk(api, path):
            for word, value in inspect.getmembers(type(api)):
                if word.startswith(("_", "with_")):
                    continue
                if inspect.isfunction(value):
                    found.add(f"{path}{word}")
                else:
                    walk(getattr(api, word), f"{path}{word}.")

        walk(self.strict, "")
        return found

    def investigate(self) -> None:
        held, queue_id = self.wish["held"], self.wish["held"].partition("-")[0]
        self.call("investigate.list", per_page=5, detections_only=False)
        for reference in (held, queue_id):
            for part in ("", "detections.", "raw.", "trace.", "preview."):
                self.call(f"investigate.{part}get", reference)
            self.call("investigate.move.create", reference, destination="JunkEmail")
            self.call("investigate.reclassify.create", reference, expected_disposition="SPAM")
        for name in {"id", "postfix_id"} & self.takes("investigate.preview.create"):
            self.call("investigate.preview.create", **{name: queue_id})
        for name in {"ids", "postfix_ids"} & self.takes("investigate.move.bulk"):
            needed = {"ids": [held]} if "5.9" in cloudflare.__version__ else {}
            self.call("investigate.move.bulk", destination="Inbox", **{**needed, name: [queue_id]})
        for name in {"ids", "body"} & self.takes("investigate.release.bulk"):
            self.call("investigate.release.bulk", **{name: [held, queue_id]})

    def jobs(self) -> None:
        wish = {"action": "MOVE", "destination": "JunkEmail", "search_params": {"detections_only": False}}
        made = self.call("investigate.bulk.create", **wish)
        self.call("investigate.bulk.list")
        if made is None:
            return
        self.call("investigate.bulk.get", made.job_id)
        self.call("investigate.bulk.cancel.create", made.job_id)
        for _ in range(JOB_POLLS):
            if self.call("investigate.bulk.get", made.job_id).completed_at is not None:
                break
            time.sleep(POLL_SECONDS)
        self.call("investigate.bulk.messages.list", made.job_id)
        self.call("investigate.bulk.delete", made.job_id)

    def lists(self) -> None:
        self.call("submissions.list", type="TEAM")
        self.call("phishguard.reports.list", start="2026-01-01T00:00:00Z")

    def settings(self, group: str) -> None:
        name = f"settings.{group}"
        if not self.takes(f"{name}.list"):
            return
        self.call(f"{name}.bulk_delete")
        made = self.make(group)
        self.call(f"{name}.list", per_page=2)
        self.call(f"{name}.get", made)
        edit = {"ip_restrictions": []} if group == "domains" else {}
        self.call(f"{name}.edit", made, **edit)
        self.call(f"{name}.update", made, **self.replacement())
        self.batch(group)
        self.call(f"{name}.delete", made)

    def batch(self, group: str) -> None:
        name = f"settings.{group}"
        if not self.takes(f"{name}.batch"):
            return
        patched, replaced, removed = (self.make(group) for _ in range(3))
        put = self.replacement() if group == "domains" else self.body(group)
        self.call(
            f"{name}.batch",
            deletes=[{"id": removed}],
            patches=[{"id": patched}],
            posts=[self.body(group)],
            puts=[{"id": replaced, **put}],
        )

    def make(self, group: str):
        """The id of a new object; of a spare one where this version cannot make any."""
        if not self.takes(f"settings.{group}.create"):
            spare = self.wish["spare"].pop()
            return int(spare) if cloudflare.__version__.startswith("4.") else spare
        made = self.call(f"settings.{group}.create", **self.body(group))
        return "0" if made is None else made.id

    def replacement(self) -> dict:
        whole = self.body("domains")
        return {name: value for name, value in whole.items() if name != "domain"}

    def body(self, group: str) -> dict:
        number = f"n{next(self.numbers)}-{self.tag}"
        return {
            "allow_policies": {
                "pattern": f"{number}@friend.example", "pattern_type": "EMAIL", "is_regex": False,
                "is_trusted_sender": True, "is_exempt_recipient": False, "is_acceptable_sender": False,
                "verify_sender": True,
            },
            "block_senders": {"pattern": f"{number}@foe.example", "pattern_type": "EMAIL", "is_regex": False},
            "trusted_domains": {
                "pattern": f"{number}.example", "is_regex": False, "is_recent": True, "is_similarity": False,
            },
            "content_policies": {"name": number, "pattern": number, "targets": ["BODY"], "enabled": True},
            "domains": {
                "domain": f"{number}.example", "allowed_delivery_modes": ["DIRECT"],
                "drop_dispositions": ["MALICIOUS"], "ip_restrictions": [], "regions": ["GLOBAL"],
            },
            "impersonation_registry": {
                "name": f"Person {number}", "email": f"{number}@corp.example", "is_email_regex": False,
            },
            "sending_domain_restrictions": {"domain": f"{number}.example", "exclude": []},
            "url_ignore_patterns": {"pattern": f"https://{number}\\.example/.*"},
        }[group]  # fmt: skip


if __name__ == "__main__":
    main()
