"""Memory of the whole program, workers included, at rest, under load, and with one message of 45 MiB."""

import asyncio
import tempfile
from pathlib import Path

import psutil
from tests.helpers.corpora import normalised
from tests.helpers.load import Wire
from tests.helpers.program import Program

from bench.next_hop import next_hop

MIB = 1024 * 1024
CLIENTS = 8
SECONDS = 10.0


def resident(program: Program) -> dict[str, float]:
    """Proportional set size in MiB of the server and of its workers together."""
    parent = psutil.Process(program.process.pid)
    workers = parent.children(recursive=True)
    return {
        "server": parent.memory_full_info().pss / MIB,
        "workers": sum(w.memory_full_info().pss for w in workers) / MIB,
    }


def show(label: str, figures: dict[str, float]) -> None:
    print(f"{label}: " + ", ".join(f"{name} {value:.0f} MiB" for name, value in figures.items()), flush=True)


async def load(program: Program, letters: list[bytes]) -> dict[str, float]:
    worst = {"server": 0.0, "workers": 0.0}
    done = asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            now = await asyncio.to_thread(resident, program)
            worst.update({name: max(value, worst[name]) for name, value in now.items()})
            await asyncio.sleep(0.2)

    async def client(mine: list[bytes]) -> None:
        async with Wire(program.smtp) as wire:
            for raw in mine:
                await wire.send("ann@sender.example", ["user@corp.example"], raw)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(client(letters[i::CLIENTS]) for i in range(min(CLIENTS, len(letters)))))
    done.set()
    await watching
    return worst


async def measure(folder: Path) -> None:
    files = sorted((normalised("dev_set") / "msgs").iterdir())[:1500]
    letters = [raw for raw in (f.read_bytes() for f in files) if max(map(len, raw.split(b"\r\n"))) < 2000]
    large = letters[0] + (b"x" * 76 + b"\r\n") * (45 * MIB // 78)
    async with next_hop() as port:
        program = Program(folder)
        program.set_up(f"127.0.0.1:{port}")
        await asyncio.to_thread(program.start)
        await asyncio.sleep(2)
        show("at rest", resident(program))
        show(
            f"under load ({len(letters)} messages, {CLIENTS} clients), the worst seen",
            await load(program, letters),
        )
        await asyncio.sleep(2)
        show("after it", resident(program))
        show("one message of 45 MiB, the worst seen", await load(program, [large]))
        await asyncio.to_thread(program.stop)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))
