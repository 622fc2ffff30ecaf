"""The content of the message that is coming in: a spool that exists only while there is something in it."""

from pathlib import Path

from lazaretto.store.spool import MEMORY_LIMIT, Spool


class Holding:
    """Holds one message at most."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spool: Spool | None = None

    def may_wait(self, data: bytes) -> bool:
        """Whether writing these bytes may wait for the disk."""
        return (self._spool.size if self._spool is not None else 0) + len(data) > MEMORY_LIMIT

    def write(self, data: bytes) -> None:
        """Appends; OSError when there is no room."""
        if self._spool is None:
            self._spool = Spool(self._folder)
        self._spool.write(data)

    def take(self) -> Spool:
        """The message, which the caller must close; nothing is held any more."""
        spool, self._spool = self._spool or Spool(self._folder), None
        return spool

    def drop(self) -> None:
        """Nothing is held any more."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
