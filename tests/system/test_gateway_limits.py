"""The gateway's limits on connections and time, large messages, proxies, and its stop."""

import asyncio
import os
import socket
import struct
from contextlib import suppress

import psutil
import pytest

from lazaretto.intake.admission import Visitor
from lazaretto.intake.gateway import Gateway
from lazaretto.intake.limits import GatewayLimits
from tests.helpers.smtp import RecordingDoor, Talk, gateway

pytestmark = pytest.mark.system

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


# Connections


async def test_too_many_connections():
    """One too many hears it; when one has left there is room again."""
    async with gateway(RecordingDoor(), limits=GatewayLimits(connections=1)) as running:
        async with Talk.to(running.port) as first:
            async with Talk.to(running.port, greeted=False) as second:
                assert "421 4.7.0 Too many connections, try again later" == await second.reply()
            assert (await first.say("QUIT")).startswith("221")
        while running._census.guests:
            await asyncio.sleep(0.01)
        async with Talk.to(running.port) as third:
            assert (await third.say("NOOP")).startswith("250")


async def test_too_many_connections_of_one_client():
    """Others are not harmed: they come through a proxy here."""
    limits = GatewayLimits(connections_per_client=1)
    async with gateway(RecordingDoor(), limits=limits, proxy_peers=["127.0.0.0/8"]) as running:

        async def connect(stack_ip: str) -> Talk:
            reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
            writer.write(f"PROXY TCP4 {stack_ip} 192.0.2.1 5000 25\r\n".encode())
            return Talk(reader, writer)

        talks = [await connect(ip) for ip in ("192.0.2.7", "192.0.2.8", "192.0.2.7")]
        replies = [(await talk.reply())[:9] for talk in talks]
        for talk in talks:
            talk.writer.close()

    assert ["220 mx.te", "220 mx.te", "421 4.7.0"] == replies


# Time


async def test_an_idle_client_is_sent_away():
    """Bytes of an unfinished command give no more time: slow loris."""
    async with (
        gateway(RecordingDoor(), limits=GatewayLimits(idle_seconds=0.2)) as running,
        Talk.to(running.port) as talk,
    ):
        reply = asyncio.ensure_future(talk.rest())
        while not reply.done():
            talk.writer.write(b"N")
            await asyncio.sleep(0.02)

    assert reply.result().startswith("421 4.4.2 Timeout")


async def test_a_client_that_stops_within_its_message_is_sent_away():
    """Silence within DATA."""
    door = RecordingDoor()
    limits = GatewayLimits(data_idle_seconds=0.1)
    async with gateway(door, limits=limits) as running, Talk.to(running.port) as talk:
        await talk.begin()
        await talk.say("DATA")
        await talk.send(b"Subject: x\r\n")

        assert (await talk.rest()).startswith("421 4.4.2 Timeout")
    assert [] == door.messages


@pytest.mark.parametrize("opening", [b"DATA\r\n", b"BDAT 100000\r\n"])
async def test_a_slow_message_is_ended_however_lively(opening):
    """A byte now and then is not enough: the transaction has its own end."""
    door = RecordingDoor()
    limits = GatewayLimits(transaction_seconds=0.3)
    async with gateway(door, limits=limits) as running, Talk.to(running.port) as talk:
        await talk.begin()
        await talk.send(opening)
        reply = asyncio.ensure_future(talk.rest())
        while not reply.done():
            talk.writer.write(b"x")
            await asyncio.sleep(0.02)

    assert "421 4.4.2 The transaction took too long, closing connection" == reply.result().splitlines()[-1]
    assert [] == door.messages


async def test_an_unwanted_chunk_has_an_end_too():
    """No transaction is needed to be slow."""
    async with (
        gateway(RecordingDoor(), limits=GatewayLimits(transaction_seconds=0.2)) as running,
        Talk.to(running.port) as talk,
    ):
        await talk.send(b"BDAT 100000\r\n")
        reply = asyncio.ensure_future(talk.rest())
        while not reply.done():
            talk.writer.write(b"x")
            await asyncio.sleep(0.02)

    assert reply.result().startswith("421 4.4.2")


async def test_a_client_that_never_reads_is_dropped():
    """Replies pile up in the kernel, then nobody is waited for."""
    limits = GatewayLimits(idle_seconds=0.3, close_seconds=0.1, commands=10**9, errors=10**9)
    async with gateway(RecordingDoor(), limits=limits) as running:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, ("127.0.0.1", running.port))
        sending = asyncio.ensure_future(loop.sock_sendall(client, b"HELP\r\n" * 3_000_000))
        async with asyncio.timeout(15):
            await asyncio.wait([sending])
            while running._census.guests:
                await asyncio.sleep(0.01)
        client.close()

    assert isinstance(sending.exception(), ConnectionError)


