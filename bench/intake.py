"""SMTP in to durable and decided, with eight clients, on each database; the machine is shared with the clients."""

import asyncio
import tempfile
import time
from pathlib import Path

import psutil
from tests.helpers.corpora import normalised
from tests.helpers.load import Wire
from tests.helpers.program import Program

from bench.next_hop import next_hop

CLIENTS = 8
SECONDS = 15.0


async def measure(folder: Path, letters: list[bytes]) -> None:
    async with next_hop() as port:
        program = Program(folder)
        program.set_up(f"127.0.0.1:{port}")
        await asyncio.to_thread(program.start)
        waits: list[float] = []
        end = time.perf_counter() + SECONDS
        await asyncio.gather(*(client(program.smtp, letters[i::CLIENTS], end, waits) for i in range(CLIENTS)))
        rate = len(waits) / SECONDS
        waits.sort()
        p50, p95 = (waits[int(len(waits) * q)] * 1000 for q in (0.5, 0.95))
        average = sum(map(len, letters)) / len(letters) / 1024
        print(f"{rate:.0f} messages/s to durable and decided, {CLIENTS} clients, average {average:.1f} KB")
        server, workers = cpu(program)
        print(
            f"CPU a message: server {server / len(waits) * 1000:.1f} ms, scan workers {workers / len(waits) * 1000:.1f} ms"
        )
        print(f"one message, MAIL to 250: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
        await asyncio.to_thread(program.stop)


def cpu(program: Program) -> tuple[float, float]:
    """Seconds of processor time that server and workers have used since their start."""
    parent = psutil.Process(program.process.pid)
    workers = [w.cpu_times() for w in parent.children(recursive=True)]
    own = parent.cpu_times()
    return own.user + own.system, sum(t.user + t.system for t in workers)


async def client(port: int, letters: list[bytes], end: float, waits: list[float]) -> None:
    async with Wire(port) as wire:
        for raw in letters * 50:
            started = time.perf_counter()
            if started > end:
                return
            await wire.send("ann@sender.example", ["user@corp.example"], raw)
            waits.append(time.perf_counter() - started)


def main() -> None:
    letters = [f.read_bytes() for f in sorted((normalised("dev_set") / "msgs").iterdir())[:800]]
    letters = [raw for raw in letters if max(map(len, raw.split(b"\r\n"))) < 2000]
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), letters))
