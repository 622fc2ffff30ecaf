"""Bytes: content-addressed, durable, cheap the second time, and clearly absent when absent."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.store.blobs import BlobRef, Blobs
from lazaretto.store.errors import BytesDamaged, BytesMissing
from lazaretto.store.spool import CHUNK, MEMORY_LIMIT, Spool

MAIL = b"From: a@b.test\r\n\r\n\x00\xff body\r\n" * 100
YEAR = timedelta(days=365)


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


def later():
    return datetime.now(UTC) + timedelta(seconds=10)


@pytest.mark.parametrize("content", [b"", b"x", MAIL, os.urandom(300_000)])
def test_bytes_come_back(blobs, content):
    """Whole or in pieces, from memory or from a spool."""
    ref = blobs.put(content)

    assert BlobRef(sha256(content).hexdigest(), len(content)) == ref == BlobRef.of(content)
    assert content == blobs.get(ref.sha256)
    assert content == b"".join(blobs.chunks(ref.sha256))
    assert blobs.exists(ref.sha256)


def test_a_spool_is_stored_in_pieces(blobs, tmp_path):
    """Content larger than memory should hold goes through in pieces and is read in pieces."""
    spool = Spool(tmp_path)
    for number in range(40):
        spool.write(bytes([number]) * 100_000)
    ref = blobs.put(spool)
    pieces = list(blobs.chunks(ref.sha256))
    spool.close()

    assert (spool.sha256, 4_000_000) == (ref.sha256, ref.size)
    assert sha256(b"".join(pieces)).hexdigest() == ref.sha256
    assert max(map(len, pieces)) <= CHUNK


def test_files_are_private(blobs, tmp_path):
    """Other users of the machine cannot read mail."""
    ref = blobs.put(MAIL)

    assert 0o600 == next(tmp_path.glob("blobs/*/" + ref.sha256)).stat().st_mode & 0o777


def test_the_same_bytes_are_one_file(blobs, tmp_path):
    """The second put writes nothing, but makes the file young again."""
    ref = blobs.put(MAIL)
    path = next(tmp_path.glob("blobs/*/" + ref.sha256))
    os.utime(path, (0, 0))
    node = path.stat().st_ino
    blobs.put(MAIL)

    assert node == path.stat().st_ino
    assert path.stat().st_mtime > 0
    assert [path] == [p for p in (tmp_path / "blobs").rglob("*") if p.is_file()]


def test_many_threads_put_the_same(blobs, tmp_path):
    """All succeed and one file is there."""
    refs = []
    threads = [threading.Thread(target=lambda: refs.append(blobs.put(MAIL))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [BlobRef.of(MAIL)] * 8 == refs
    assert 1 == sum(p.is_file() for p in (tmp_path / "blobs").rglob("*"))


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "G" * 64, "0" * 63])
def test_what_is_not_there_is_said(blobs, name):
    """Reading raises before the first piece; asking and removing do not."""
    with pytest.raises(BytesMissing):
        blobs.get(name)
    with pytest.raises(BytesMissing):
        blobs.chunks(name)


def test_removing_is_idempotent(blobs):
    """Twice is like once."""
    ref = blobs.put(MAIL)
    blobs.remove(ref.sha256)
    blobs.remove(ref.sha256)

    assert not blobs.exists(ref.sha256)


def test_damage_is_told_apart(blobs, tmp_path):
    """A file that cannot be decompressed is not silently short."""
    ref = blobs.put(MAIL)
    path = next(tmp_path.glob("blobs/*/" + ref.sha256))
    path.write_bytes(path.read_bytes()[:-5])

    with pytest.raises(BytesDamaged):
        blobs.get(ref.sha256)
    with pytest.raises(BytesDamaged):
        list(blobs.chunks(ref.sha256))


def test_only_old_bytes_are_discarded(blobs, tmp_path):
    """What was put a moment ago may belong to a message that is not committed yet."""
    ref = blobs.put(MAIL)

    assert not blobs.discard(ref.sha256, older_than=datetime.now(UTC) - YEAR)
    assert [] == blobs.names(int(ref.sha256[:2], 16), older_than=datetime.now(UTC) - YEAR)
    assert [ref.sha256] == blobs.names(int(ref.sha256[:2], 16), older_than=later())
    assert blobs.discard(ref.sha256, older_than=later())
    assert not blobs.discard(ref.sha256, older_than=later())
    assert not blobs.exists(ref.sha256)


def test_a_failed_put_leaves_nothing(blobs, tmp_path):
    """A spool that cannot be read does not become half a blob."""
    spool = Spool(tmp_path)
    spool.write(MAIL * 1_000)
    spool._file.truncate(10)

    with pytest.raises(OSError, match="spool"):
        blobs.put(spool)
    spool.close()

    assert [] == [p for p in (tmp_path / "blobs").rglob("*") if p.is_file()]


def test_old_temporary_files_are_cleaned(blobs, tmp_path):
    """A process that died while writing left a file; one that is writing now keeps its own."""
    for name, age in (("dead", YEAR.total_seconds()), ("alive", 0)):
        path = tmp_path / "blobs" / "tmp" / name
        path.touch()
        os.utime(path, (path.stat().st_mtime - age,) * 2)

    assert 1 == blobs.clean()
    assert ["alive"] == [p.name for p in (tmp_path / "blobs" / "tmp").iterdir()]


@given(st.lists(st.binary(max_size=2_000), max_size=10))
def test_a_spool_is_the_sum_of_its_pieces(tmp_path_factory, pieces):
    """However content is cut, size, hash and bytes are those of the whole."""
    spool = Spool(tmp_path_factory.getbasetemp())
    for piece in pieces:
        spool.write(piece)
    whole = b"".join(pieces)
    seen = (spool.size, spool.sha256, spool.bytes(), b"".join(spool.chunks()))
    spool.close()

    assert (len(whole), sha256(whole).hexdigest(), whole, whole) == seen


def test_a_large_spool_is_a_file_without_a_name(tmp_path):
    """Beyond the limit memory is given up for a file that vanishes with the process."""
    spool = Spool(tmp_path)
    spool.write(b"a" * MEMORY_LIMIT)
    small = spool.on_disk
    spool.write(b"b" * CHUNK)
    first = list(spool.chunks())
    spool.write(b"c")
    whole, names = spool.bytes(), list(tmp_path.iterdir())
    spool.close()
    spool.close()

    assert (False, [], 0) == (small, names, spool.size)
    assert b"a" * MEMORY_LIMIT + b"b" * CHUNK == b"".join(first)
    assert b"".join(first) + b"c" == whole
    assert len(spool._memory) == 0


WRITER = """
import asyncio, sys
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import open_database
from tests.helpers.records import envelope, store_record

