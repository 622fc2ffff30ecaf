"""A real DNS server on a loopback port, UDP and TCP, that answers from a literal zone.

A name that is absent is NXDOMAIN, a type that is absent is NODATA, and the records "TIMEOUT" and "SERVFAIL" are faults:

    ZONE = {"example.test": {"TXT": ["v=spf1 -all"], "MX": ["10 mx.example.test"], "AAAA": ["TIMEOUT"]}}
    async with nameserver(ZONE) as server:
        Resolver([server.address]) ...
        assert [("example.test", "TXT")] == server.questions
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

Zone = Mapping[str, Mapping[str, Sequence[str]]]

MAX_UDP = 512  # longer answers are truncated and asked again over TCP
MAX_CHAIN = 8  # CNAMEs that are followed


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """The running server. `zone` may be replaced while it runs."""

    zone: Zone
    ttl: int = 300
    port: int = 0
    delay: float = 0.0  # seconds before each answer
    questions: list[tuple[str, str]] = field(default_factory=list)  # (name, type) in the order they came
    transport: asyncio.DatagramTransport | None = None
    _later: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def address(self) -> str:
        """What a resolver is told."""
        return f"127.0.0.1:{self.port}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by asyncio."""
        answer = self.answer(data, limit=MAX_UDP)
        if answer is None or self.transport is None:
            return
        if not self.delay:
            self.transport.sendto(answer, addr)
            return
        task = asyncio.get_running_loop().create_task(self._send_later(answer, addr))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _send_later(self, answer: bytes, addr: tuple[str, int]) -> None:
        await asyncio.sleep(self.delay)
        if self.transport is not None and not self.transport.is_closing():
            self.transport.sendto(answer, addr)

    async def serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One TCP connection, any number of questions."""
        self._writers.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size = int.from_bytes(await reader.readexactly(2), "big")
                answer = self.answer(await reader.readexactly(size), limit=65_535)
                if answer is not None:
                    await asyncio.sleep(self.delay)
                    writer.write(len(answer).to_bytes(2, "big") + answer)
                    await writer.drain()
        self._writers.discard(writer)
        writer.close()

    def answer(self, wire: bytes, *, limit: int) -> bytes | None:
        """The reply to one question; None where the zone says to stay silent."""
        query = dns.message.from_wire(wire)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.questions.append((name, kind))
        reply = dns.message.make_response(query, recursion_available=True)
        node = self._zone_node(name)
        for _ in range(MAX_CHAIN):
            if node is None:
                reply.set_rcode(dns.rcode.NXDOMAIN)
                break
            records = node.get(kind, ())
            if "TIMEOUT" in records:
                return None
            if "SERVFAIL" in records:
                reply.set_rcode(dns.rcode.SERVFAIL)
                break
            if records or "CNAME" not in node:
                self._add(reply, name, kind, records)
                break
            self._add(reply, name, "CNAME", node["CNAME"])
            name = node["CNAME"][0].rstrip(".").lower()
            node = self._zone_node(name)
        return self._to_wire(reply, limit)

    def _zone_node(self, name: str) -> Mapping[str, Sequence[str]] | None:
        for owner, node in self.zone.items():
            if owner.lower().rstrip(".") == name:
                return {k: (v,) if isinstance(v, str) else v for k, v in node.items()}
        return None

    def _add(self, reply: dns.message.Message, name: str, kind: str, records: Sequence[str]) -> None:
        rdtype = dns.rdatatype.from_text(kind)
        for text in records:  # one set each: dnspython would shuffle the records of one set
            rdata = _rdata(rdtype, text)
            reply.answer.append(dns.rrset.from_rdata_list(dns.name.from_text(name), self.ttl, [rdata]))

    def _to_wire(self, reply: dns.message.Message, limit: int) -> bytes:
        wire = reply.to_wire(max_size=65_535)
        if len(wire) > limit:
            reply.answer.clear()
            reply.flags |= dns.flags.TC
            wire = reply.to_wire()
        return wire


def _rdata(rdtype: dns.rdatatype.RdataType, text: str) -> dns.rdata.Rdata:
    if rdtype != dns.rdatatype.TXT:
        absolute = (
            text if rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA) or text.endswith(".") else text + "."
        )
        return dns.rdata.from_text(dns.rdataclass.IN, rdtype, absolute)
    data = text.encode("latin-1")  # as Answer.records: one character a byte
    pieces = [data[i : i + 255] for i in range(0, len(data), 255)] or [b""]
    wire = b"".join(bytes([len(piece)]) + piece for piece in pieces)
    return dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.TXT, wire, 0, len(wire))


@asynccontextmanager
async def nameserver(zone: Zone, *, ttl: int = 300, port: int = 0) -> AsyncIterator[NameServer]:
    """A running server; its TCP and UDP ports are the same."""
    server = NameServer(zone, ttl=ttl)
    loop = asyncio.get_running_loop()
    tcp = await asyncio.start_server(server.serve_tcp, "127.0.0.1", port)
    server.port = tcp.sockets[0].getsockname()[1]
    await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", server.port))
    try:
        yield server
    finally:
        tcp.close()
        for task in tuple(server._later):
            task.cancel()
        for writer in tuple(server._writers):
            writer.close()
            with suppress(Exception):
                await writer.wait_closed()
        if server.transport is not None:
            server.transport.close()
        await asyncio.sleep(0)  # the loop closes the sockets in its next turn
