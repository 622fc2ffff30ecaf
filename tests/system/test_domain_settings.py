"""What each setting of a domain does to mail: written through the API, proven by DNS, sent in over SMTP.

One program serves all tests; each has a domain of its own. Name server and next hops run in a thread.
"""

import asyncio
import contextlib
import itertools
import json
import re
import smtplib
import ssl
import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.helpers.certificate import self_signed, server_context
from tests.helpers.load import GTUBE
from tests.helpers.nameserver import nameserver
from tests.helpers.program import Program
from tests.helpers.sink import Script, sink

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

PATIENCE = 60  # seconds that an effect may take


class Street:
    """A name server, a next hop without TLS and one with it, in a thread of their own."""

    def __init__(self, certificate) -> None:
        self._certificate = certificate

    def __enter__(self):
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(20)
        return self

    async def _serve(self):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        secure = Script(tls=server_context(self._certificate))
        async with nameserver({}) as self.names, sink() as self.plain, sink(secure) as self.secure:
            self._ready.set()
            await self._end.wait()

    def say(self, name: str, *texts: str) -> None:
        """These are the TXT records of the name from now on."""
        self.names.zone = {**self.names.zone, name: {"TXT": texts}}

    def __exit__(self, *problem):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)


class Desk:
    """A running program as its administrator and as the Internet see it."""

    def __init__(self, program: Program, street: Street) -> None:
        self.program, self.street = program, street
        self.account, self.token = program.set_up(f"127.0.0.1:{street.plain.port}")
        self.base = f"/client/v4/accounts/{self.account}/email-security"
        self.numbers = itertools.count(1)

    def ask(self, method: str, path: str, body: object = None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.program.http}{self.base}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())["result"]
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(error.read().decode()) from None

    def create(self, **wishes) -> dict:
        """A domain of the API, which waits."""
        body = {
            "domain": f"d{next(self.numbers)}.example",
            "allowed_delivery_modes": ["DIRECT"],
            "drop_dispositions": ["SPAM"],
            "ip_restrictions": [],
            "regions": ["GLOBAL"],
            "transport": f"127.0.0.1:{self.street.plain.port}",
            **wishes,
        }
        return self.ask("POST", "/settings/domains", {k: v for k, v in body.items() if v is not None})

    def prove(self, domain: dict) -> str:
        """Put its record into the DNS, and ask."""
        shown = self.ask("GET", f"/settings/domains/{domain['id']}/verification")
        self.street.say(shown["txt_record_name"], shown["txt_record_value"])
        return self.eventually(lambda: self.status(domain) == "ACTIVE" and domain["domain"])

    def domain(self, **wishes) -> str:
        """A proven domain."""
        return self.prove(self.create(**wishes))

    def status(self, domain: dict) -> str:
        return self.ask("GET", f"/settings/domains/{domain['id']}/verification")["status"]

    @contextlib.contextmanager
    def client(self, *, address="198.51.100.7", tls=False, lmtp=False):
        """A connection from that address."""
        kind, port = (smtplib.LMTP, self.program.lmtp) if lmtp else (smtplib.SMTP, self.program.smtp)
        with kind("127.0.0.1", port, timeout=60) as smtp:
            smtp.ehlo("mx.sender.example")
            if tls:
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                smtp.starttls(context=context)
                smtp.ehlo("mx.sender.example")
            assert 220 == smtp.docmd("XCLIENT", f"ADDR={address} HELO=mx.sender.example")[0]
            smtp.ehlo("mx.sender.example")
            yield smtp

    def knock(self, name: str, **client) -> str:
        """The reply to RCPT."""
        with self.client(**client) as smtp:
            assert 250 == smtp.mail("ann@sender.example")[0]
            code, text = smtp.rcpt(f"ana@{name}")
            return f"{code} {text.decode()}"

    def send(self, name: str, text: str = "See you on Tuesday.", **client) -> str:
        """Send a letter that is taken; gives its queue id."""
        letter = (
            f"From: Ann <ann@sender.example>\r\nTo: ana@{name}\r\nSubject: Minutes\r\n"
            f"Message-ID: <{next(self.numbers)}@sender.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
            f"\r\n{text}\r\n"
        )
        with self.client(**client) as smtp:
            assert 250 == smtp.mail("ann@sender.example")[0]
            assert 250 == smtp.rcpt(f"ana@{name}")[0]
            code, reply = smtp.data(letter)
        (queue_id,) = re.findall(r"(?:as|reference) (\w+)", reply.decode())
        return f"{code} {queue_id}"

    def state(self, sent: str) -> list[str]:
        """Of the copies of a message that was sent."""
        return self.ask("GET", f"/investigate/{sent.split()[1]}")["delivery_status"]

    def becomes(self, sent: str, *states: str) -> bool:
        return self.eventually(lambda: list(states) == self.state(sent))

    @staticmethod
    def eventually(condition):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.1)
        raise AssertionError("it did not happen in time")

    def arrived(self, hop, name: str):
        """The mail for the domain that the next hop took."""
        return [mail for mail in hop.mails if f"ana@{name}" in mail.accepted]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("domains")
    certificate = self_signed(folder)
    with Street(certificate) as street:
        relay = f'[relay]\nretry_waits = [1]\ntls_ca_file = "{certificate}"\n'
        program = Program(folder, extra=f"[scan]\nworkers = 1\n{relay}")
        config = program.config.read_text().replace("offline = true", f'servers = ["{street.names.address}"]')
        config = config.replace(
            "[smtp]", f'[smtp]\nxclient_peers = ["127.0.0.1"]\ntls_cert = "{certificate}"'
        )
        program.config.write_text(config)
        desk = Desk(program, street)
        program.start()
        try:
            yield desk
        finally:
            code = program.stop()
            assert 0 == code


