"""The gateway as clients see it: the standard library's, and raw sockets for what no library sends."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage

import pytest

from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.reply import Reply
from lazaretto.intake.tls import BadCertificateError, server_context
from tests.helpers.certificate import self_signed
from tests.helpers.smtp import RecordingDoor, Talk, gateway

pytestmark = pytest.mark.system

LETTER = b"Subject: hello\r\n\r\n.dotted\r\n..twice\r\nend\r\n"


async def in_thread(work):
    """A blocking client beside the gateway's loop."""
    async with asyncio.timeout(20):
        return await asyncio.to_thread(work)


def files(folder) -> list[str]:
    return [str(p) for p in folder.rglob("*") if p.is_file()]


async def test_the_standard_library_sends_over_tls(tmp_path):
    """STARTTLS, a second greeting, and a message byte for byte."""
    pem = self_signed(tmp_path)
    door = RecordingDoor()
    async with gateway(door, tls=server_context(pem, pem)) as running:

        def client():
            with smtplib.SMTP("127.0.0.1", running.port, local_hostname="client.test", timeout=10) as smtp:
                smtp.starttls(context=ssl.create_default_context(cafile=str(pem)))
                smtp.ehlo()
                assert "starttls" not in smtp.esmtp_features
                return smtp.sendmail("ann@sender.example", ["bob@corp.example"], LETTER, ["BODY=8BITMIME"])

        assert {} == await in_thread(client)
    envelope, content = door.messages[0]
    assert LETTER == content
    assert ("ESMTPS", "client.test", "127.0.0.1", "8BITMIME") == (
        envelope.protocol,
        envelope.helo,
        envelope.client_ip,
        envelope.body,
    )
    assert envelope.tls is not None
    assert envelope.tls.startswith("TLSv1.3 TLS_")
    assert [("127.0.0.1", envelope.tls)] == [(visitor.ip, visitor.tls) for visitor in door.visitors]


async def test_refused_recipients_are_told_apart():
    """The standard library sends to the rest; two accounts do not share a transaction."""
    door = RecordingDoor()
    recipients = ["bob@corp.example", "x@elsewhere.example", "cy@other.example", "bro@broken.example"]
    async with gateway(door) as running:

        def client():
            with smtplib.SMTP("127.0.0.1", running.port, timeout=10) as smtp:
                return smtp.sendmail("ann@sender.example", recipients, LETTER)

        refused = await in_thread(client)

    assert {"x@elsewhere.example": 550, "cy@other.example": 452, "bro@broken.example": 451} == {
        address: code for address, (code, _) in refused.items()
    }
    assert ("bob@corp.example",) == tuple(r.address for r in door.messages[0][0].recipients)


async def test_non_ascii_addresses_need_smtputf8():
    """The standard library asks for it when the server offers it."""
    door = RecordingDoor()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "änn@sender.example", "böb@corp.example", "ü"
    message.set_content("ö\n")
    async with gateway(door) as running:

        def client():
            with smtplib.SMTP("127.0.0.1", running.port, timeout=10) as smtp:
                smtp.send_message(message)

        await in_thread(client)

    assert ("änn@sender.example", "UTF8SMTP") == (door.messages[0][0].mail_from, door.messages[0][0].protocol)


async def test_lmtp_answers_each_recipient():
    """One message, two verdicts."""
    door = RecordingDoor(answer=lambda _: (Reply(250, "2.0.0", "kept"), Reply(550, "5.7.1", "refused")))
    async with gateway(door, protocol="lmtp") as running:

        def client():
            with smtplib.LMTP("127.0.0.1", running.port) as lmtp:
                lmtp.ehlo_or_helo_if_needed()
                lmtp.mail("ann@sender.example")
                lmtp.rcpt("bob@corp.example")
                lmtp.rcpt("cy@corp.example")
                return lmtp.data(LETTER), lmtp.getreply()

        first, second = await in_thread(client)

    assert (250, 550) == (first[0], second[0])
    assert "LMTP" == door.messages[0][0].protocol


async def test_a_whole_session_in_one_packet():
    """Pipelining without any manners, from a client that closes its half at once: everything is done, in order."""
    door = RecordingDoor()
    async with gateway(door) as running, Talk.to(running.port) as talk:
        await talk.send(
            b"EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<x@elsewhere.example>\r\nRCPT TO:<bob@corp.example>\r\n"
            b"DATA\r\n" + LETTER.replace(b"\r\n.", b"\r\n..") + b".\r\nNOOP\r\n"
        )
        talk.writer.write_eof()
        lines = (await talk.rest()).splitlines()

    assert ["250 2.1.0", "550 5.7.1", "250 2.1.5", "354 End d", "250 2.0.0", "250 2.0.0"] == [
        line[:9] for line in lines[-6:]
    ]
    assert [LETTER] == door.contents


async def test_commands_wait_for_a_slow_door_in_order():
    """Nothing overtakes a recipient that is still being asked for."""
    door = RecordingDoor(asking=asyncio.Event())
    async with gateway(door) as running, Talk.to(running.port) as talk:
        await talk.send(b"EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<bob@corp.example>\r\nRSET\r\nVRFY x\r\n")
        while not door.asked:
            await asyncio.sleep(0)
        await talk.send(b"QUIT\r\n")
        door.asking.set()
        lines = (await talk.rest()).splitlines()

    assert ["250 2.1.0", "250 2.1.5", "250 2.0.0", "252 2.0.0", "221 2.0.0"] == [
        line[:9] for line in lines[-5:]
    ]


