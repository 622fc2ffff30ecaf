"""The original message as a JSON string."""

import msgspec


class Raw(msgspec.Struct, frozen=True):
    """RawGetResponse of the contract."""

    raw: str


def raw(octets: bytes) -> tuple[Raw, bool]:
    """The text and whether it is UTF-8.

    Other octets are read as ISO-8859-1, which maps each octet to one character and so can be undone.
    """
    try:
        return Raw(octets.decode("utf-8")), True
    except UnicodeDecodeError:
        return Raw(octets.decode("latin-1")), False
