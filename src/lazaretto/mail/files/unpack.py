"""Files inside files: what archives and documents hold, taken out to be looked into like any file.

ZIP, TAR, GZIP, BZIP2, XZ, Zstandard, 7z, RAR, cabinets, ISO 9660, UDF and FAT images, Office documents old
and new, OneNote, RTF, Outlook items and containers are opened. What a reader may start comes first, so that a
crowd of harmless files does not use up the limits. Nothing declared is believed.

Limits: MAX_FILE bytes of one inner file, MAX_RATIO between packed and unpacked, MAX_DEPTH files within each
other, MAX_FOLDER; all files of a message together take from its budget.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.archives import TarFile, inflate, inner_name, tar_files
from lazaretto.mail.files.cab import Cabinet
from lazaretto.mail.files.embedded import note_files, rtf_files
from lazaretto.mail.files.fat import fat_files
from lazaretto.mail.files.filetype import detect
from lazaretto.mail.files.locked import open_member
from lazaretto.mail.files.ole import OLE, ole_files
from lazaretto.mail.files.outlook import item_files
from lazaretto.mail.files.rar_files import RarContents
from lazaretto.mail.files.seven import seven_files
from lazaretto.mail.files.tnef import tnef_files
from lazaretto.mail.files.udf import disc_files
from lazaretto.mail.files.zipfiles import read_packed, zip_members

MAX_DEPTH = 3
"""Files within each other that are opened: an archive in an archive in an archive."""

MAX_FILE = 8 << 20
"""Bytes of one inner file that are read."""

MAX_FOLDER = 16 << 20
"""Bytes of one stream of a cabinet: the files in it are packed as one."""

MAX_RATIO = 200
"""Unpacked bytes for one packed byte; text packs to a tenth, a bomb to a thousandth."""

RATIO_FREE = 1 << 20
"""Bytes below which the ratio is not asked: a small file of zeros is no bomb."""

MAX_PATH = 500
"""Characters of the path of an inner file that are kept."""

_FIRST = frozenset(
    {
        *("exe", "scr", "com", "pif", "dll", "cpl", "jar", "xll", "js", "jse", "vbs"),
        *("vbe", "wsf", "wsh", "hta", "ps1", "bat", "cmd", "lnk", "url", "chm", "msi"),
        *("iso", "img", "vhd", "one", "zip", "rar", "7z", "gz", "tar", "xz", "bz2"),
        *("ace", "cab", "arj", "html", "htm", "shtml", "svg", "docm", "xlsm", "pptm", "xlsb"),
        *("xlam", "rtf", "eml", "msg"),
    }
)
_NEXT = frozenset({"doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "png", "jpg", "jpeg", "gif", "ics"})
_STREAMS = {"application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"}


@dataclass(frozen=True, slots=True)
class Inner:
    """A file that was taken out of another."""

    name: str  # its path in there
    data: bytes
    cut: bool = False  # there was more


@dataclass(frozen=True, slots=True)
class Opening:
    """What came out."""

    files: tuple[Inner, ...] = ()
    cut: bool = False  # a limit ended it
    bomb: bool = False  # a limit ended it, and the content is unlike any honest file
    password: str = ""  # the one that opened it


def open_file(
    data: bytes, detected: str, name: str, budget: Budget, passwords: tuple[str, ...] = ()
) -> Opening:
    """The files in a file of a detected type."""
    if detected in _STREAMS:
        return _stream(data, detected, name, budget)
    if detected in _OPENERS:
        return _OPENERS[detected](data, budget, passwords)
    if data[:2] == b"PK":
        return _zip(data, detected, budget, passwords)
    reader = _READERS.get(detected) or (ole_files if data[:4] == OLE else None)
    return _take(reader(data), budget, packed=len(data)) if reader is not None else Opening()


def _seven(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Opening:
    found = seven_files(data, limit=budget.room(MAX_FILE), budget=budget, passwords=passwords)
    opening = _take(found.files, budget, packed=len(data))
    return replace(opening, cut=opening.cut or found.cut, password=found.password)


def _cabinet(data: bytes, budget: Budget, _: tuple[str, ...]) -> Opening:
    cabinet = Cabinet(data)
    opening = _take(cabinet.contents(budget.room(MAX_FOLDER)), budget, packed=len(data))
    return replace(opening, cut=opening.cut or cabinet.cut)


def _rar(data: bytes, budget: Budget, passwords: tuple[str, ...]) -> Opening:
    rar = RarContents(data, budget, passwords)
    opening = _take(rar.files(rank), budget, packed=len(data))
    return replace(opening, cut=opening.cut or rar.cut, password=rar.password)


def _rtf(data: bytes, budget: Budget, _: tuple[str, ...]) -> Opening:
    return _take(rtf_files(data, budget), budget, packed=len(data))


_OPENERS: dict[str, Callable[[bytes, Budget, tuple[str, ...]], Opening]] = {
    "application/x-7z-compressed": _seven,
    "application/vnd.ms-cab-compressed": _cabinet,
    "application/x-rar": _rar,
    "application/rtf": _rtf,
}


def _tar(data: bytes) -> Iterator[tuple[str, bytes]]:
    return _bodies(data, tar_files(data))


def _bodies(data: bytes, files: Iterator[TarFile]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        yield file.name, data[file.start : file.start + min(file.size, MAX_FILE)]


_READERS: dict[str, Callable[[bytes], Iterator[tuple[str, bytes]]]] = {
    "application/x-tar": _tar,
    "application/x-iso9660-image": disc_files,
    "application/x-udf-image": disc_files,
    "application/x-raw-disk-image": fat_files,
    "application/x-vhd": fat_files,
    "application/onenote": note_files,
    "application/vnd.ms-tnef": tnef_files,
    "application/vnd.ms-outlook": item_files,
}


def rank(name: str) -> int:
    """What is opened first: what a reader may start, then documents, then the rest."""
    extension = name.rpartition(".")[2].strip().lower()
    return 0 if extension in _FIRST else 1 if extension in _NEXT else 2


def _zip(data: bytes, detected: str, budget: Budget, passwords: tuple[str, ...]) -> Opening:
    members = [m for m in zip_members(data) if not m.name.endswith("/")]
    if detected.startswith("application/vnd."):  # of a document only what it carries, not what it is made of
        members = [m for m in members if "/embeddings/" in m.name.lower()]
    members.sort(key=lambda member: rank(member.name))
    files: list[Inner] = []
    cut = bomb = False
    password = ""
    for member in members:
        limit = budget.room(MAX_FILE)
        if not limit:
            cut = True
            break
        content, taken = read_packed(data, member, limit)
        if member.encrypted:
            content, opened_by = open_member(data, member, _first(password, passwords), limit, budget)
            password, taken = opened_by or password, member.packed
        if not content and member.size and not member.encrypted:
            cut = True  # packed in a way that we cannot undo: nobody here has seen it
        if content:
            budget.take_inner(len(content))
            over = len(content) >= limit
            files.append(Inner(member.name, content, over))
            cut = cut or over
            bomb = bomb or _unlikely(len(content), taken)
    return Opening(tuple(files), cut, bomb, password)


def _first(password: str, passwords: tuple[str, ...]) -> tuple[str, ...]:
    """What opened one member opens the next."""
    return (password, *passwords) if password else passwords


def _unlikely(size: int, packed: int) -> bool:
    return size > RATIO_FREE and size > MAX_RATIO * packed


def _stream(data: bytes, detected: str, name: str, budget: Budget) -> Opening:
    """A compressed file; the TAR in it is opened at once, as every program does."""
    limit = budget.room(MAX_FILE)
    content, taken = inflate(data, detected, limit) if limit else (b"", 0)
    over = len(content) >= limit
    bomb = _unlikely(len(content), taken)
    if detect(content) == "application/x-tar":
        opening = _take(_tar(content), budget, packed=len(content))
        return replace(opening, cut=opening.cut or over, bomb=opening.bomb or bomb)
    if not content:
        return Opening(cut=not limit)
    budget.take_inner(len(content))
    return Opening((Inner(inner_name(data, name), content, over),), over, bomb)


def _take(found: Iterator[tuple[str, bytes]], budget: Budget, *, packed: int) -> Opening:
    """As many files as the budget allows."""
    files: list[Inner] = []
    size = 0
    for name, content in found:
        limit = budget.room(MAX_FILE)
        if not limit:
            return Opening(tuple(files), cut=True, bomb=_unlikely(size, packed))
        if content:
            kept = content[:limit]
            budget.take_inner(len(kept))
            size += len(kept)
            files.append(Inner(name, kept, len(content) >= limit))
    return Opening(tuple(files), cut=any(file.cut for file in files), bomb=_unlikely(size, packed))


def path(outer: str | None, inner: str) -> str:
    """The path of a file in a file, as analysts read it: outer.zip/folder/inner.exe."""
    name = "".join(c if c >= " " and c != "\x7f" else "_" for c in inner).strip("/") or "(no name)"
    whole = f"{outer or '(no name)'}/{name.encode('utf-8', 'replace').decode()}"
    return whole if len(whole) <= MAX_PATH else f"…{whole[1 - MAX_PATH :]}"
