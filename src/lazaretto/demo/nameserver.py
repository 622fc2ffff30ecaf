"""A name server for the demo: answers UDP questions from a literal zone on a loopback port.

A name that is absent is NXDOMAIN, a type that is absent is NODATA. No TCP: no answer of the demo needs it.
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from lazaretto.demo.world import Zone

TTL = 300
_TYPES = {1: "A", 2: "NS", 5: "CNAME", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA"}
_HEADER = struct.Struct("!HHHHHH")
_QUESTION = struct.Struct("!HH")
_POINTER_TO_QUESTION = b"\xc0\x0c"

_ANSWER = 0x8400  # response, authoritative
_RECURSION_WANTED = 0x0100
_RECURSION_OFFERED = 0x0080
_NXDOMAIN = 3


@asynccontextmanager
async def nameserver(zone: Zone) -> AsyncIterator[str]:
    """Serve a zone; gives the address as a resolver wants it."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Server(zone), local_addr=("127.0.0.1", 0))
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()


class _Server(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not every event loop's transport says of itself that it is one for datagrams.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = reply(self._zone, data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)


def reply(zone: Zone, question: bytes) -> bytes | None:
    """The answer to one question; None for what is none. RFC 1035 4.1."""
    try:
        number, flags, count, *_ = _HEADER.unpack_from(question)
        name, end = _name(question, _HEADER.size)
        kind, _ = _QUESTION.unpack_from(question, end)
    except (struct.error, IndexError):
        return None
    if count != 1 or flags & 0x8000:
        return None
    records = zone.get(name, {}).get(_TYPES.get(kind, ""), ())
    code = 0 if _exists(zone, name) else _NXDOMAIN
    head = _HEADER.pack(
        number, _ANSWER | _RECURSION_OFFERED | (flags & _RECURSION_WANTED) | code, 1, len(records), 0, 0
    )
    asked = question[_HEADER.size : end + _QUESTION.size]
    return head + asked + b"".join(_record(kind, record) for record in records)


def _exists(zone: Zone, name: str) -> bool:
    """A name below which there are names exists too. RFC 8020."""
    return name in zone or any(known.endswith("." + name) for known in zone)


def _name(data: bytes, at: int) -> tuple[str, int]:
    """A name without pointers, which questions do not have, and where it ends."""
    labels = []
    while length := data[at]:
        labels.append(data[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(labels), at + 1


def _record(kind: int, text: str) -> bytes:
    data = _data(kind, text)
    return _POINTER_TO_QUESTION + struct.pack("!HHIH", kind, 1, TTL, len(data)) + data


def _data(kind: int, text: str) -> bytes:
    match _TYPES[kind]:
        case "A":
            return socket.inet_pton(socket.AF_INET, text)
        case "AAAA":
            return socket.inet_pton(socket.AF_INET6, text)
        case "MX":
            preference, host = text.split()
            return struct.pack("!H", int(preference)) + _wire_name(host)
        case "TXT":
            raw = text.encode()
            pieces = [raw[at : at + 255] for at in range(0, len(raw), 255)] or [b""]
            return b"".join(bytes([len(piece)]) + piece for piece in pieces)
        case _:
            return _wire_name(text)


def _wire_name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
