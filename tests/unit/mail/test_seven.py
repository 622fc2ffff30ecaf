"""7z: limits and hostile headers."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.budget import Budget
from lazaretto.mail.files import seven
from lazaretto.mail.files.seven import seven_files
from tests.unit.mail.files import seven_with
from tests.unit.mail.packed import PASSWORD, archive


def files(data, limit=1 << 20):
    return list(seven_files(data, limit=limit, budget=Budget()).files)


def test_limit_of_bytes():
    """Of a bomb comes as much as is asked for, and it is said that there was more."""
    found = seven_files(archive("seven_zeros"), limit=1000, budget=Budget())

    assert [("z", bytes(1000))] == list(found.files)
    assert found.cut


def test_limits_of_the_header(monkeypatch):
    """Too many folders, files or coders: nothing is taken out."""
    for name in ("MAX_FOLDERS", "MAX_FILES", "MAX_CODERS"):
        with monkeypatch.context() as patch:
            patch.setattr(seven, name, 0)

            assert [] == files(archive("seven_copy"))
    assert 2 == len(files(archive("seven_copy")))


def test_limit_of_hashes(monkeypatch):
    """A key that asks for more hashes than any writer uses is not made."""
    monkeypatch.setattr(seven, "MAX_POWER", 18)

    assert [] == list(
        seven_files(archive("seven_aes"), limit=1000, budget=Budget(), passwords=(PASSWORD,)).files
    )


def test_header_that_is_not_there():
    """Offsets beyond the file, sizes without end."""
    head = b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4)

    assert [] == files(head + struct.pack("<QQ", 1 << 62, 1 << 62) + bytes(4))
    assert [] == files(head + bytes(20))
    assert [] == files(b"7z")


@given(st.binary(max_size=200))
def test_any_header(header):
    """Every header is read to an end."""
    assert len(files(seven_with(b"content", b"\x01" + header))) <= seven.MAX_FILES
    assert len(files(seven_with(b"content", b"\x01\x04\x06\x00\x01\x09" + header))) <= seven.MAX_FILES
