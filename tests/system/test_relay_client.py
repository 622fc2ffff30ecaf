"""One transaction with a real next hop on loopback: every reply and every loss becomes the right result."""

import asyncio
from dataclasses import replace

import pytest

from lazaretto.deliver.client import BLOCK, Transaction
from lazaretto.deliver.connections import Connections
from lazaretto.deliver.plan import Ending, Outgoing, Result
from lazaretto.deliver.session import ClientOptions, Durations, open_session
from lazaretto.deliver.wire import HopError
from lazaretto.model.account import NextHop
from lazaretto.model.envelope import Recipient
from tests.helpers.certificate import self_signed, server_context
from tests.helpers.sink import Script, Sink, sink

pytestmark = pytest.mark.system

MESSAGE = b"Subject: hello\r\n\r\n.dot\r\n..two\r\n.\r\nend\r\n"
SHORT = Durations(
    connect=5, greeting=5, hello=5, tls=5, mail=5, rcpt=5, data=5, block=5, end=5, reset=5, quit=1
)
OPTIONS = ClientOptions(hostname="relay.test", durations=SHORT)


def outgoing(*addresses: str, content: bytes = MESSAGE, **fields) -> Outgoing:
    recipients = tuple(Recipient(a) for a in addresses or ("a@x.test",))
    mail = Outgoing("s@y.test", recipients, lambda: iter([content]), len(content))
    return replace(mail, **fields)


def hop_of(server: Sink, **fields) -> NextHop:
    return NextHop("127.0.0.1", server.port, "lmtp" if server.lmtp else "smtp", **{"tls": "off", **fields})


async def send(
    server: Sink, mail: Outgoing, options=OPTIONS, **fields
) -> tuple[dict[str, Result], list, tuple]:
    """Results by recipient, the batches in which they came, notes."""
    batches = []

    async def conclude(results):
        batches.append(results)

    session = await open_session(hop_of(server, **fields), options)
    notes = await Transaction(session, mail, conclude=conclude).run()
    await session.quit()
    results = [r for batch in batches for r in batch]
    assert len(results) == len({r.recipient for r in results})
    return {r.recipient: r for r in results}, batches, notes


def outcomes(results: dict[str, Result]) -> dict[str, str]:
    return {a: str(r.ending) for a, r in results.items()}


async def test_delivers_unchanged():
    """The next hop gets exactly our bytes, dots included, and its reply is kept."""
    async with sink() as server:
        results, batches, _ = await send(server, outgoing("a@x.test", "b@x.test"))

    assert {"a@x.test": "delivered", "b@x.test": "delivered"} == outcomes(results)
    assert "250 2.0.0 stored as sink-0" == results["a@x.test"].text
    assert 1 == len(batches)
    assert MESSAGE == server.mails[0].content
    assert ("<a@x.test>", "<b@x.test>") == server.mails[0].recipients


async def test_replies_by_recipient():
    """Accepted, refused for now and refused for good in one transaction."""
    replies = {"b@x.test": "450 4.2.1 later", "c@x.test": "550 5.1.1 nobody"}
    async with sink(Script(rcpt=replies.get)) as server:
        results, _, _ = await send(server, outgoing("a@x.test", "b@x.test", "c@x.test"))

    assert {"a@x.test": "delivered", "b@x.test": "temporary", "c@x.test": "permanent"} == outcomes(results)
    assert "5.1.1" == results["c@x.test"].status


@pytest.mark.parametrize("extensions", [("SIZE 1000000",), ("PIPELINING",)])
async def test_with_and_without_pipelining(extensions):
    """The same results whether commands are grouped or not."""
    replies = {"b@x.test": "450 4.2.1 later"}
    async with sink(Script(rcpt=replies.get, extensions=extensions)) as server:
        results, _, _ = await send(server, outgoing("a@x.test", "b@x.test"))

    assert {"a@x.test": "delivered", "b@x.test": "temporary"} == outcomes(results)