# Verification


def test_a_new_domain_takes_no_mail_until_it_is_proven(desk):
    """450 names the record; with the record in the DNS the state is ACTIVE and mail is taken."""
    domain = desk.create()
    name = domain["domain"]
    before = desk.knock(name)
    desk.prove(domain)
    after = desk.ask("GET", f"/settings/domains/{domain['id']}")

    assert before.startswith("450 4.7.1 ")
    assert f"_cf-email-sec-challenge.{name}" in before
    assert desk.knock(name).startswith("250 ")
    assert ("ACTIVE", True, None) == (
        after["status"],
        after["authorization"]["authorized"],
        after["authorization"]["status_message"],
    )


def test_a_wrong_record_fails_and_a_right_one_mends_it(desk):
    """Somebody else's value is told apart from none; the right one is found among others."""
    domain = desk.create()
    record = f"_cf-email-sec-challenge.{domain['domain']}"
    desk.street.say(record, "lazaretto-verification=0123")
    desk.eventually(lambda: desk.status(domain) == "FAILED")
    value = desk.ask("GET", f"/settings/domains/{domain['id']}/verification")["txt_record_value"]
    refused = desk.knock(domain["domain"])
    desk.street.say(record, "lazaretto-verification=0123", value, "x")

    assert refused.startswith("450 4.7.1 ")
    assert desk.eventually(lambda: desk.status(domain) == "ACTIVE")


def test_nobody_has_to_ask(desk):
    """The record is found by itself."""
    domain = desk.create()
    shown = desk.ask("GET", f"/settings/domains/{domain['id']}/verification")
    desk.street.say(shown["txt_record_name"], shown["txt_record_value"])
    path = f"/settings/domains/{domain['id']}"

    assert desk.eventually(lambda: desk.ask("GET", path)["status"] == "ACTIVE")
    assert shown["last_checked_at"] is not None


def test_spf_and_dmarc_are_looked_up(desk):
    """By the same look; the DMARC record of the parent counts."""
    desk.street.say("sub.looked.example", "v=spf1 mx ~all")
    desk.street.say("_dmarc.looked.example", "v=DMARC1; p=reject")
    domain = desk.create(domain="sub.looked.example")
    desk.status(domain)
    found = desk.eventually(
        lambda: (shown := desk.ask("GET", f"/settings/domains/{domain['id']}"))["spf_status"] and shown
    )

    assert ("good", "good") == (found["spf_status"], found["dmarc_status"])


def test_the_command_line_proves_and_vouches(desk):
    """`verify` asks the DNS and ends with 3 while there is nothing; --accept needs no DNS."""
    domain = desk.create()
    name = domain["domain"]
    with pytest.raises(AssertionError):
        desk.program.lazaretto("domain", "verify", name)
    accepted = desk.program.lazaretto("domain", "verify", name, "--accept")

    assert "ACTIVE" == accepted["status"] == desk.status(domain)
    assert desk.knock(name).startswith("250 ")


