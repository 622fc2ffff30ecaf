"""What can be wrong with a store, each with a sentence for the operator."""


class WrongStore(Exception):  # noqa: N818  # told to the operator as one sentence
    """The store cannot be opened; the text says what to do."""


class ForeignAwait(RuntimeError):  # noqa: N818  # a bug in a work, not a state of the store
    """A work awaited something other than its transaction."""


class Closed(RuntimeError):  # noqa: N818  # reads as a state
    """The store was closed before the work could run."""


class BytesMissing(LookupError):  # noqa: N818  # reads as a state
    """The bytes of a record are not in the blob folder: retention removed them, or it is another folder."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"no blob {sha256}")
        self.sha256 = sha256


class BytesDamaged(BytesMissing):
    """There is a file of that name and it cannot be read back: the disk lost something."""


class NotStorable(ValueError):  # noqa: N818  # reads as a state
    """What was stored cannot be read by this release."""