@pytest.mark.parametrize(
    ("script", "outcome", "status"),
    [
        (Script(mail="451 4.3.0 wait"), "temporary", "4.3.0"),
        (Script(mail="553 5.1.8 who"), "permanent", "5.1.8"),
        (Script(mail="451 wait", extensions=()), "temporary", "4.0.0"),
        (Script(data="452 4.3.1 full"), "temporary", "4.3.1"),
        (Script(data="554 5.7.1 no"), "permanent", "5.7.1"),
        (Script(data="250 what"), "temporary", "4.4.2"),
        (Script(end=lambda a: "451 4.3.0 wait"), "temporary", "4.3.0"),
        (Script(end=lambda a: "554 5.6.0 bad"), "permanent", "5.6.0"),
        (Script(end=lambda a: "354 what"), "temporary", "3.0.0"),
        (Script(end=lambda a: "nonsense"), "temporary", "4.4.2"),
        (Script(rcpt=lambda a: "552 too many recipients"), "temporary", "4.5.3"),
        (Script(rcpt=lambda a: "552 5.2.2 mailbox full"), "permanent", "5.2.2"),
        (Script(rcpt=lambda a: "421 4.3.2 closing"), "temporary", "4.4.2"),
        (Script(drop_at="mail"), "temporary", "4.4.2"),
        (Script(drop_at="rcpt"), "temporary", "4.4.2"),
        (Script(drop_at="data"), "temporary", "4.4.2"),
        (Script(drop_at="middle"), "temporary", "4.4.2"),
    ],
)
async def test_refusals_and_losses(script, outcome, status):
    """Each stage at which a next hop can refuse or vanish gives a result, and nothing arrives."""
    async with sink(script) as server:
        results, _, _ = await send(server, outgoing("a@x.test", "b@x.test"))

    assert {(outcome, status)} == {(str(r.ending), r.status) for r in results.values()}
    assert 2 == len(results)
    assert [] == server.mails


@pytest.mark.parametrize(("stage", "arrived"), [("end", 0), ("after", 1)])
async def test_loss_behind_the_final_dot_is_in_doubt(stage, arrived):
    """Without a final reply nobody knows: temporary, and marked as in doubt."""
    async with sink(Script(drop_at=stage)) as server:
        results, _, _ = await send(server, outgoing())

    assert (Ending.TEMPORARY, True) == (results["a@x.test"].ending, results["a@x.test"].in_doubt)
    assert arrived == len(server.mails)


async def test_loss_before_the_final_dot_is_not_in_doubt():
    """A message whose end was never sent cannot have been accepted."""
    async with sink(Script(drop_at="middle")) as server:
        results, _, _ = await send(server, outgoing(content=b"a\r\n" * 4_000_000))

    assert not results["a@x.test"].in_doubt
    assert [] == server.heard


async def test_silence_ends_in_a_timeout():
    """A next hop that takes the dot and says nothing is given up, in doubt."""
    options = replace(OPTIONS, durations=replace(SHORT, end=0.05))
    async with sink(Script(pause_at="end")) as server:
        results, _, _ = await send(server, outgoing(), options)

    assert results["a@x.test"].in_doubt
    assert "no reply within 0.05 s (end of data)" == results["a@x.test"].text


async def test_lmtp_replies_one_by_one():
    """After DATA an LMTP server answers for each recipient."""
    ends = {"b@x.test": "452 4.2.2 full", "c@x.test": "550 5.2.1 disabled"}
    async with sink(Script(end=ends.get), lmtp=True) as server:
        results, _, _ = await send(server, outgoing("a@x.test", "b@x.test", "c@x.test"))

    assert {"a@x.test": "delivered", "b@x.test": "temporary", "c@x.test": "permanent"} == outcomes(results)
    assert ("a@x.test",) == server.mails[0].accepted
    assert "LHLO relay.test" == server.commands[0]


