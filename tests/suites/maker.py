"""Makes the objects that a request is about, through the API itself where it has a call for that."""

import asyncio
import sys
from datetime import UTC, datetime
from itertools import count

import httpx

from lazaretto.actions.bulk import Bulk
from lazaretto.actions.bulk_options import BulkOptions
from lazaretto.actions.bulk_tools import Tools
from lazaretto.actions.porter import Porter
from lazaretto.mailbox.mailbox import NoMailboxes
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.submission import Original, Purpose, SubmissionType, Wish
from lazaretto.store import messages, submissions
from tests.suites import examples
from tests.wire.samples import ACCOUNT

OWN_DOMAIN = "example.com"  # of the account from the beginning
ENGINE_SECONDS = 20
POLL_SECONDS = 0.02
BASE = f"/client/v4/accounts/{ACCOUNT}/email-security"


class MakingError(Exception):
    """The application refused what the test layer needed."""


class Maker:
    """Fresh objects, each unlike the others."""

    def __init__(self, app, world, hop) -> None:
        self._world = world
        self._hop = hop
        self._numbers = count(1)
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://lazaretto.test" + BASE,
            headers={"Authorization": f"Bearer {world.write}"},
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def message(self, *, submission: bool = False) -> str:
        """A held detection, in the store of submissions if wished; its investigate id."""
        mode = Mode.REVIEW_SUBMISSION if submission else None
        return await self._world.put(Disposition.MALICIOUS, mode=mode, at=datetime.now(UTC))

    def body(self, group: str) -> dict:
        return examples.setting(group, next(self._numbers))

    async def setting(self, group: str) -> str:
        """A new object of this group; its id. Nothing when the application does not serve the group."""
        made = await self._ask("POST", f"/settings/{group}", self.body(group))
        return made.get("id", examples.SETTING_ID)

    async def clear(self, group: str) -> None:
        """Removes what earlier requests made: the examples use the same patterns again and again."""
        found = await self._ask("GET", f"/settings/{group}?per_page=1000")
        for one in found if isinstance(found, list) else ():
            if group == "domains" and one["domain"] == OWN_DOMAIN:
                continue
            await self._ask("DELETE", f"/settings/{group}/{one['id']}")

    async def job(self, *, ended: bool = False) -> str:
        """A job that releases one message; it has done so when it is to be over, else it waits to begin."""
        subject = f"lot {next(self._numbers)}"
        await self._world.put(Disposition.MALICIOUS, subject=subject, at=datetime.now(UTC))
        wish = {"action": "RELEASE", "search_params": {"subject": subject}}
        made = await self._ask("POST", "/investigate/bulk", wish)
        job = made.get("job_id", examples.JOB_ID)
        if ended and made:
            await self._finish(job)
        return job

    async def _finish(self, job: str) -> None:
        """Runs the engine of bulk jobs until this one is over."""
        engine = Bulk(
            Tools(
                self._world.database,
                Porter(NoMailboxes()),
                self._hop._poke,
                BulkOptions(),
                lambda: datetime.now(UTC),
                "seeded",
            )
        )
        async with asyncio.timeout(ENGINE_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(engine.run())
            while (await self._ask("GET", f"/investigate/bulk/{job}"))["completed_at"] is None:
                await asyncio.sleep(POLL_SECONDS)
            engine.stop()

    async def submission(self) -> str:
        """A message that an analyst submitted; the id of the submission."""
        wish = {"expected_disposition": "SPAM"}
        await self._ask("POST", f"/investigate/{await self.message()}/reclassify", wish)
        found = await self._ask("GET", "/submissions?per_page=1")
        return found[0]["submission_id"] if found else "none"

    async def user_submission(self, message: str) -> str:
        """A user's submission about this message, which an analyst may take up."""

        async def work(tx):
            record = await messages.get_record(tx, ACCOUNT, message)
            about = Original(
                record.number, record.envelope.queue_id, None, record.disposition, record.summary.subject
            )
            wish = Wish(
                ACCOUNT, SubmissionType.USER, Purpose.REPORT, "u@example.com", about, Disposition.SPAM
            )
            return await submissions.add_submission(tx, wish, now=datetime.now(UTC))

        return (await self._world.database.write(work)).id

    async def cursor(self) -> str:
        """The cursor of a second page."""
        await self.message()
        await self.message()
        answer = await self._http.get("/investigate?per_page=1")
        return answer.json()["result_info"]["next"]

    async def _ask(self, method: str, path: str, body=None):
        answer = await self._http.request(method, path, json=body)
        if answer.status_code in (400, 404, 405):
            print("could not be made:", method, path, answer.text, file=sys.stderr)
            return {}  # the request itself will tell what is wrong
        if not answer.is_success:
            raise MakingError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()["result"]
