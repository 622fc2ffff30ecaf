"""Drives a running server with whatever version of the official SDK is installed, and prints what it saw.

Reads one JSON object from standard input: base_url, account, token, per_page, held (id of a held message).
Writes one JSON object. It imports nothing of ours, so that it runs in an environment that has only the SDK.
"""

import json
import sys
import time

import cloudflare
from cloudflare import Cloudflare

MAX_PAGES = 500


def main() -> None:
    wish = json.load(sys.stdin)
    client = Cloudflare(
        api_token=wish["token"], base_url=wish["base_url"], max_retries=0, _strict_response_validation=True
    )
    desk = Desk(client, wish["account"], wish["per_page"])
    held = wish["held"]
    seen = {
        "version": cloudflare.__version__,
        "by_page": desk.by_page(),
        "by_cursor": desk.by_cursor(),
        "by_cursor_pager": desk.by_cursor_pager(),
        "get": desk.get(held),
        "get_by_queue_id": desk.get(held.split("-")[0])["id"],
        "detections": desk.detections(held),
        "raw": desk.raw(held),
        "trace": desk.trace(held),
        "released": desk.release(held),
        "released_again": desk.release(held),
        "not_found": desk.not_found(),
        "bad_start": desk.bad_start(),
    }
    json.dump(seen, sys.stdout)


class Desk:
    """The calls, spelled so that every version understands them."""

    def __init__(self, client: Cloudflare, account: str, per_page: int) -> None:
        self.investigate = client.email_security.investigate
        self.account = {"account_id": account}
        self.per_page = per_page

    def by_page(self) -> list[str]:
        """The SDK's own pager, which counts pages and never reads result_info."""
        found = []
        for message in self.investigate.list(**self.account, per_page=self.per_page):
            found.append(message.id)
            if len(found) % self.per_page == 0:
                time.sleep(0.02)  # gives new mail time to arrive between two pages
        return found

    def by_cursor(self) -> list[str]:
        """As a user of curl: `next` until there is none."""
        found, cursor = [], None
        for _ in range(MAX_PAGES):
            answer = self._page(cursor)
            found += [message["id"] for message in answer["result"]]
            cursor = answer["result_info"]["next"]
            if cursor is None:
                break
        return found

    def by_cursor_pager(self) -> list[str]:
        """The SDK's pager told to begin at a cursor: it sends the cursor and page=2, page=3 and so on."""
        first = self._page(None)
        found = [message["id"] for message in first["result"]]
        query = {"cursor": first["result_info"]["next"]}
        pager = self.investigate.list(**self.account, per_page=self.per_page, extra_query=query)
        return found + [message.id for message in pager]

    def get(self, reference: str) -> dict:
        """One message."""
        message = self.investigate.get(reference, **self.account)
        return json.loads(message.model_dump_json())

    def detections(self, reference: str) -> dict:
        """Why."""
        return json.loads(self.investigate.detections.get(reference, **self.account).model_dump_json())

    def raw(self, reference: str) -> str:
        """What came."""
        return self.investigate.raw.get(reference, **self.account).raw

    def trace(self, reference: str) -> dict:
        """Which way it went."""
        return json.loads(self.investigate.trace.get(reference, **self.account).model_dump_json())

    def release(self, reference: str) -> list:
        """In the body form of this version: `ids` since 5.9, a bare array before."""
        try:
            rows = self.investigate.release.bulk(**self.account, ids=[reference])
        except TypeError:
            rows = self.investigate.release.bulk(**self.account, body=[reference])
        return [json.loads(row.model_dump_json()) for row in rows]

    def not_found(self) -> list[int]:
        """Status and code of an id that nobody has."""
        try:
            self.investigate.get("4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678", **self.account)
        except cloudflare.NotFoundError as error:
            return [error.status_code, error.errors[0].code]
        return []

    def bad_start(self) -> list:
        """Status, code and place of a value that cannot be read."""
        try:
            self.investigate.list(**self.account, start="yesterday")
        except cloudflare.BadRequestError as error:
            body = error.body["errors"][0]
            return [error.status_code, body["code"], body["source"]["pointer"]]
        return []

    def _page(self, cursor: "str | None") -> dict:
        query = {} if cursor is None else {"cursor": cursor}
        response = self.investigate.with_raw_response.list(
            **self.account, per_page=self.per_page, extra_query=query
        )
        return response.http_response.json()


if __name__ == "__main__":
    main()
