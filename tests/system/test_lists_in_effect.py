"""What each list does to mail: written through the API, sent in over SMTP, read through the API.

The effect is on the very next message. One program serves all tests; each has senders of its own and takes its
entries back.
"""

import asyncio
import contextlib
import itertools
import json
import re
import smtplib
import ssl
import threading
import urllib.error
import urllib.request

import pytest

from tests.helpers.certificate import self_signed
from tests.helpers.load import GTUBE
from tests.helpers.nameserver import nameserver
from tests.helpers.program import Program
from tests.helpers.signing import key_zone, sign

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

OWN = "harbour-books.example"
ANA, BO = f"ana@{OWN}", f"bo@{OWN}"
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HELD = {"quarantined"}
SENT = {"queued", "deferred", "delivered"}  # the next hop of these tests does not answer
ZONE = {
    **key_zone("proven.example"),
    "spf.example": {"TXT": ["v=spf1 ip4:198.51.100.0/24 -all"]},
    "proven.example": {"TXT": ["v=spf1 -all"]},
    "_dmarc.proven.example": {"TXT": ["v=DMARC1; p=none"]},
}


class Names:
    """The name server, in a thread of its own."""

    def __enter__(self):
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(20)
        return self

    async def _serve(self):
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with nameserver(ZONE) as server:
            self.address = server.address
            self._ready.set()
            await self._end.wait()

    def __exit__(self, *problem):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)


