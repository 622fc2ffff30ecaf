"""One server a data folder: a second `serve` on the same folder is refused with a clear sentence.

The kernel forgets the lock when its holder dies, so nothing has to be cleaned up after a crash.
Limits: other commands open the store beside a running server without this lock, which SQLite allows.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lazaretto.store.errors import WrongStore

LOCK_NAME = "serve.lock"


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the folder as long as the context lasts. Raises WrongStore when another process holds it."""
    path = folder / LOCK_NAME
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise WrongStore(f"cannot open {path} ({problem.strerror}): make the folder writable") from None
    try:
        _take(handle, folder)
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
        raise WrongStore(
            f"another server (process {holder}) works on {folder} already: stop it or use another data folder"
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