async def test_who_speaks_before_the_greeting_is_refused():
    """Spam programs do not wait. Off by default."""
    limits = GatewayLimits(banner_delay_seconds=0.2)
    async with gateway(RecordingDoor(), limits=limits) as running:
        async with Talk.to(running.port, greeted=False) as talk:
            await talk.send(b"EHLO spam\r\n")
            assert (await talk.reply()).startswith("554 5.5.1")
        async with Talk.to(running.port) as talk:
            assert (await talk.say("EHLO patient")).startswith("250")


# Large messages


def megabytes() -> float:
    return psutil.Process().memory_info().rss / 2**20


async def send_lines(talk: Talk, size: int) -> float:
    """A message of about that size; the most memory seen on the way."""
    block = (b"y" * 98 + b"\r\n") * 10_000
    most = 0.0
    await talk.send(b"\r\n")
    for _ in range(size // len(block)):
        await talk.send(block)
        most = max(most, megabytes())
    return most


async def test_a_message_of_60_mib_is_refused_in_flat_memory(tmp_path):
    """Neither memory nor disk keeps it; the session goes on."""
    door = RecordingDoor()
    async with gateway(door, folder=tmp_path) as running, Talk.to(running.port) as talk:
        assert (await talk.say("EHLO c")).startswith("250")
        assert (await talk.say("MAIL FROM:<a@b> SIZE=62914560")).startswith("552 5.3.4")
        await talk.begin()
        await talk.say("DATA")
        before = megabytes()
        most = await send_lines(talk, 60 * 2**20)

        assert (await talk.say(b".")).startswith("552 5.3.4")
        assert (await talk.say("NOOP")).startswith("250")
        assert most - before < 24
        assert [] == [p for p in tmp_path.rglob("*") if p.is_file()]
    assert [] == door.messages


async def test_a_message_of_45_mib_is_taken_in_flat_memory(tmp_path):
    """It goes to a file; a door that only counts needs no memory either."""
    door = RecordingDoor(read=lambda spool: b"%d" % spool.size)
    async with gateway(door, folder=tmp_path) as running, Talk.to(running.port) as talk:
        await talk.begin()
        await talk.say("DATA")
        before = megabytes()
        most = await send_lines(talk, 45 * 2**20)

        assert (await talk.say(b".")).startswith("250")
        assert most - before < 24
    assert [b"%d" % (45 * 2**20 // 10**6 * 10**6 + 2)] == door.contents


async def test_what_is_thrown_away_has_a_bound():
    """Beyond it the connection ends."""
    limits = GatewayLimits(message_bytes=1000, drain_bytes=1000)
    async with gateway(RecordingDoor(), limits=limits) as running, Talk.to(running.port) as talk:
        await talk.begin()
        await talk.say("DATA")
        await talk.send(b"x" * 2001)

        assert "552 5.3.4 Message too large\r\n" == await talk.rest()


# Proxies


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 198.51.100.9 192.0.2.1 5555 25\r\n",
        SIGNATURE
        + struct.pack("!BBH", 0x21, 0x11, 12)
        + socket.inet_aton("198.51.100.9")
        + socket.inet_aton("192.0.2.1")
        + struct.pack("!HH", 5555, 25),
    ],
)
async def test_a_listed_proxy_tells_the_client(header):
    """Both versions, with commands in the same packet and byte by byte."""
    door = RecordingDoor()
    async with gateway(door, proxy_peers=["127.0.0.0/8"]) as running:
        for pieces in (
            [header + b"EHLO c\r\n"],
            [header[n : n + 1] for n in range(len(header))] + [b"EHLO c\r\n"],
        ):
            async with Talk.to(running.port, greeted=False) as talk:
                for piece in pieces:
                    await talk.send(piece)
                assert (await talk.reply()).startswith("220")
                assert (await talk.reply()).startswith("250")
                await talk.begin()
                await talk.say("DATA")
                await talk.say(b"x\r\n.")

    assert ["198.51.100.9"] * 2 == [envelope.client_ip for envelope, _ in door.messages]


async def test_the_proxy_speaks_for_itself():
    """LOCAL, for health checks: the client is the proxy."""
    door = RecordingDoor()
    async with (
        gateway(door, proxy_peers=["127.0.0.1"]) as running,
        Talk.to(running.port, greeted=False) as talk,
    ):
        await talk.send(SIGNATURE + struct.pack("!BBH", 0x20, 0x00, 0))
        assert (await talk.reply()).startswith("220")
        await talk.begin()
        await talk.say("DATA")
        await talk.say(b"x\r\n.")

    assert "127.0.0.1" == door.messages[0][0].client_ip


@pytest.mark.parametrize("start", [b"EHLO c\r\n", b"PROXY TCP4 nonsense\r\n", b"PROXY TCP4 1.2.3.4"])
async def test_a_listed_proxy_must_send_a_header(start):
    """Anything else is dropped without a word, silence too."""
    limits = GatewayLimits(proxy_seconds=0.1)
    async with gateway(RecordingDoor(), limits=limits, proxy_peers=["127.0.0.1"]) as running:
        async with Talk.to(running.port, greeted=False) as talk:
            await talk.send(start)
            heard = ""
            with suppress(ConnectionResetError):
                heard = await talk.rest()

            assert "" == heard
        while running._census.guests:
            await asyncio.sleep(0.01)


async def test_a_header_of_others_is_no_command():
    """A client that pretends to be a proxy is not believed."""
    async with (
        gateway(RecordingDoor(), proxy_peers=["192.0.2.0/24"]) as running,
        Talk.to(running.port) as talk,
    ):
        assert (await talk.say("PROXY TCP4 198.51.100.9 192.0.2.1 5555 25")).startswith("500 5.5.2")


async def test_xclient_is_for_listed_peers_only():
    """Neither announced to others nor obeyed."""
    door = RecordingDoor()
    async with gateway(door) as running, Talk.to(running.port) as talk:
        assert "XCLIENT" not in await talk.say("EHLO c")
        assert (await talk.say("XCLIENT ADDR=198.51.100.9")).startswith("550 5.7.0")
    async with gateway(door, xclient_peers=["127.0.0.1"]) as running, Talk.to(running.port) as talk:
        assert "XCLIENT" in await talk.say("EHLO proxy")
        assert (await talk.say("XCLIENT ADDR=198.51.100.9 NAME=c.example HELO=c.example")).startswith("220")
        await talk.begin(hello="EHLO proxy")
        await talk.say("DATA")
        await talk.say(b"x\r\n.")

    envelope = door.messages[0][0]
    assert [Visitor("198.51.100.9")] == door.visitors
    assert ("198.51.100.9", "c.example", "c.example") == (
        envelope.client_ip,
        envelope.client_name,
        envelope.helo,
    )


# Stop


async def test_stop_lets_transactions_end_and_sends_the_idle_away(tmp_path):
    """421 for who waits, the whole message for who is sending, no new connection."""
    door = RecordingDoor()
    async with gateway(door) as running, Talk.to(running.port) as idle, Talk.to(running.port) as busy:
        port = running.port
        await busy.begin()
        await busy.say("DATA")
        stopping = asyncio.ensure_future(running.stop(10))
        assert (await idle.rest()).startswith("421 4.3.2")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert (await busy.say(b"x\r\n.")).startswith("250")
        assert (await busy.rest()).startswith("421 4.3.2")
        await stopping

    assert [b"x\r\n"] == door.contents


async def test_stop_waits_no_longer_than_its_grace(tmp_path):
    """Who sends for ever is dropped, and nothing is kept; a door that never answers is told so."""
    door = RecordingDoor(receiving=asyncio.Event())
    async with (
        gateway(door, folder=tmp_path) as running,
        Talk.to(running.port) as sending,
        Talk.to(running.port) as waiting,
    ):
        await sending.begin()
        await sending.say("DATA")
        await sending.send((b"y" * 98 + b"\r\n") * 30_000)
        await waiting.begin()
        await waiting.say("DATA")
        await waiting.send(b"x\r\n.\r\n")
        async with asyncio.timeout(10):
            await door.begun.wait()
            await running.stop(0.1)

        assert [] == [p for p in tmp_path.rglob("*") if p.is_file()]
        assert not running._census._tasks
    assert [] == door.messages


async def test_stop_twice_and_without_start(tmp_path):
    """Both do nothing."""
    door = RecordingDoor()
    async with gateway(door) as running:
        assert running.port > 0
        await running.stop(1)
        assert 0 == running.port
    never = Gateway(
        door,
        hostname="mx.test",
        limits=GatewayLimits(),
        protocol="smtp",
        tls=None,
        proxy_peers=(),
        xclient_peers=(),
        spool_folder=tmp_path,
    )
    await never.stop(1)


async def test_a_port_in_use_is_an_error():
    """The caller can say so."""
    async with gateway(RecordingDoor()) as running:
        with pytest.raises(OSError, match="in use") as caught:
            async with asyncio.timeout(5):
                await Gateway(
                    RecordingDoor(),
                    hostname="mx.test",
                    limits=GatewayLimits(),
                    protocol="smtp",
                    tls=None,
                    proxy_peers=(),
                    xclient_peers=(),
                    spool_folder=os.devnull,
                ).start("127.0.0.1", running.port)

    assert caught.value.errno
