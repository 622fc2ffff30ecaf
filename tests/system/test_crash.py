"""kill -9 at random moments under load: what was promised is there, and nothing is sent twice that was known to be taken."""

import asyncio
import collections
import json
import os
import random
import re

import pytest

from tests.helpers.load import Load
from tests.helpers.program import Program, eventually
from tests.helpers.sink import sink as running_sink

ROUNDS = int(os.environ.get("LAZARETTO_CRASH_ROUNDS", "4"))
IN_DOUBT = "was cut off after"  # what the trace says of a copy that may have been taken already


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.timeout(60 + ROUNDS * 12)
async def test_nothing_promised_is_lost_and_nothing_known_is_sent_twice(tmp_path):
    """Every message with a 250 is stored and reaches the next hop or the quarantine; doubles are only those in doubt."""
    chance = random.Random(20261121)
    async with running_sink() as sink:
        program = Program(tmp_path)
        account, token = program.set_up(f"127.0.0.1:{sink.port}")
        load = Load(program.smtp)
        for _ in range(ROUNDS):
            await asyncio.to_thread(program.start)
            sending = asyncio.create_task(load.run(4))
            before = len(load.promised)
            if chance.random() < 0.8:  # else it dies while it still warms up
                await eventually(lambda before=before: len(load.promised) > before)
            await asyncio.sleep(chance.uniform(0.0, 1.0))
            await asyncio.to_thread(program.kill)
            await sending
        await asyncio.to_thread(program.start)

        records = await asyncio.to_thread(all_records, program, account, token)
        await eventually(lambda: asyncio.to_thread(drained, program), 90)
        records = await asyncio.to_thread(all_records, program, account, token)
        counts = collections.Counter(ids(m.content) for m in sink.mails)
        doubles = [name for name, count in counts.items() if count > 1]
        unexplained = [
            name
            for name in doubles
            if not any(IN_DOUBT in trace(program, account, token, r) for r in records.get(name, []))
            and len(records.get(name, [])) < 2
        ]
        held = {name for name, rows in records.items() if any(row["is_quarantined"] for row in rows)}
        assert await asyncio.to_thread(program.stop) == 0

    print(
        f"{ROUNDS} rounds: {len(load.promised)} promised, {len(counts)} sent on, "
        f"{len(held)} held, {len(doubles)} doubles"
    )
    assert load.promised
    assert set() == load.promised - set(records)
    assert set() == load.promised - set(counts) - held
    assert [] == unexplained


def ids(content: bytes) -> str:
    """The number that the load wrote into the Message-ID."""
    return re.search(rb"<(load-\d+)@", content)[1].decode()


def all_records(program, account, token) -> dict[str, list[dict]]:
    """Every record by the load's id, through the API."""
    found = collections.defaultdict(list)
    path = f"/client/v4/accounts/{account}/email-security/investigate?detections_only=false&per_page=1000"
    cursor = ""
    while True:
        status, body = program.get(path + cursor, token)
        assert status == 200, body
        answer = json.loads(body)
        for item in answer["result"]:
            if match := re.search(r"<(load-\d+)@", item["message_id"] or ""):
                found[match[1]].append(item)
        if not (following := answer["result_info"]["next"]):
            return found
        cursor = f"&cursor={following}"


def trace(program, account, token, record) -> str:
    """All trace lines of one record."""
    status, body = program.get(
        f"/client/v4/accounts/{account}/email-security/investigate/{record['id']}/trace", token
    )
    assert status == 200, body
    return body.decode()


def drained(program) -> bool:
    """Nothing waits to be sent."""
    text = program.get("/metrics")[1].decode()
    waiting = re.findall(r'lazaretto_queue\{state="(?:queued|deferred)"\} (\S+)', text)
    return bool(waiting) and sum(map(float, waiting)) == 0