async def main(folder):
    blobs, database = Blobs(folder + "/blobs"), await open_database(f"sqlite://{folder}/store.db")
    async def one(lane):
        number = 0
        while True:
            number += 1
            content = f"message {lane} {number}".encode() * 50
            ref = await asyncio.to_thread(blobs.put, content)
            mail = envelope(queue_id=f"Q{lane}x{number}")
            await database.write(lambda tx: store_record(tx, mail, content=ref))
            print(mail.queue_id, ref.sha256, flush=True)
    await asyncio.gather(*(one(lane) for lane in range(4)))

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.system
async def test_what_was_committed_survives_a_kill(tmp_path):
    """After kill -9 in the middle of work every message that was told to be durable is there with its bytes."""
    from lazaretto.store.database import open_database
    from lazaretto.store.messages import get_record
    from tests.helpers.records import ACCOUNT

    root = Path(__file__).resolve().parents[2]
    told = {}
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root
        ) as writer:
            lines = [writer.stdout.readline() for _ in range(30)]
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.readlines()
        told |= dict(line.split() for line in lines if line.endswith("\n"))
    database, blobs = await open_database(f"sqlite://{tmp_path}/store.db"), Blobs(tmp_path / "blobs")
    missing = []
    for queue_id, name in told.items():
        record = await database.read(lambda tx, queue_id=queue_id: get_record(tx, ACCOUNT, queue_id))
        if record is None or sha256(blobs.get(name)).hexdigest() != name:
            missing.append(queue_id)
    await database.close()

    assert len(told) >= 30
    assert [] == missing