# At the door


def test_a_domain_without_direct_takes_no_mail_by_smtp(desk):
    """550 5.7.1; with DIRECT allowed again mail is taken at once."""
    name = desk.domain(allowed_delivery_modes=["BCC", "API"])
    refused = desk.knock(name)
    (shown,) = desk.ask("GET", f"/settings/domains?domain={name}")
    desk.ask("PATCH", f"/settings/domains/{shown['id']}", {"allowed_delivery_modes": ["DIRECT"]})

    assert refused.startswith("550 5.7.1 ")
    assert desk.knock(name).startswith("250 ")


@pytest.mark.parametrize(
    ("restrictions", "inside", "outside"),
    [
        (["198.51.100.0/24", "203.0.113.9"], ["198.51.100.7", "203.0.113.9"], ["203.0.113.8", "2001:db8::7"]),
        (["2001:DB8::/32"], ["IPv6:2001:db8::7"], ["198.51.100.7", "IPv6:2001:db9::7"]),
    ],
)
def test_only_the_named_clients_bring_mail(desk, restrictions, inside, outside):
    """Addresses and networks of both versions; others get 550 5.7.1."""
    name = desk.domain(ip_restrictions=restrictions)
    outside = [
        address if ":" not in address or "IPv6" in address else f"IPv6:{address}" for address in outside
    ]

    assert {"250"} == {desk.knock(name, address=address)[:3] for address in inside}
    assert {"550 5.7.1"} == {desk.knock(name, address=address)[:9] for address in outside}


def test_mail_without_tls_is_refused_where_tls_is_required(desk):
    """530 5.7.0 in clear, taken after STARTTLS; another domain in the same session does not care."""
    name, other = desk.domain(require_tls_inbound=True), desk.domain()
    with desk.client() as smtp:
        smtp.mail("ann@sender.example")
        codes = [smtp.rcpt(f"ana@{each}")[0] for each in (name, other)]

    assert [530, 250] == codes
    assert desk.knock(name).startswith("530 5.7.0 ")
    assert desk.knock(name, tls=True).startswith("250 ")


def test_a_domain_without_next_hop_waits(desk):
    """451 4.3.5 until a transport is written."""
    domain = desk.create(transport=None)
    name = desk.prove(domain)
    refused = desk.knock(name)
    transport = f"127.0.0.1:{desk.street.plain.port}"
    desk.ask("PATCH", f"/settings/domains/{domain['id']}", {"transport": transport})
    sent = desk.send(name)

    assert refused.startswith("451 4.3.5 ")
    assert desk.becomes(sent, "delivered")


def test_lmtp_asks_the_same(desk):
    """The same settings speak at the LMTP door, and a postmaster without a domain has no account there either."""
    strict, open_ = desk.domain(ip_restrictions=["203.0.113.9"]), desk.domain()

    assert desk.knock(strict, lmtp=True).startswith("550 5.7.1 ")
    assert desk.knock(strict, lmtp=True, address="203.0.113.9").startswith("250 ")
    assert desk.knock(open_, lmtp=True).startswith("250 ")
    with desk.client() as smtp:
        smtp.mail("ann@sender.example")
        assert 550 == smtp.rcpt("postmaster")[0]
        assert 250 == smtp.rcpt(f"postmaster@{open_}")[0]


# On the way out


def test_the_transport_is_where_mail_goes(desk):
    """The next message after a change goes to the new place."""
    domain = desk.create()
    name = desk.prove(domain)
    first = desk.send(name)
    assert desk.becomes(first, "delivered")
    transport = f"smtp:[127.0.0.1]:{desk.street.secure.port}"
    desk.ask("PATCH", f"/settings/domains/{domain['id']}", {"transport": transport})
    second = desk.send(name)

    assert desk.becomes(second, "delivered")
    assert (1, 1) == (len(desk.arrived(desk.street.plain, name)), len(desk.arrived(desk.street.secure, name)))
    assert transport == desk.ask("GET", f"/settings/domains/{domain['id']}")["transport"]


