"""Hash lists and YARA rules: what they say of the files of a message becomes facts."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.parse import parse
from lazaretto.model.facts import FileMatch
from lazaretto.resolve import files, hash_lists
from lazaretto.resolve.files import FileOptions, KnownFiles, WrongFilesError
from lazaretto.resolve.hash_lists import load_hash_lists, read_hash_list
from tests.helpers.letters import File, facts, written
from tests.unit.mail.files import zip_of

BAD = b"this is the bad file"
SHA256, SHA1, MD5 = (getattr(hashlib, name)(BAD).hexdigest() for name in ("sha256", "sha1", "md5"))
RULE = 'rule bad_words { strings: $a = "bad file" condition: $a }\n'


@pytest.mark.parametrize(
    "line",
    [SHA256, SHA1, MD5, SHA256.upper(), f'"{MD5}","trojan","2024"', f"  {SHA1}  name.exe", f"{SHA256};x"],
)
def test_lines_of_lists(line):
    """All three hashes, in both cases, with whatever a feed writes behind them."""
    found = read_hash_list("feed", [b"# comment\n", b"\n", line.encode() + b"\n"])

    assert 1 == len(found)
    assert any(found.holds(bytes.fromhex(h)) for h in (SHA256, SHA1, MD5))
    assert not found.holds(hashlib.sha256(b"other").digest())


@pytest.mark.parametrize("line", ["", "# " + SHA256, "x" + SHA256, SHA256 + "00", MD5[:-1], "name," + MD5])
def test_lines_that_are_no_hashes(line):
    """Comments, names and other numbers are left out."""
    assert 0 == len(read_hash_list("feed", [line.encode()]))


@given(st.sets(st.binary(min_size=16, max_size=16), max_size=40), st.binary(min_size=16, max_size=16))
def test_search(hashes, other):
    """A list holds what was put into it, and nothing else."""
    found = read_hash_list("feed", [h.hex().encode() for h in hashes])

    assert all(found.holds(h) for h in hashes)
    assert (other in hashes) == found.holds(other)


def test_limits_of_lists(monkeypatch, tmp_path):
    """So many hashes of all lists are kept, and so many bytes of a line read."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(
            "\n".join(hashlib.md5(f"{name}{i}".encode()).hexdigest() for i in range(9))
        )
    (tmp_path / "c.txt").write_text(" " * 2_000 + MD5)
    (tmp_path / ".hidden").write_text(MD5)

    assert [("a.txt", 9), ("b.txt", 9), ("c.txt", 1)] == [
        (one.name, len(one)) for one in load_hash_lists(tmp_path)
    ]
    monkeypatch.setattr(hash_lists, "MAX_HASHES", 12)
    assert [9, 3, 0] == [len(one) for one in load_hash_lists(tmp_path)]


async def known(options, *attachments):
    knows = KnownFiles(options)
    watch = knows.watch()
    raw = written(attachments=attachments)
    found = await knows.add(facts(), raw, parse(raw, watch), watch)
    return replace(found, at=facts().at)


async def test_hash_of_an_inner_file(tmp_path):
    """A file in an archive is found by its hash, and named by it."""
    (tmp_path / "feed.txt").write_text(SHA1)
    found = await known(FileOptions(hash_lists=str(tmp_path)), File("a.zip", zip_of({"b.bin": BAD})))

    assert (FileMatch("hash_list", "feed.txt", SHA256),) == found.files


async def test_rules_over_inner_files(tmp_path):
    """YARA sees every file, those in archives too, each once."""
    (tmp_path / "rules.yar").write_text(RULE)
    (tmp_path / "notes.txt").write_text("no rules")
    inner = File("a.zip", zip_of({"b.bin": BAD}))
    found = await known(FileOptions(yara_folder=str(tmp_path)), inner, inner, File("c.bin", b"good"))

    assert (FileMatch("yara", "bad_words", SHA256),) == found.files
    assert () == found.silent


async def test_nothing_configured():
    """Then nothing is known and nothing is silent."""
    found = await known(FileOptions(), File("a.bin", BAD))

    assert ((), ()) == (found.files, found.silent)


async def test_limits_of_matches(monkeypatch, tmp_path):
    """Files that YARA looks at and matches that are kept are bounded."""
    (tmp_path / "rules.yar").write_text(RULE)
    options = FileOptions(yara_folder=str(tmp_path))
    many = [File(f"{i}.bin", BAD + b"%d" % i) for i in range(4)]
    monkeypatch.setattr(files, "MAX_FILES", 3)

    assert 3 == len((await known(options, *many)).files)
    monkeypatch.setattr(files, "MAX_MATCHES", 2)
    assert 2 == len((await known(options, *many)).files)
    monkeypatch.setattr(files, "MAX_NAME", 3)
    assert "bad" == (await known(options, *many)).files[0].name
    monkeypatch.setattr(files, "MAX_RULE_FILES", 0)
    assert () == (await known(options, *many)).files


async def test_rule_that_takes_too_long(monkeypatch, tmp_path):
    """It says nothing, and that is said."""
    (tmp_path / "slow.yar").write_text(
        "rule slow { condition: for all i in (1..2000000000) : (i != filesize * 3000000000) }"
    )
    monkeypatch.setattr(files, "SECONDS", 1)
    found = await known(FileOptions(yara_folder=str(tmp_path)), File("a.bin", BAD))

    assert ((), ("yara",)) == (found.files, found.silent)


@pytest.mark.parametrize("text", ["rule x { condition: nonsense }", 'include "/etc/passwd"'])
def test_wrong_rules(tmp_path, text):
    """A mistake in a rule is told when the server starts, with its file; nothing outside is included."""
    (tmp_path / "wrong.yar").write_text(text)

    with pytest.raises(WrongFilesError, match=r"wrong\.yar"):
        KnownFiles(FileOptions(yara_folder=str(tmp_path)))


@pytest.mark.parametrize("name", ["hash_lists", "yara_folder"])
def test_folder_that_is_not_there(tmp_path, name):
    """So is a folder that cannot be read."""
    with pytest.raises(WrongFilesError, match=f"scan.{name}"):
        KnownFiles(FileOptions(**{name: str(tmp_path / "none")}))