async def test_a_client_that_sends_on_while_the_door_thinks_fills_no_memory():
    """The socket is left unread beyond a bound."""
    door = RecordingDoor(asking=asyncio.Event())
    async with (
        gateway(door, limits=GatewayLimits(errors=10**9, commands=10**9)) as running,
        Talk.to(running.port) as talk,
    ):
        await talk.send(b"EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<bob@corp.example>\r\n")
        while not door.asked:
            await asyncio.sleep(0)
        sending = asyncio.ensure_future(talk.send(b"NOOP\r\n" * 5_000_000))
        await asyncio.sleep(0.3)
        (guest,) = running._census.guests
        waiting = guest._session.buffered
        stuck = not sending.done()
        sending.cancel()
        talk.writer.transport.abort()
        door.asking.set()

    assert stuck
    assert waiting < 1024 * 1024


async def test_plaintext_behind_starttls_is_forgotten(tmp_path):
    """CVE-2011-0411 and its kin: what an attacker adds in clear is not obeyed inside TLS."""
    pem = self_signed(tmp_path)
    door = RecordingDoor()
    async with gateway(door, tls=server_context(pem, pem)) as running, Talk.to(running.port) as talk:
        await talk.say("EHLO c")
        await talk.send(b"STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@evil.example>\r\n")
        assert (await talk.reply()).startswith("220 ")
        context = ssl.create_default_context(cafile=str(pem))
        await talk.writer.start_tls(context, server_hostname="127.0.0.1")

        assert (await talk.say("RCPT TO:<bob@corp.example>")).startswith("503 5.5.1")
        assert "STARTTLS" not in await talk.say("EHLO c")


async def test_a_failed_handshake_ends_the_connection(tmp_path):
    """And leaves nobody counted."""
    pem = self_signed(tmp_path)
    async with (
        gateway(RecordingDoor(), tls=server_context(pem, pem)) as running,
        Talk.to(running.port) as talk,
    ):
        await talk.say("EHLO c")
        await talk.say("STARTTLS")
        await talk.send(b"this is no handshake\r\n" * 10)
        await talk.rest()
        while running._census.guests:
            await asyncio.sleep(0.01)

    assert {} == running._census._clients


async def test_wrong_certificate_files_say_what_is_wrong(tmp_path):
    """One sentence for the administrator."""
    (tmp_path / "bad.pem").write_text("nothing")

    with pytest.raises(BadCertificateError, match=r"bad\.pem"):
        server_context(tmp_path / "bad.pem", tmp_path / "bad.pem")
    with pytest.raises(BadCertificateError, match="cannot read"):
        server_context(tmp_path / "absent.pem", tmp_path / "absent.pem")


# What fails


async def test_a_broken_door_is_a_temporary_refusal(tmp_path):
    """Nothing half done: the session goes on, and no file is left."""

    def broken(_envelope):
        raise RuntimeError("inside")

    door = RecordingDoor(answer=broken)
    async with gateway(door, folder=tmp_path) as running, Talk.to(running.port) as talk:
        await talk.begin()
        assert (await talk.say("DATA")).startswith("354")
        await talk.send(b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 30_000)

        assert (await talk.say(".")).startswith("451 4.3.0")
        assert (await talk.say("NOOP")).startswith("250")
    assert [] == files(tmp_path)


async def test_a_door_that_never_answers_is_a_temporary_refusal():
    """Recipients and messages have their time."""
    door = RecordingDoor(receiving=asyncio.Event())
    async with (
        gateway(door, limits=GatewayLimits(door_seconds=0.05)) as running,
        Talk.to(running.port) as talk,
    ):
        await talk.begin()
        await talk.say("DATA")
        assert (await talk.say(b"x\r\n.")).startswith("451 4.3.0")
        door.asking = asyncio.Event()
        await talk.say("MAIL FROM:<>")

        assert (await talk.say("RCPT TO:<bob@corp.example>")).startswith("451 4.3.0")


async def test_a_full_disk_is_a_temporary_refusal(tmp_path):
    """The spool folder cannot be written; small messages, which need no file, still pass."""
    door = RecordingDoor()
    folder = tmp_path / "file"
    folder.write_text("in the way of a folder")
    async with gateway(door, folder=folder) as running, Talk.to(running.port) as talk:
        await talk.begin()
        await talk.say("DATA")
        await talk.send(b"\r\n" + (b"y" * 70 + b"\r\n") * 30_000)
        assert (await talk.say(".")).startswith("452 4.3.1")
        await talk.begin()
        await talk.say("DATA")

        assert (await talk.say(b"small\r\n.")).startswith("250")
    assert [b"small\r\n"] == door.contents


@pytest.mark.parametrize("size", [100, 3_000_000])
async def test_an_aborted_client_leaves_nothing(tmp_path, size):
    """The connection dies within the message."""
    door = RecordingDoor()
    async with gateway(door, folder=tmp_path) as running:
        async with Talk.to(running.port) as talk:
            await talk.begin()
            await talk.say("DATA")
            await talk.send((b"y" * 98 + b"\r\n") * (size // 100))
            talk.writer.transport.abort()
        while running._census.guests:
            await asyncio.sleep(0.01)
        while running._census._tasks:
            await asyncio.sleep(0.01)

        assert [] == files(tmp_path)
    assert [] == door.messages


async def test_a_client_that_does_not_wait_for_the_answer():
    """The door has the whole message: it may finish."""
    door = RecordingDoor(receiving=asyncio.Event())
    async with gateway(door) as running:
        async with Talk.to(running.port) as talk:
            await talk.begin()
            await talk.say("DATA")
            await talk.send(b"x\r\n.\r\n")
            async with asyncio.timeout(10):
                await door.begun.wait()
            talk.writer.transport.abort()
        door.receiving.set()
        while running._census.guests or running._census._tasks:
            await asyncio.sleep(0.01)

    assert [b"x\r\n"] == door.contents
