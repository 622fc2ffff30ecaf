"""The files in a RAR archive, unpacked here: no small and safe package does it.

RAR 5 whole, RAR 3 and 4 as far as `rar_three` goes. Under a password those that the letter gives are tried;
archives whose list of files is encrypted stay closed. A checksum says whether what came out is the file; if
not, the archive counts as cut.
Limits: the slow bytes of the message's budget, MAX_KEYS passwords (MAX_OLD_KEYS of them on RAR 3 and 4, whose
keys say nothing of being right), MAX_POWER of the hashes for one key.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.rar import RarFile, read_rar
from lazaretto.mail.files.rar_codes import Window
from lazaretto.mail.files.rar_five import unpack_five
from lazaretto.mail.files.rar_three import unpack_three

MAX_KEYS = 20
"""Passwords that are tried: each costs some hundredths of a second."""

MAX_OLD_KEYS = 6
"""Passwords that are tried on RAR 3 and 4: each costs a key of 2^18 hashes and the unpacking of a file."""

MAX_POWER = 18
"""Of the number of hashes for one key; writers use 15."""

_VERSION_THREE = range(26, 50)
_CHECKED, _KEYED_SUMS = 1, 2
_OLD_ROUNDS, _OLD_STEP = 1 << 18, 1 << 14
_CHECK_HASHES = 32


class RarContents:
    """The files of one archive, and what became of them while they were taken out."""

    def __init__(self, data: bytes, budget: Budget, passwords: tuple[str, ...] = ()) -> None:
        self._data = data
        self._budget = budget
        self._passwords = passwords[:MAX_KEYS]
        self.cut = False  # something could not be unpacked, or not whole
        self.password = ""  # the one that opened it

    def files(self, rank: Callable[[str], int]) -> Iterator[tuple[str, bytes]]:
        """Names and contents; in a solid archive in their order, else what is dangerous first."""
        files = [file for file in read_rar(self._data).files if file.packed]
        solid = any(file.solid for file in files)
        window = Window()
        for file in files if solid else sorted(files, key=lambda one: rank(one.name)):
            if not (solid and file.solid):
                window = Window()
            packed = self._data[file.start : file.start + file.packed]
            if file.encrypted and file.version < 50:
                content = self._old(file, packed, window)
            else:
                opened = self._opened(file, packed) if file.encrypted else (file, packed)
                content = None if opened is None else self._content(*opened, window)
            if content is not None:
                yield file.name, content
            elif solid:
                return  # what follows cannot be unpacked without it

    def _old(self, file: RarFile, packed: bytes, window: Window) -> bytes | None:
        """A file of RAR 3 or 4 under a password: the right one is that which gives the checksum."""
        if len(file.lock) != 8 or len(packed) % 16 or not file.whole:
            return None
        before = (self.password,) if self.password else ()
        for password in dict.fromkeys((*before, *self._passwords[:MAX_OLD_KEYS])):
            key, start = _old_key(password, file.lock)
            plain = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor().update(packed)
            tried = deepcopy(window)
            cut, self.cut = self.cut, False
            content = self._content(file, plain, tried)
            right, self.cut = not self.cut, cut
            if right and file.crc == zlib.crc32(content):
                self.password = password
                window.become(tried)
                return content
        return None

    def _content(self, file: RarFile, packed: bytes, window: Window) -> bytes:
        wanted = min(file.size, self._budget.slow)
        if not file.method:
            return packed[: file.size]
        if file.version >= 50:
            content = unpack_five(packed, window, wanted)
        elif file.version in _VERSION_THREE:
            content, odd = unpack_three(packed, window, wanted)
            self.cut = self.cut or odd
        else:
            content = b""
        self._budget.slow -= len(content)
        right = file.crc is None or not file.whole or file.crc == zlib.crc32(content)
        self.cut = self.cut or len(content) < file.size or not right
        return content

    def _opened(self, file: RarFile, packed: bytes) -> tuple[RarFile, bytes] | None:
        """An encrypted file in clear; None where no password fits."""
        if file.version < 50 or len(file.lock) < 35:
            return None
        flags, power = file.lock[1], file.lock[2]
        salt, start, check = file.lock[3:19], file.lock[19:35], file.lock[35:43]
        if power > MAX_POWER or not flags & _CHECKED or len(check) < 8 or len(packed) % 16:
            return None
        for password in dict.fromkeys(
            (self.password, *self._passwords) if self.password else self._passwords
        ):
            secret = password.encode("utf-8", "replace")
            if _check_value(secret, salt, power) == check:
                self.password = password
                key = hashlib.pbkdf2_hmac("sha256", secret, salt, 1 << power, 32)
                plain = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor().update(packed)
                return replace(file, crc=None if flags & _KEYED_SUMS else file.crc), plain
        return None


@lru_cache(64)
def _old_key(password: str, salt: bytes) -> tuple[bytes, bytes]:
    """Key and first block of RAR 3 and 4: hashes of the password, the salt and a number that grows."""
    raw = password.encode("utf-16-le", "replace") + salt
    hashed, start = hashlib.sha1(usedforsecurity=False), bytearray()
    for first in range(0, _OLD_ROUNDS, _OLD_STEP):
        hashed.update(raw + first.to_bytes(3, "little"))
        start.append(hashed.digest()[-1])
        hashed.update(b"".join(raw + n.to_bytes(3, "little") for n in range(first + 1, first + _OLD_STEP)))
    digest = hashed.digest()
    return b"".join(digest[at : at + 4][::-1] for at in range(0, 16, 4)), bytes(start)


def _check_value(secret: bytes, salt: bytes, power: int) -> bytes:
    """What tells a right password: more rounds of the same hash, folded to eight bytes."""
    long = hashlib.pbkdf2_hmac("sha256", secret, salt, (1 << power) + _CHECK_HASHES, 32)
    return bytes(long[i] ^ long[i + 8] ^ long[i + 16] ^ long[i + 24] for i in range(8))