def test_mail_is_sent_over_tls_only_where_that_is_required(desk):
    """A next hop without TLS gets nothing: the mail waits. One with TLS gets it encrypted."""
    domain = desk.create(require_tls_outbound=True)
    name = desk.prove(domain)
    sent = desk.send(name)
    waits = desk.becomes(sent, "deferred")
    transport = f"127.0.0.1:{desk.street.secure.port}"
    desk.ask("PATCH", f"/settings/domains/{domain['id']}", {"transport": transport})

    assert waits
    assert desk.becomes(sent, "delivered")
    assert [] == desk.arrived(desk.street.plain, name)
    assert [True] == [mail.secure for mail in desk.arrived(desk.street.secure, name)]


def test_dropped_dispositions_are_held_and_others_go_on(desk):
    """SPAM is held while it is named; not named it is delivered, and marked."""
    domain = desk.create(drop_dispositions=["SPAM", "MALICIOUS"])
    name = desk.prove(domain)
    held = desk.send(name, GTUBE)
    clean = desk.send(name)
    desk.ask("PATCH", f"/settings/domains/{domain['id']}", {"drop_dispositions": ["MALICIOUS"]})
    marked = desk.send(name, GTUBE)

    assert desk.becomes(held, "quarantined")
    assert desk.becomes(clean, "delivered")
    assert desk.becomes(marked, "delivered")
    contents = [mail.content for mail in desk.arrived(desk.street.plain, name)]
    assert [False, True] == sorted(b"X-Lazaretto-Disposition: SPAM" in content for content in contents)


def test_clean_mail_can_be_held_too(desk):
    """NONE among the dropped."""
    name = desk.domain(drop_dispositions=["NONE"])

    assert desk.becomes(desk.send(name), "quarantined")


def test_what_the_command_line_rejects_is_rejected(desk):
    """A disposition that is dropped and whose order is reject is refused at the door."""
    domain = desk.create(drop_dispositions=["SPAM"])
    name = desk.prove(domain)
    desk.program.lazaretto("domain", "set", name, "--reject", "SPAM", "--hold", "BULK")
    shown = desk.ask("GET", f"/settings/domains/{domain['id']}")
    refused = desk.send(name, GTUBE)
    desk.ask("PATCH", f"/settings/domains/{domain['id']}", {"drop_dispositions": ["SPAM"]})
    still = desk.send(name, GTUBE)

    assert {"SPAM", "BULK"} == set(shown["drop_dispositions"])
    assert refused.startswith("550 ")
    assert still.startswith("550 ")


# Beyond


def test_processed_mail_is_counted(desk):
    """The domain's figures grow with its mail, and its way in is active."""
    domain = desk.create()
    name = desk.prove(domain)
    for _ in range(3):
        desk.send(name)
    shown = desk.ask("GET", f"/settings/domains/{domain['id']}")["emails_processed"]
    active = desk.ask("GET", f"/settings/domains?active_delivery_mode=DIRECT&domain={name}")

    assert (3, 0) == (shown["total_emails_processed"], shown["total_emails_processed_previous"])
    assert [name] == [row["domain"] for row in active]


def test_a_removed_domain_is_not_ours_any_more(desk):
    """While a copy waits to be sent it cannot be removed; afterwards relaying is denied."""
    domain = desk.create(transport="127.0.0.1:9")
    name = desk.prove(domain)
    path = f"/settings/domains/{domain['id']}"
    waiting = desk.send(name)
    with pytest.raises(AssertionError, match="wait to be sent"):
        desk.ask("DELETE", path)
    desk.ask("PATCH", path, {"transport": f"127.0.0.1:{desk.street.plain.port}"})
    assert desk.becomes(waiting, "delivered")
    removed = desk.ask("DELETE", path)

    assert {"id": domain["id"]} == removed
    assert desk.knock(name).startswith("550 5.7.1 ")


def test_history_is_imported_only_where_it_is_allowed(desk, tmp_path):
    """Mail for a domain without RETRO_SCAN is passed over; with it, it is recorded."""
    direct, both = desk.domain(), desk.domain(allowed_delivery_modes=["DIRECT", "RETRO_SCAN"])
    for name in (direct, both):
        (tmp_path / f"{name}.eml").write_text(f"From: a@b.example\nTo: ana@{name}\nSubject: Old\n\nOld.\n")
    told = desk.program.lazaretto("import", str(tmp_path), "--offline")

    assert (1, 1) == (told["recorded"], told["refused"])
