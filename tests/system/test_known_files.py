"""Files as the scan workers see them: within their limit of memory, with the lists and rules of the server."""

import hashlib
from datetime import UTC, datetime

import pytest

from lazaretto.model.facts import FileMatch
from lazaretto.resolve.files import FileOptions
from lazaretto.scanner.job import Job, WorkerOptions
from lazaretto.scanner.pool import ScannerPool
from lazaretto.store.blobs import Blobs
from tests.helpers.letters import File, written
from tests.helpers.records import envelope
from tests.unit.mail.files import zip_of
from tests.unit.mail.packed import PASSWORD, PROGRAM, archive
from tests.unit.mail.test_pdf import code_page

pytestmark = pytest.mark.system

MIB = 1 << 20


async def examined(tmp_path, *attachments, text="Good morning.", **known):
    """What a worker with the usual limit of memory says."""
    raw = written(text=text, attachments=attachments)
    blob = Blobs(tmp_path / "blobs").put(raw).sha256
    options = WorkerOptions(
        blobs=str(tmp_path / "blobs"), offline=True, memory=1024 * MIB, files=FileOptions(**known)
    )
    pool = ScannerPool(options, workers=1, seconds=60)
    await pool.start()
    try:
        return await pool.examine(Job(0, blob, envelope(), ("example.com",), datetime.now(UTC)))
    finally:
        await pool.stop()


async def test_lists_and_rules(tmp_path):
    """They are read by the worker, and what they say comes back as facts and in the verdict."""
    for folder in ("lists", "rules"):
        (tmp_path / folder).mkdir()
    (tmp_path / "lists" / "feed.txt").write_text(hashlib.md5(PROGRAM).hexdigest())
    (tmp_path / "rules" / "own.yar").write_text('rule begins_mz { strings: $a = "MZ" condition: $a at 0 }')
    found = await examined(
        tmp_path,
        File("a.zip", archive("zip_aes128"), "application/zip"),
        text=f"password: {PASSWORD}",
        hash_lists=str(tmp_path / "lists"),
        yara_folder=str(tmp_path / "rules"),
    )
    sha256 = hashlib.sha256(PROGRAM).hexdigest()

    assert {("hash_list", "feed.txt"), ("yara", "begins_mz")} == {
        (m.source, m.name) for m in found.facts.files
    }
    assert {FileMatch("yara", "begins_mz", sha256)} <= set(found.facts.files)
    assert {"file_on_hash_list", "file_matches_yara"} <= {w.rule.id for w in found.verdict.findings}
    assert sha256 in {a.sha256 for a in found.summary.attachments}


async def test_documents_within_the_limit_of_memory(tmp_path):
    """The library for PDF, pictures and a bomb fit into a worker."""
    bomb = zip_of({"a.bin": bytes(60 << 20)})
    found = await examined(
        tmp_path,
        File("a.pdf", code_page((2550, 3300), (900, 900)), "application/pdf"),
        File("b.zip", bomb, "application/zip"),
    )

    assert "login.evil.example" in {link.host for link in found.summary.links}
    assert "archive_bomb" in {w.rule.id for w in found.verdict.findings}


async def test_scanner_that_is_not_there(tmp_path):
    """A socket without ClamAV holds nothing up; its silence is a fact."""
    found = await examined(tmp_path, clamav_socket=str(tmp_path / "none"))

    assert ("clamav",) == found.facts.silent