class HalfLmtp:
    """An LMTP server that answers for the first recipient and vanishes."""

    async def __call__(self, reader, writer):
        writer.write(b"220 lmtp\r\n")
        while line := await reader.readline():
            if line.startswith(b"DATA"):
                writer.write(b"354 go\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 2.0.0 first stored\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
                writer.close()
                return
            writer.write(b"250 ok\r\n")


async def test_lmtp_loss_between_replies():
    """What was answered is certain and told at once; only the rest is in doubt."""
    server = await asyncio.start_server(HalfLmtp(), "127.0.0.1", 0)
    batches = []

    async def conclude(results):
        batches.append([(r.recipient, str(r.ending), r.in_doubt) for r in results])

    async with server:
        hop = NextHop("127.0.0.1", server.sockets[0].getsockname()[1], "lmtp", "off")
        session = await open_session(hop, OPTIONS)
        await Transaction(session, outgoing("a@x.test", "b@x.test"), conclude=conclude).run()

    assert [[("a@x.test", "delivered", False)], [("b@x.test", "temporary", True)]] == batches


async def test_early_refusal_while_data_is_sent():
    """A next hop that refuses in the middle of the content and closes is believed."""

    async def rude(reader, writer):
        writer.write(b"220 hi\r\n")
        while line := await reader.readline():
            writer.write(b"354 go\r\n" if line.startswith(b"DATA") else b"250 ok\r\n")
            if line.startswith(b"DATA"):
                await reader.readexactly(1000)
                writer.write(b"552 5.3.4 too big after all\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
                writer.transport.abort()
                return

    results = []

    async def conclude(batch):
        results.extend(batch)

    server = await asyncio.start_server(rude, "127.0.0.1", 0)
    async with server:
        hop = NextHop("127.0.0.1", server.sockets[0].getsockname()[1], "smtp", "off")
        session = await open_session(hop, OPTIONS)
        await Transaction(session, outgoing(content=b"a\r\n" * 8_000_000), conclude=conclude).run()

    assert [(Ending.PERMANENT, "5.3.4")] == [(r.ending, r.status) for r in results]


async def test_large_message_streams_unchanged():
    """Several blocks, with dots at their edges."""
    content = (b"." * 70 + b"\r\n") * (3 * BLOCK // 72)
    async with sink() as server:
        cuts = [content[i : i + 100_003] for i in range(0, len(content), 100_003)]
        mail = replace(outgoing(content=content), content=lambda: iter(cuts))
        results, _, _ = await send(server, mail)

    assert {"a@x.test": "delivered"} == outcomes(results)
    assert content == server.mails[0].content


async def test_size_limit_of_the_next_hop():
    """What is too large is refused here, without a connection spent on its bytes."""
    async with sink(Script(extensions=("SIZE 10",))) as server:
        results, _, _ = await send(server, outgoing())

    assert (Ending.PERMANENT, "5.3.4") == (results["a@x.test"].ending, results["a@x.test"].status)
    assert not any(c.startswith("MAIL") for c in server.commands)


async def test_smtputf8_is_needed_and_missing():
    """RFC 6531 3.2: such mail cannot go to a next hop that does not know it."""
    async with sink(Script(extensions=("8BITMIME",))) as server:
        results, _, _ = await send(server, outgoing(utf8=True))

    assert (Ending.PERMANENT, "5.6.7") == (results["a@x.test"].ending, results["a@x.test"].status)


async def test_parameters_travel_on():
    """SIZE, BODY, SMTPUTF8 and the DSN parameters are given where they are offered."""
    recipient = Recipient("grün@x.test", ("SUCCESS", "FAILURE"), "rfc822;a+2Bb@x.test")
    mail = outgoing(recipients=(recipient,), utf8=True, eight_bit=True, ret="HDRS", envid="QQ+2B1")
    async with sink() as server:
        await send(server, mail)

    wanted = f"MAIL FROM:<s@y.test> SIZE={mail.size} BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B1"
    assert wanted == server.commands[1]
    assert "RCPT TO:<grün@x.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb@x.test" == server.commands[2]


async def test_parameters_stay_where_nothing_is_offered():
    """HELO servers get bare commands; eight bit bodies go as they are, with a note."""
    recipient = Recipient("a@x.test", ("SUCCESS",), "rfc822;a@x.test")
    mail = outgoing(recipients=(recipient,), eight_bit=True, ret="HDRS", envid="QQ1")
    async with sink(Script(ehlo="502 5.5.1 what?")) as server:
        results, _, notes = await send(server, mail)

    assert ["HELO relay.test", "MAIL FROM:<s@y.test>", "RCPT TO:<a@x.test>"] == server.commands[1:4]
    assert ("next hop does not offer 8BITMIME; the body was sent as it is",) == notes
    assert {"a@x.test": "delivered"} == outcomes(results)


@pytest.mark.parametrize(
    "address", ["a\r\nDATA@x.test", "a@x.test> NOTIFY=NEVER", "a b@x.test", "", "a" * 1001]
)
async def test_commands_cannot_be_injected(address):
    """An address that would end the command early is refused here; the other recipient is served."""
    async with sink() as server:
        results, _, _ = await send(server, outgoing(address, "b@x.test"))

    assert {address: "permanent", "b@x.test": "delivered"} == outcomes(results)
    assert ["RCPT TO:<b@x.test>"] == [c for c in server.commands if c.startswith("RCPT")]


async def test_quoted_local_part_is_sent():
    """Blanks and brackets inside quotes are a legal address."""
    async with sink() as server:
        results, _, _ = await send(server, outgoing('"a b"@x.test'))

    assert {'"a b"@x.test': "delivered"} == outcomes(results)


async def test_bare_line_end_is_not_sent():
    """Content that next hops would read differently is refused for good and never ended by a dot."""
    async with sink() as server:
        results, _, _ = await send(server, outgoing(content=b"a\r\n\n.\n\r\nb\r\n"))

    assert (Ending.PERMANENT, "5.6.0") == (results["a@x.test"].ending, results["a@x.test"].status)
    assert [] == server.heard


async def test_tls_is_used_when_offered(tmp_path):
    """Opportunistic TLS takes any certificate."""
    context = server_context(self_signed(tmp_path, "other.test"))
    async with sink(Script(tls=context)) as server:
        results, _, _ = await send(server, outgoing(), tls="opportunistic")

    assert {"a@x.test": "delivered"} == outcomes(results)
    assert server.mails[0].secure


@pytest.mark.parametrize(
    "broken",
    [{"starttls": "454 4.7.0 not now"}, {"tls_breaks": True}, {"injected": b"250 injected\r\n"}],
)
async def test_opportunistic_tls_falls_back_to_clear(tmp_path, broken):
    """A broken TLS keeps no mail back where TLS was only a wish."""
    context = server_context(self_signed(tmp_path))
    async with sink(Script(tls=context, **broken)) as server:
        results, _, _ = await send(server, outgoing(), tls="opportunistic")

    assert {"a@x.test": "delivered"} == outcomes(results)
    assert not server.mails[0].secure


@pytest.mark.parametrize(
    "broken",
    [
        {"starttls": "454 4.7.0 not now"},
        {"tls_breaks": True},
        {"injected": b"250 injected\r\n"},
        {"tls": None},
        {},
    ],
)
async def test_required_tls_does_not_fall_back(tmp_path, broken):
    """No TLS, broken TLS and a certificate that nobody vouches for: nothing is sent."""
    context = server_context(self_signed(tmp_path))
    async with sink(Script(**{"tls": context, **broken})) as server:
        with pytest.raises(HopError):
            await send(server, outgoing(), tls="required")

    assert [] == server.mails


async def test_required_tls_verifies(tmp_path):
    """A certificate that the settings vouch for, and its name, are accepted; another name is not."""
    right, wrong = self_signed(tmp_path), self_signed(tmp_path, "other.test")
    async with sink(Script(tls=server_context(right))) as server:
        results, _, _ = await send(server, outgoing(), replace(OPTIONS, ca_file=right), tls="required")
    async with sink(Script(tls=server_context(wrong))) as other:
        with pytest.raises(HopError, match="certificate verify failed"):
            await send(other, outgoing(), replace(OPTIONS, ca_file=wrong), tls="required")
        await send(other, outgoing(), replace(OPTIONS, verify=False), tls="required")

    assert {"a@x.test": "delivered"} == outcomes(results)
    assert (True, True) == (server.mails[0].secure, other.mails[0].secure)


@pytest.mark.parametrize(
    "script",
    [Script(greeting="554 5.7.1 go away"), Script(ehlo="451 4.3.0 wait"), Script(drop_at="greeting"),
     Script(ehlo="502 what", helo="550 no"), Script(greeting="SSH-2.0-OpenSSH")],
)  # fmt: skip
async def test_no_session_is_a_hop_error(script):
    """Whatever goes wrong before a transaction is about the next hop, not about the message."""
    async with sink(script) as server:
        with pytest.raises(HopError):
            await open_session(hop_of(server), OPTIONS)


async def test_nobody_listens():
    """A closed port is a hop error, too."""
    async with sink() as server:
        hop = hop_of(server)
    with pytest.raises(HopError, match=r"no connection to 127\.0\.0\.1"):
        await open_session(hop, OPTIONS)


async def test_connection_is_kept_and_checked():
    """The second message travels on the same connection, after RSET."""
    async with sink() as server:
        pool = Connections(OPTIONS)
        for _ in range(2):
            async with pool.session(hop_of(server)) as session:
                await Transaction(session, outgoing(), conclude=_ignore).run()
        await pool.close()

    assert (1, 2) == (server.connections, len(server.mails))
    assert "RSET" in server.commands
    assert "QUIT" == server.commands[-1]


async def test_dead_kept_connection_is_replaced():
    """A connection that the next hop has closed meanwhile costs a reconnect, not a failure."""
    async with sink(Script(rset="421 4.4.2 timeout")) as server:
        pool = Connections(OPTIONS)
        for _ in range(2):
            async with pool.session(hop_of(server)) as session:
                await Transaction(session, outgoing(), conclude=_ignore).run()
        await pool.close()

    assert (2, 2) == (server.connections, len(server.mails))


async def test_connection_carries_so_many_messages_and_no_more():
    """After the limit a fresh connection is made."""
    async with sink() as server:
        pool = Connections(OPTIONS, messages=2)
        for _ in range(3):
            async with pool.session(hop_of(server)) as session:
                await Transaction(session, outgoing(), conclude=_ignore).run()
        await pool.close()

    assert 2 == server.connections


async def test_idle_connections_are_closed():
    """What has waited too long is closed with QUIT."""
    async with sink() as server:
        pool = Connections(OPTIONS, idle_seconds=0)
        async with pool.session(hop_of(server)) as session:
            await Transaction(session, outgoing(), conclude=_ignore).run()
        await pool.close_idle()

        assert 0 == pool.idle
        assert "QUIT" == server.commands[-1]


async def _ignore(results):
    pass
