"""The outermost layer of the seeded server: every object that the documentation names exists when it is asked for.

It changes requests only, never answers, and nothing in the application: an example id becomes the id of an
object that was made for this request a moment before.
`SUBSTITUTED` lists what it changes beyond ids: values that the documentation makes up and no server could take.
"""

import asyncio
from collections import Counter
from contextlib import suppress

from tests.suites import examples
from tests.suites.ask import MARK, NOTHING, Ask, read
from tests.suites.maker import Maker

SUBSTITUTED = {
    "cursor": "the word 'cursor' is no cursor; one of a real page takes its place",
    "batch_id": "the SDK's types of patches and puts have no id; one is put in",
    "batch_put": "an empty replacement becomes a whole one",
    "batch_pattern": "the pattern that is posted is also the one that is put: the second gets another",
    "destination": "a job that moves, without a destination; Inbox takes its place",
    "no_ids": "DELETE of all domains without a body; the id of one is put in",
    "eml_content": "the words 'eml_content' are not base64; a small message takes its place",
    "status": "the word 'status' is no status; 'reviewed' takes its place",
    "name": "one letter is too short for the name of a person; two take its place",
    "domain": "the word 'domain' is no domain name; a real one takes its place",
    "escalated": "a made-up submission becomes a real one",
}


class StandIn:
    """ASGI around ASGI. Requests are served one at a time, so that what was made is there when it is used."""

    def __init__(self, app, maker: Maker) -> None:
        self._app = app
        self.maker = maker
        self._turn = asyncio.Lock()
        self.substituted: Counter[str] = Counter()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or MARK not in scope["path"]:
            await self._app(scope, receive, send)
            return
        ask = await read(scope, receive)
        async with self._turn:
            with suppress(TypeError, AttributeError, KeyError):  # a body of a wrong shape stays as it is
                await self._prepare(ask)
            octets = [{"type": "http.request", "body": ask.sent(), "more_body": False}]

            async def given():
                return octets.pop() if octets else await receive()

            await self._app(ask.asgi(), given, send)

    async def _prepare(self, ask: Ask) -> None:
        match ask.segments:
            case ["settings", group, *rest] if group in examples.SETTING_GROUPS:
                await self._setting(ask, group, rest)
            case ["investigate", "bulk", *rest]:
                await self._job(ask, rest)
            case ["investigate"]:
                await self._search(ask)
            case ["investigate", *rest]:
                await self._message(ask, rest)
            case ["submissions"]:
                await self._submission(ask)
            case _:
                pass

    async def _setting(self, ask: Ask, group: str, rest: list[str]) -> None:
        maker = self.maker
        match ask.method, rest:
            case "POST", []:
                await maker.clear(group)
                self._make_sense(ask.body, group)
            case "POST", ["batch"] if isinstance(ask.body, dict):
                await maker.clear(group)
                await self._batch(ask.body, group)
            case "DELETE", [] if ask.body is NOTHING:
                ask.body = [{"id": await maker.setting(group)}]
                self.substituted["no_ids"] += 1
            case "DELETE", []:
                named = ask.body["ids"]
                real = [await maker.setting(group) if one in examples.OBJECT_IDS else one for one in named]
                ask.body["ids"] = real
            case _, [one, *_] if one in examples.OBJECT_IDS:
                await maker.clear(group)
                ask.segments[2] = await maker.setting(group)
            case "GET", []:
                await maker.setting(group)
            case _:
                pass

    async def _batch(self, body: dict, group: str) -> None:
        for kind in ("deletes", "patches", "puts"):
            for item in body.get(kind) or []:
                if item.get("id") in {None, *examples.OBJECT_IDS}:
                    self.substituted["batch_id"] += "id" not in item
                    item["id"] = await self.maker.setting(group)
        for item in body.get("puts") or []:
            whole = self.maker.body(group)
            if len(item) == 1:
                item.update(whole)
                self.substituted["batch_put"] += 1
            elif "pattern" in item and any(
                item["pattern"] == other.get("pattern") for other in body["posts"]
            ):
                for unique in {"pattern", "name"} & item.keys():
                    item[unique] = whole[unique]
                self.substituted["batch_pattern"] += 1
        for item in body.get("posts") or []:
            self._make_sense(item, group)

    def _make_sense(self, body, group: str) -> None:
        if group == "impersonation_registry" and isinstance(body, dict) and body.get("name") == "N":
            body["name"] = "NN"
            self.substituted["name"] += 1
        if group == "domains" and isinstance(body, dict) and body.get("domain") == "domain":
            body["domain"] = self.maker.body(group)["domain"]
            self.substituted["domain"] += 1

    async def _job(self, ask: Ask, rest: list[str]) -> None:
        match ask.method, rest:
            case "POST", [] if isinstance(ask.body, dict):
                if ask.body.get("action") == "MOVE" and "destination" not in ask.body:
                    ask.body["destination"] = "Inbox"
                    self.substituted["destination"] += 1
            case "GET", []:
                await self.maker.job()
            case _, [one, *_] if one in examples.OBJECT_IDS:
                ask.segments[2] = await self.maker.job(ended="cancel" not in rest)
            case _:
                pass

    async def _search(self, ask: Ask) -> None:
        await self.maker.message()
        if ("cursor", "cursor") in ask.query:
            cursor = await self.maker.cursor()
            ask.query = [(n, cursor if (n, v) == ("cursor", "cursor") else v) for n, v in ask.query]
            self.substituted["cursor"] += 1

    async def _message(self, ask: Ask, rest: list[str]) -> None:
        stored = ("submission", "true") in ask.query
        if rest[0] in {examples.INVESTIGATE_ID, examples.QUEUE_ID}:
            made = await self.maker.message(submission=stored)
            ask.segments[1] = made.partition("-")[0] if rest[0] == examples.QUEUE_ID else made
        if rest[1:] == ["reclassify"]:
            await self._reclassify(ask.body, ask.segments[1])
        elif isinstance(ask.body, list):
            ask.body = [await self._real(one) for one in ask.body]
        elif isinstance(ask.body, dict):
            for name in {"ids", "postfix_ids", "body"} & ask.body.keys():
                ask.body[name] = [await self._real(one) for one in ask.body[name]]
            for name in {"id", "postfix_id"} & ask.body.keys():
                ask.body[name] = await self._real(ask.body[name])

    async def _real(self, reference):
        if reference not in (examples.INVESTIGATE_ID, examples.QUEUE_ID):
            return reference
        made = await self.maker.message()
        return made.partition("-")[0] if reference == examples.QUEUE_ID else made

    async def _reclassify(self, body, message: str) -> None:
        if not isinstance(body, dict):
            return
        if body.get("eml_content") == "eml_content":
            body["eml_content"] = examples.EML
            self.substituted["eml_content"] += 1
        if body.get("escalated_submission_id") == "escalated_submission_id":
            body["escalated_submission_id"] = await self.maker.user_submission(message)
            self.substituted["escalated"] += 1

    async def _submission(self, ask: Ask) -> None:
        if ask.method == "GET":
            await self.maker.submission()
            if ("status", "status") in ask.query:
                ask.query = [(n, "reviewed" if (n, v) == ("status", "status") else v) for n, v in ask.query]
                self.substituted["status"] += 1
        elif isinstance(ask.body, dict):
            for item in ask.body.get("messages") or []:
                for name in {"id", "postfix_id"} & (item.keys() if isinstance(item, dict) else set()):
                    item[name] = await self._real(item[name])