class Desk:
    """A running program as an analyst and as the Internet see it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.account, self.token = program.set_up("127.0.0.1:9", domain=OWN)
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

    @contextlib.contextmanager
    def listed(self, resource: str, **fields):
        """An entry, for as long as the block lasts."""
        entry = self.ask("POST", f"/settings/{resource}", fields)
        try:
            yield entry
        finally:
            self.ask("DELETE", f"/settings/{resource}/{entry['id']}")

    def allow(self, pattern: str, pattern_type: str = "DOMAIN", **flags):
        fields = dict.fromkeys(
            ("is_regex", "is_trusted_sender", "is_exempt_recipient", "is_acceptable_sender", "verify_sender"),
            False,
        )
        return self.listed("allow_policies", pattern=pattern, pattern_type=pattern_type, **(fields | flags))

    def block(self, pattern: str, pattern_type: str = "DOMAIN", **flags):
        return self.listed(
            "block_senders", pattern=pattern, pattern_type=pattern_type, **({"is_regex": False} | flags)
        )

    @contextlib.contextmanager
    def trust_wins(self):
        self.ask("PATCH", "/settings/options", {"block_wins": False})
        try:
            yield
        finally:
            self.ask("PATCH", "/settings/options", {"block_wins": True})

    def send(
        self, sender: str, text: str = "See you on Tuesday.", *, to=(ANA,), subject="Minutes", mail_from=None,
        client="198.51.100.7", name="", reply_to="", tls=False, signed="", kind="plain",
        received="",
    ) -> dict:  # fmt: skip
        """Send one message and show what became of it."""
        number = next(self.numbers)
        head = f"Received: {received}\r\n" if received else ""
        head += f"From: {name} <{sender}>\r\nTo: {ANA}\r\nSubject: {subject}\r\nMessage-ID: <{number}@list.example>\r\n"
        head += f"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        head += f"Reply-To: {reply_to}\r\n" if reply_to else ""
        raw = f"{head}\r\n{text}\r\n".encode()
        raw = sign(raw, signed) if signed else raw
        with smtplib.SMTP("127.0.0.1", self.program.smtp, timeout=60) as smtp:
            smtp.ehlo("mx.sender.example")
            if tls:
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                smtp.starttls(context=context)
                smtp.ehlo("mx.sender.example")
            assert 220 == smtp.docmd("XCLIENT", f"ADDR={client} HELO=mx.sender.example")[0]
            smtp.ehlo("mx.sender.example")
            assert 250 == smtp.mail(sender if mail_from is None else mail_from)[0]
            for recipient in to:
                assert 250 == smtp.rcpt(recipient)[0]
            code, reply = smtp.data(raw)
        queue_id = re.findall(rb"(?:as|reference) (\w+)", reply)[0].decode()
        message = self.ask("GET", f"/investigate/{queue_id}")
        return message | {"code": code, "held": set(message["delivery_status"] or ()) == HELD}

    def trace(self, message: dict) -> str:
        lines = self.ask("GET", f"/investigate/{message['id']}/trace")["inbound"]["lines"]
        return "\n".join(line["message"] for line in lines)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    certificate = self_signed(folder)
    with Names() as names:
        program = Program(folder, extra="[scan]\nworkers = 1\n")
        config = program.config.read_text().replace("offline = true", f'servers = ["{names.address}"]')
        config = config.replace(
            "[smtp]", f'[smtp]\nxclient_peers = ["127.0.0.1"]\ntls_cert = "{certificate}"'
        )
        program.config.write_text(config)
        desk = Desk(program)
        program.start()
        try:
            yield desk
        finally:
            code = program.stop()
            assert 0 == code


def names_of(message: dict) -> set[str]:
    return {f["name"] for f in message["findings"]}


def status(message: dict) -> set[str]:
    return set(message["delivery_status"])


# Allow policies


def test_trusted_sender_bypasses_all_detections(desk):
    """Malware goes through; the message says why, and the same letter before and after is held."""
    before = desk.send("it@trusted.example", EICAR)
    with desk.allow("trusted.example", is_trusted_sender=True) as entry:
        during = desk.send("it@mail.trusted.example", EICAR)
        detections = [m["id"] for m in desk.ask("GET", "/investigate?domain=trusted.example")]
        benign = desk.ask(
            "GET", "/investigate?detections_only=false&final_disposition=NONE&domain=trusted.example"
        )
    after = desk.send("it@trusted.example", EICAR)

    assert ["MALICIOUS", "NONE", "MALICIOUS"] == [m["final_disposition"] for m in (before, during, after)]
    assert [True, False, True] == [m["held"] for m in (before, during, after)]
    assert status(during) <= SENT
    assert {
        "allowlisted_pattern": "trusted.example",
        "allowlisted_pattern_type": "allowed_sender",
        "blocklisted_message": False,
        "blocklisted_pattern": None,
        "whitelisted_pattern_type": "allowed_sender",
    } == during["properties"]
    assert f"Allow policy {entry['id']}" in during["detection_reasons"][0]
    assert "list_let_through" in names_of(during)
    assert f"Lists: Allow policy {entry['id']}" in desk.trace(during)
    assert during["id"] not in detections
    assert [during["id"]] == [m["id"] for m in benign]


def test_exempt_recipient_gets_it_and_the_others_do_not(desk):
    """The bypass is for that recipient; the message stays what it is until all are exempt."""
    with desk.allow(ANA, "EMAIL", is_exempt_recipient=True):
        both = desk.send("x@exempt.example", EICAR, to=(ANA, BO))
        alone = desk.send("x@exempt.example", EICAR, to=(ANA,))
    trace = desk.trace(both)

    assert ("MALICIOUS", "NONE") == (both["final_disposition"], alone["final_disposition"])
    assert "quarantined" in status(both)
    assert status(both) - HELD <= SENT
    assert status(both) & SENT
    assert "allowed_recipient" == both["properties"]["allowlisted_pattern_type"]
    assert f"<{ANA}>: The recipient is exempt" in trace
    assert f"Held in quarantine for <{BO}>" in trace
    assert status(alone) <= SENT


def test_acceptable_sender_waives_spam_and_not_malice(desk):
    """SPAM becomes NONE; MALICIOUS stays."""
    with desk.allow("accepted.example", is_acceptable_sender=True):
        spam = desk.send("x@accepted.example", GTUBE)
        malware = desk.send("x@accepted.example", EICAR)
    without = desk.send("x@accepted.example", GTUBE)

    assert "SPAM" == without["final_disposition"]
    assert ("NONE", "acceptable_sender") == (
        spam["final_disposition"], spam["properties"]["allowlisted_pattern_type"],
    )  # fmt: skip
    assert ("MALICIOUS", None) == (
        malware["final_disposition"], malware["properties"]["allowlisted_pattern_type"],
    )  # fmt: skip
    assert "list_not_honoured" in names_of(malware)


def test_verify_sender_wants_spf_dkim_or_dmarc(desk):
    """Only a sender that proved itself is trusted: by SPF of its server, or by a signature that is aligned."""
    with desk.allow("spf.example", is_trusted_sender=True, verify_sender=True):
        proven = desk.send("x@spf.example", EICAR, client="198.51.100.9")
        forged = desk.send("x@spf.example", EICAR, client="203.0.113.9")
        borrowed = desk.send("x@spf.example", EICAR, client="203.0.113.9", signed="proven.example")
    with desk.allow("proven.example", is_trusted_sender=True, verify_sender=True):
        signed = desk.send(
            "x@proven.example", EICAR, mail_from="bounce@other.example", signed="proven.example"
        )
        unsigned = desk.send("x@proven.example", EICAR, mail_from="bounce@other.example")

    assert ["NONE", "MALICIOUS", "MALICIOUS"] == [m["final_disposition"] for m in (proven, forged, borrowed)]
    assert ["NONE", "MALICIOUS"] == [m["final_disposition"] for m in (signed, unsigned)]
    assert "SPF passes for spf.example" in proven["detection_reasons"][0]
    assert re.search("(DKIM|DMARC) passes for proven.example", signed["detection_reasons"][0])
    assert any("not honoured" in f["detail"] for f in forged["findings"])
    assert forged["properties"]["allowlisted_pattern"] is None


def test_ip_patterns_are_the_connecting_server(desk):
    """An address or a network allows by the connection, whatever the message claims."""
    with desk.allow("203.0.113.64/26", "IP", is_trusted_sender=True):
        inside = desk.send("x@anybody.example", EICAR, client="203.0.113.70")
        outside = desk.send("x@anybody.example", EICAR, client="203.0.113.130")
    with desk.allow("2001:db8:7::/48", "IP", is_trusted_sender=True):
        six = desk.send("x@anybody.example", EICAR, client="IPV6:2001:db8:7::1")

    assert ["NONE", "MALICIOUS", "NONE"] == [m["final_disposition"] for m in (inside, outside, six)]


# Blocking


@pytest.mark.parametrize(
    ("entry", "how"),
    [
        (("bad@evil1.example", "EMAIL"), {"sender": "bad@evil1.example"}),
        (("evil2.example", "DOMAIN"), {"sender": "any@sub.evil2.example"}),
        (("evil3.example", "DOMAIN"), {"sender": "a@fine.example", "mail_from": "b@evil3.example"}),
        (("evil4.example", "DOMAIN"), {"sender": "a@fine.example", "reply_to": "b@evil4.example"}),
        (("203.0.113.5", "IP"), {"sender": "a@fine.example", "client": "203.0.113.5"}),
    ],
    ids=["email", "domain", "envelope", "reply-to", "ip"],
)
def test_blocked_sender_is_malicious(desk, entry, how):
    """A clean letter of a blocked sender is MALICIOUS, wherever the pattern fits the sending side."""
    before = desk.send(**how)
    with desk.block(*entry):
        during = desk.send(**how)

    assert ("NONE", "MALICIOUS", True) == (
        before["final_disposition"], during["final_disposition"], during["held"],
    )  # fmt: skip
    assert (True, entry[0]) == (
        during["properties"]["blocklisted_message"], during["properties"]["blocklisted_pattern"],
    )  # fmt: skip
    assert "Blocked sender" in during["detection_reasons"][0]
    assert "list_blocked_sender" in names_of(during)
    assert "BlockedSender" in during["threat_categories"]


def test_regular_expressions_see_every_side(desk):
    """Envelope from, header from, reply-to, the client's address and the server's name."""
    held = []
    for pattern, how in (
        (r"^bounce-\d+@", {"mail_from": "bounce-77@fine.example"}),
        (r"@fine[0-9]\.example$", {"sender": "a@fine7.example"}),
        (r"^desk@[a-z]+\.answers", {"reply_to": "desk@eu.answers.example"}),
        (r"^203\.0\.113\.(4|5)\d$", {"client": "203.0.113.47"}),
        (r"mx\.SENDER\.example", {}),
    ):
        with desk.block(pattern, "EMAIL", is_regex=True):
            held.append(desk.send(**({"sender": "a@fine.example"} | how)))

    assert ["MALICIOUS"] * 5 == [m["final_disposition"] for m in held]


def test_blocked_content_in_the_subject_and_the_body(desk):
    """Each target for itself; switched off it does nothing."""
    fields = {"name": "Project", "pattern": r"project\s+\w+ whale", "enabled": True}
    with desk.listed("content_policies", targets=["SUBJECT"], **fields):
        subject = desk.send("a@words.example", subject="The PROJECT white Whale")
        other = desk.send("a@words.example", "About project white whale.")
    with desk.listed("content_policies", targets=["BODY"], **fields):
        body = desk.send("a@words.example", "<p>About project <b>white</b>\r\nwhale.</p>", kind="html")
        other_too = desk.send("a@words.example", subject="project white whale")
    with desk.listed("content_policies", targets=["SUBJECT", "BODY"], **(fields | {"enabled": False})):
        off = desk.send("a@words.example", "About project white whale.")

    assert ["MALICIOUS", "NONE", "MALICIOUS", "NONE", "NONE"] == [
        m["final_disposition"] for m in (subject, other, body, other_too, off)
    ]
    assert "the subject holds “PROJECT white Whale”" in subject["detection_reasons"][0]
    assert (True, fields["pattern"]) == (
        body["properties"]["blocklisted_message"], body["properties"]["blocklisted_pattern"],
    )  # fmt: skip
    assert "list_blocked_content" in names_of(body)


def test_an_exact_word(desk):
    r"""`\bword\b` is the word in any case and in any script, and no part of another."""
    with (
        desk.listed("content_policies", name="a", pattern=r"\bzeppelin\b", targets=["BODY"], enabled=True),
        desk.listed("content_policies", name="b", pattern=r"\bдирижабль\b", targets=["BODY"], enabled=True),
    ):
        found = [desk.send("a@words.example", t) for t in ("A ZEPPELIN, here.", "Вот Дирижабль!")]
        part = [desk.send("a@words.example", t) for t in ("Many zeppelins.", "Много дирижаблями.")]

    assert ["MALICIOUS", "MALICIOUS"] == [m["final_disposition"] for m in found]
    assert [set(), set()] == [names_of(m) & {"list_blocked_content"} for m in part]


# Precedence


def test_blocking_wins_over_trust(desk):
    """The safe way, and the default."""
    with desk.block("both1.example"), desk.allow("both1.example", is_trusted_sender=True):
        message = desk.send("a@both1.example")

    assert "MALICIOUS" == message["final_disposition"]
    assert (None, "both1.example") == (
        message["properties"]["allowlisted_pattern"], message["properties"]["blocklisted_pattern"],
    )  # fmt: skip
    assert any("blocking wins" in f["detail"] for f in message["findings"])


def test_trust_wins_where_the_account_says_so(desk):
    """Explicit trust only, and only when it is verified where it asks for that; acceptance never wins."""
    with desk.trust_wins(), desk.block("spf.example"):
        with desk.allow("spf.example", is_trusted_sender=True, verify_sender=True):
            proven = desk.send("a@spf.example", client="198.51.100.9")
            forged = desk.send("a@spf.example", client="203.0.113.9")
        with desk.allow("spf.example", is_acceptable_sender=True):
            accepted = desk.send("a@spf.example")
        with desk.allow(ANA, "EMAIL", is_exempt_recipient=True):
            exempt = desk.send("a@spf.example", to=(ANA, BO))

    assert ["NONE", "MALICIOUS", "MALICIOUS", "MALICIOUS"] == [
        m["final_disposition"] for m in (proven, forged, accepted, exempt)
    ]
    assert ("spf.example", False) == (
        proven["properties"]["allowlisted_pattern"], proven["properties"]["blocklisted_message"],
    )  # fmt: skip
    assert "list_block_set_aside" in names_of(proven)
    assert status(exempt) & SENT
    assert "quarantined" in status(exempt)


def test_a_domain_without_tls_is_refused_before_anything_else(desk):
    """Not even trust takes mail that had to come over TLS; over TLS the lists go on."""
    with (
        desk.listed("sending_domain_restrictions", domain="tls1.example", exclude=[]),
        desk.allow("tls1.example", is_trusted_sender=True),
        desk.trust_wins(),
    ):
        clear = desk.send("a@tls1.example", EICAR)
        secure = desk.send("a@tls1.example", EICAR, tls=True)

    assert (550, ["rejected"]) == (clear["code"], clear["delivery_status"])
    assert (250, "NONE") == (secure["code"], secure["final_disposition"])


# Trusted domains


def test_a_trusted_domain_is_no_look_alike(desk):
    """`is_similarity` mutes what is said about likeness, for the domain and below it, and nothing else."""
    how = {
        "sender": "desk@harbour-bo0ks.example",
        "text": '<a href="https://www.harbour-bo0ks.example/login">Log in to verify your account</a>',
        "kind": "html",
        "tls": True,
    }
    before = desk.send(**how)
    with desk.listed(
        "trusted_domains",
        pattern="harbour-bo0ks.example",
        is_regex=False,
        is_recent=False,
        is_similarity=True,
    ):
        during = desk.send(**how)
        malware = desk.send(how["sender"], EICAR)

    assert {"from_lookalike_own", "link_lookalike_own"} <= names_of(before)
    assert before["final_disposition"] in {"SUSPICIOUS", "MALICIOUS", "SPOOF"}
    assert set() == names_of(during) & {"from_lookalike_own", "link_lookalike_own"}
    assert "list_trusted_domain" in names_of(during)
    assert ("NONE", "domain_similarity") == (
        during["final_disposition"], during["properties"]["allowlisted_pattern_type"],
    )  # fmt: skip
    assert "MALICIOUS" == malware["final_disposition"]


def test_a_trusted_domain_may_be_young(desk):
    """`is_recent` mutes what is said about domains that look made for one campaign."""
    how = {
        "sender": "news@xkqzvwtrbjh.top",
        "text": '<a href="https://xkqzvwtrbjh.top/a">Open</a>',
        "kind": "html",
    }
    before = desk.send(**how)
    with desk.listed(
        "trusted_domains", pattern=r"^xkq[a-z]+\.top$", is_regex=True, is_recent=True, is_similarity=False
    ):
        during = desk.send(**how)

    muted = {"from_gibberish", "from_abused_ending", "link_gibberish_host", "link_abused_ending"}
    assert muted <= names_of(before)
    assert before["final_disposition"] != "NONE"
    assert set() == names_of(during) & muted
    assert ("NONE", "domain_recency") == (
        during["final_disposition"], during["properties"]["allowlisted_pattern_type"],
    )  # fmt: skip


# Impersonation registry


def test_a_listed_name_from_an_unlisted_address(desk):
    """The name alone is suspicious, with a request for money it is BEC; the listed address is fine."""
    letter = "Are you at your desk? I need you to buy gift cards for a client and send me the codes."
    with desk.listed(
        "impersonation_registry", name="Ruth Okafor", email="ruth@corp.example", is_email_regex=False
    ):
        listed = desk.send("ruth@corp.example", name="Ruth Okafor")
        stranger = desk.send("ruth@elsewhere.example", name="Ruth Okafor")
        turned = desk.send("ruth@elsewhere.example", name='"OKAFOR, Ruth (CEO)"')
        fraud = desk.send("ceo@gmail.com", letter, name="Ruth Okafor")
        reply = desk.send(
            "ruth@corp.example", letter, name="Ruth Okafor", reply_to="Ruth Okafor <r@gmail.com>"
        )
    after = desk.send("ruth@elsewhere.example", name="Ruth Okafor")

    assert ["NONE", "SUSPICIOUS", "SUSPICIOUS", "MALICIOUS-BEC", "MALICIOUS-BEC", "NONE"] == [
        m["final_disposition"] for m in (listed, stranger, turned, fraud, reply, after)
    ]
    assert "person_impersonated" in names_of(stranger)
    assert "BEC" in stranger["threat_categories"]
    assert "person_replies_elsewhere" in names_of(reply)


@pytest.mark.parametrize(
    "name", ["Ruth Okafar", "Ruht Okafor", "Rυth Okafоr", "R u t h Okafor", "Ruth 0kafor"]
)
def test_a_name_that_is_nearly_a_listed_one(desk, name):
    """A letter changed, turned round, of another script or set apart."""
    with desk.listed(
        "impersonation_registry", name="Ruth Okafor", email="ruth@corp.example", is_email_regex=False
    ):
        message = desk.send("ruth@elsewhere.example", name=f'"{name}"')

    assert "SUSPICIOUS" == message["final_disposition"] or message["final_disposition"].startswith(
        "MALICIOUS"
    )
    assert names_of(message) & {"person_imitated", "person_impersonated"}


def test_known_addresses_as_an_expression(desk):
    """`is_email_regex`: the whole address must fit."""
    with desk.listed(
        "impersonation_registry", name="Ruth Okafor", email=r"ruth\+?\w*@corp\.example", is_email_regex=True
    ):
        fits = desk.send("ruth+books@corp.example", name="Ruth Okafor")
        longer = desk.send("ruth@corp.example.evil.example", name="Ruth Okafor")

    assert ["NONE", "SUSPICIOUS"] == [m["final_disposition"] for m in (fits, longer)]


# Sending domain restrictions


def test_mail_that_must_come_over_tls(desk):
    """The domain and below it, by header from or envelope from, but not below what is excluded."""
    with desk.listed("sending_domain_restrictions", domain="bank.example", exclude=["news.bank.example"]):
        clear = desk.send("a@bank.example")
        below = desk.send("a@pay.bank.example")
        returned = desk.send("a@fine.example", mail_from="b@bank.example")
        excluded = desk.send("a@eu.news.bank.example")
        secure = desk.send("a@bank.example", tls=True)
        stranger = desk.send("a@otherbank.example")
    after = desk.send("a@bank.example")

    assert [550, 550, 550, 250, 250, 250, 250] == [
        m["code"] for m in (clear, below, returned, excluded, secure, stranger, after)
    ]
    assert ["rejected"] == clear["delivery_status"]
    assert "must come over TLS" in clear["detection_reasons"][0]
    assert "list_no_tls" in names_of(clear)
    assert "must come over TLS" in desk.trace(clear)


# URL ignore patterns


def test_links_that_are_left_alone(desk):
    """A link that matches is left out of the checks, and a note says so; the others are looked at."""
    how = {
        "sender": "a@plain.example",
        "text": '<a href="http://203.0.113.80/intranet/login">https://intranet.example/</a>',
        "kind": "html",
    }
    before = desk.send(**how)
    with desk.listed("url_ignore_patterns", pattern=r"^http://203\.0\.113\.80/intranet/"):
        during = desk.send(**how)
        other = desk.send(**(how | {"text": how["text"].replace("/intranet/", "/else/")}))

    assert "link_ip_host" in names_of(before)
    assert "link_ip_host" not in names_of(during)
    assert "list_ignored_link" in names_of(during)
    assert "link_ip_host" in names_of(other)


# The way in


def test_behind_relays_of_ours_the_sender_is_looked_for(desk):
    """A domain with `lookback_hops`: the relay's address is nobody's, the one in its Received field counts."""
    desk.program.lazaretto(
        "domain",
        "add",
        "relayed.example",
        "--account",
        desk.account,
        "--next-hop",
        "127.0.0.1:9",
        "--lookback-hops",
        "1",
    )
    hop = "(mx.sender.example [8.8.4.4]) by relay.example with ESMTP id 1; Fri, 20 Nov 2026 10:00:00 +0000"
    how = {"sender": "a@far.example", "client": "203.0.113.20", "received": f"from mx.sender.example {hop}"}
    with desk.block("203.0.113.20", "IP"):
        relay = [desk.send(**how, to=(to,)) for to in (ANA, "x@relayed.example")]
    with desk.block("8.8.4.4", "IP"):
        sender = [desk.send(**how, to=(to,)) for to in (ANA, "x@relayed.example")]

    assert ["MALICIOUS", "NONE"] == [m["final_disposition"] for m in relay]
    assert ["NONE", "MALICIOUS"] == [m["final_disposition"] for m in sender]
