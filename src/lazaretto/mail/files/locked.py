"""ZIP members under a password: those that a letter gives are tried. APPNOTE 6.1, WinZip AE-1 and AE-2.

A password is right when the member can be inflated (or has its checksum); the check bytes in front only sort
out the wrong ones quickly.
Limits: MAX_PASSWORDS that are tried, MAX_LOCKED bytes of one member, and for a message the hashes and the
bytes in its budget: the old cipher runs at one megabyte a second here.
"""

import hashlib
import struct
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.zipfiles import ZipMember, local_start

MAX_PASSWORDS = 60
"""Of one message."""

MAX_LOCKED = 1 << 20
"""Packed bytes of one member that are deciphered."""

_AES = 99
_AES_FIELD = 0x9901
_SALT = {1: 8, 2: 12, 3: 16}
_CHECK = 12
_START = 256
_CODE = 10
_BLOCK = 16
_ROUNDS = 1_000
_HASHES = 8 * _ROUNDS  # four blocks, for a key to read, one to sign and the check, of two hashes a round


def _table() -> tuple[int, ...]:
    values = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)  # noqa: PLW2901
        values.append(value)
    return tuple(values)


_CRC = _table()


def open_member(
    data: bytes, member: ZipMember, passwords: tuple[str, ...], limit: int, budget: Budget
) -> tuple[bytes, str]:
    """The content and the password that gave it; nothing where none fits."""
    start = local_start(data, member)
    if start < 0 or member.packed > MAX_LOCKED:
        return b"", ""
    content = data[start : start + member.packed]
    for password in passwords[:MAX_PASSWORDS]:
        for key in dict.fromkeys((password.encode("utf-8", "replace"), password.encode("cp437", "replace"))):
            if member.method == _AES:
                plain = _open_aes(data, member, key, limit, budget)
            else:
                plain = _open_old(member, content, key, limit, budget)
            if plain:
                return plain, password
    return b"", ""


class _Keys:
    """The three keys of the old cipher. APPNOTE 6.1.5."""

    __slots__ = ("one", "three", "two")

    def __init__(self, password: bytes) -> None:
        self.one, self.two, self.three = 0x12345678, 0x23456789, 0x34567890
        for byte in password:
            self._update(byte)

    def _update(self, byte: int) -> None:
        self.one = self.one >> 8 ^ _CRC[(self.one ^ byte) & 255]
        self.two = ((self.two + (self.one & 255)) * 134775813 + 1) & 0xFFFFFFFF
        self.three = self.three >> 8 ^ _CRC[(self.three ^ self.two >> 24) & 255]

    def decipher(self, data: bytes) -> bytes:
        """The next bytes in clear."""
        plain = bytearray()
        for byte in data:
            mask = self.three | 2
            clear = byte ^ (mask * (mask ^ 1) >> 8 & 255)
            self._update(clear)
            plain.append(clear)
        return bytes(plain)


def _open_old(member: ZipMember, content: bytes, password: bytes, limit: int, budget: Budget) -> bytes:
    if not budget.take_deciphered(len(password) + _CHECK):
        return b""
    keys = _Keys(password)
    head = keys.decipher(content[:_CHECK])
    expected = member.time >> 8 & 255 if member.flags & 8 else member.crc >> 24
    if len(head) < _CHECK or head[-1] != expected:
        return b""
    start = keys.decipher(content[_CHECK : _CHECK + _START])
    if member.method and _inflate(start, limit) is None:
        return b""  # one password in 256 passes the check byte; the first bytes then are no deflate
    if not budget.take_deciphered(len(content) - _CHECK):
        return b""
    return _unpack(member.method, start + keys.decipher(content[_CHECK + _START :]), limit, crc=member.crc)


def _open_aes(data: bytes, member: ZipMember, password: bytes, limit: int, budget: Budget) -> bytes:
    start = local_start(data, member)
    content = data[start : start + member.packed]
    strength, method = _aes_field(data, member)
    salt = _SALT.get(strength, 0)
    if not salt or len(content) < salt + 2 + _CODE:
        return b""
    if not budget.take_hashes(_HASHES):
        return b""
    size = 8 * (strength + 1)
    derived = hashlib.pbkdf2_hmac("sha1", password, content[:salt], _ROUNDS, 2 * size + 2)
    if derived[-2:] != content[salt : salt + 2]:
        return b""
    secret = content[salt + 2 : -_CODE]
    blocks = -(-len(secret) // _BLOCK)
    counters = b"".join((index + 1).to_bytes(_BLOCK, "little") for index in range(blocks))
    cipher = Cipher(algorithms.AES(derived[:size]), modes.ECB()).encryptor()  # noqa: S305, their counter runs backwards
    mask = cipher.update(counters)[: len(secret)]
    plain = (int.from_bytes(secret) ^ int.from_bytes(mask)).to_bytes(len(secret))
    return _unpack(method, plain, limit, crc=member.crc)


def _aes_field(data: bytes, member: ZipMember) -> tuple[int, int]:
    """Strength and real method, from the extra field of the local header."""
    name, extra = struct.unpack_from("<HH", data, member.offset + 26)
    at = member.offset + 30 + name
    end = min(at + extra, len(data))
    while at + 11 <= end:
        kind, size = struct.unpack_from("<HH", data, at)
        if kind == _AES_FIELD and size >= 7:
            return data[at + 8], int(struct.unpack_from("<H", data, at + 9)[0])
        at += 4 + size
    return 0, 0


def _inflate(plain: bytes, limit: int) -> bytes | None:
    try:
        return zlib.decompressobj(-15).decompress(plain, limit)
    except zlib.error:
        return None


def _unpack(method: int, plain: bytes, limit: int, *, crc: int) -> bytes:
    if method == 0:
        return plain[:limit] if crc in {0, zlib.crc32(plain)} else b""
    return (_inflate(plain, limit) or b"") if method == 8 else b""
