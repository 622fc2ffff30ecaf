"""A page of 100 over HTTP with 100,000 records stored: newest, filtered, searched, deep."""

import asyncio
import http.client
import tempfile
import time
from pathlib import Path

from tests.helpers.program import Program

from bench.seed import seed

RECORDS = 100_000
RUNS = 300


def measure(program: Program, path: str, token: str) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", program.http)
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status == 200, body[:500]
    connection.close()
    return sorted(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder))
        account, token = program.set_up("127.0.0.1:25")
        started = time.perf_counter()
        asyncio.run(seed(program, account, RECORDS))
        print(f"{RECORDS} records stored in {time.perf_counter() - started:.0f} s")
        program.start()
        base = f"/client/v4/accounts/{account}/email-security/investigate?per_page=100"
        cases = {
            "newest detections": "",
            "all mail, newest": "&detections_only=false",
            "disposition": "&final_disposition=SPAM",
            "sender domain": "&detections_only=false&sender=sender7.example",
            "one word": "&detections_only=false&query=invoice",
            "two words": "&detections_only=false&query=invoice+tuesday",
            "page 50": "&detections_only=false&page=50",
        }
        for name, query in cases.items():
            times = measure(program, base + query, token)
            print(
                f"{name}: p50 {times[len(times) // 2]:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms",
                flush=True,
            )
        program.stop()
