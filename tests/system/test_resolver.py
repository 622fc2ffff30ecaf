"""The DNS client against a real name server on the loopback interface."""

import asyncio

import pytest

from lazaretto.model.facts import Answer, Question, Status
from lazaretto.resolve import dns
from lazaretto.resolve.dns import Resolver, is_possible
from tests.helpers.nameserver import nameserver

pytestmark = pytest.mark.system

LONG_TEXT = "v=spf1 " + " ".join(f"ip4:192.0.2.{i}" for i in range(250)) + " -all"  # TCP only
ZONE = {
    "example.test": {
        "A": ["192.0.2.1", "192.0.2.2"],
        "AAAA": ["2001:db8::1"],
        "MX": ["10 mx1.example.test", "20 MX2.example.test"],
        "TXT": ["v=spf1 -all", "caf\xe9"],
        "NS": ["ns.example.test"],
    },
    "long.test": {"TXT": [LONG_TEXT]},
    "alias.test": {"CNAME": ["example.test"]},
    "dangling.test": {"CNAME": ["nowhere.test"]},
    "silent.test": {"TXT": ["TIMEOUT"]},
    "broken.test": {"TXT": ["SERVFAIL"]},
    "1.2.0.192.in-addr.arpa": {"PTR": ["Host.example.test"]},
    "nullmx.test": {"MX": ["0 ."]},
}


def resolver(server, **options):
    return Resolver([server.address], **{"timeout": 5.0, "attempts": 1} | options)


@pytest.mark.parametrize(
    ("name", "kind", "status", "records"),
    [
        ("example.test", "A", Status.OK, ("192.0.2.1", "192.0.2.2")),
        ("example.test", "AAAA", Status.OK, ("2001:db8::1",)),
        ("example.test", "MX", Status.OK, ("10 mx1.example.test", "20 mx2.example.test")),
        ("example.test", "TXT", Status.OK, ("v=spf1 -all", "caf\xe9")),
        ("example.test", "NS", Status.OK, ("ns.example.test",)),
        ("long.test", "TXT", Status.OK, (LONG_TEXT,)),
        ("alias.test", "A", Status.OK, ("192.0.2.1", "192.0.2.2")),
        ("alias.test", "CNAME", Status.OK, ("example.test",)),
        ("dangling.test", "A", Status.NXDOMAIN, ()),
        ("1.2.0.192.in-addr.arpa", "PTR", Status.OK, ("host.example.test",)),
        ("nullmx.test", "MX", Status.OK, ("0 ",)),
        ("example.test", "PTR", Status.NODATA, ()),
        ("nowhere.test", "A", Status.NXDOMAIN, ()),
        ("silent.test", "TXT", Status.TEMPERROR, ()),
        ("broken.test", "TXT", Status.TEMPERROR, ()),
    ],
)
async def test_answers(name, kind, status, records):
    """Each way in which a question can end."""
    patience = 0.2 if name == "silent.test" else 5.0
    async with nameserver(ZONE) as server, resolver(server, timeout=patience) as dns_client:
        answer = await dns_client.ask(Question(name, kind))

    assert (status, records) == (
        answer.status,
        answer.records,
    )
    assert Question(name, kind) == answer.question
    assert (300 if status == Status.OK else 0) == answer.ttl


@pytest.mark.parametrize(
    "name",
    ["", "a..b", ".", "a" * 64 + ".test", "a." * 130 + "test", "a b\n.test", "b\xfccher.test", "a\\.test"],
)
async def test_impossible_names_are_not_asked(name):
    """They do not exist, and no packet leaves."""
    async with nameserver(ZONE) as server, resolver(server) as dns_client:
        answer = await dns_client.ask(Question(name, "A"))

    assert Answer(Question(name, "A"), Status.NXDOMAIN) == answer
    assert [] == server.questions


@pytest.mark.parametrize("name", ["_dmarc.test", "a-.test", "*.test", "a/b.test", "A.TEST"])
async def test_odd_names_are_asked(name):
    """No host names, but names."""
    async with nameserver({name: {"A": ["127.0.0.2"]}}) as server, resolver(server) as dns_client:
        answer = await dns_client.ask(Question(name, "A"))

    assert Status.OK == answer.status


@pytest.mark.parametrize("name", ["a@b.test", "foo:bar.test", "x%y.test", "x=y.test"])
async def test_names_that_cannot_be_asked(name):
    """They may exist, and the client cannot know: temporary, not absent."""
    async with nameserver({name: {"A": ["127.0.0.2"]}}) as server, resolver(server) as dns_client:
        answer = await dns_client.ask(Question(name, "A"))

    assert is_possible(name)
    assert Status.TEMPERROR == answer.status


async def test_answers_are_kept():
    """Good and bad answers are asked for once while they live."""
    questions = [Question("example.test", "A"), Question("nowhere.test", "A"), Question("broken.test", "TXT")]
    async with nameserver(ZONE) as server, resolver(server) as dns_client:
        first = [await dns_client.ask(q) for q in questions]
        asked = len(server.questions)
        second = [await dns_client.ask(q) for q in questions]

    assert first == second
    assert asked == len(server.questions)


async def test_equal_questions_are_put_once():
    """A hundred that ask at the same time cause one packet."""
    async with nameserver(ZONE) as server, resolver(server, timeout=5.0) as dns_client:
        server.delay = 0.05
        answers = await asyncio.gather(*(dns_client.ask(Question("example.test", "A")) for _ in range(100)))

    assert 1 == len(set(answers))
    assert [("example.test", "A")] == server.questions


async def test_a_cancelled_leader_does_not_take_the_others_along():
    """When the one who put the question gives up, the next in line puts it again."""
    async with nameserver(ZONE) as server, resolver(server, timeout=5.0) as dns_client:
        server.delay = 0.6
        leader = asyncio.create_task(dns_client.ask(Question("example.test", "A")))
        await asyncio.sleep(0.02)
        follower = asyncio.create_task(dns_client.ask(Question("example.test", "A")))
        await asyncio.sleep(0.02)
        leader.cancel()
        answer = await follower

    assert leader.cancelled()
    assert Status.OK == answer.status


async def test_cache_is_bounded():
    """The oldest answers go."""
    async with nameserver({}) as server, resolver(server, cache_size=10) as dns_client:
        for i in range(30):
            await dns_client.ask(Question(f"{i}.test", "A"))

        assert 10 == len(dns_client._cache)


async def test_concurrency_is_bounded():
    """No more questions are on the way than allowed, and all are answered."""
    async with nameserver({}) as server, resolver(server, concurrency=3, timeout=5.0) as dns_client:
        server.delay = 0.02
        answers = asyncio.gather(*(dns_client.ask(Question(f"{i}.test", "A")) for i in range(20)))
        await asyncio.sleep(0.01)
        at_once = len(server.questions)
        await answers

    assert 3 >= at_once
    assert 20 == len(server.questions)


async def test_channels_are_renewed(monkeypatch):
    """What c-ares remembers is thrown away after so many questions."""
    monkeypatch.setattr(dns, "CHANNEL_QUESTIONS", 3)
    async with nameserver(ZONE) as server, resolver(server, cache_size=0) as dns_client:
        for _ in range(10):
            await dns_client.ask(Question("example.test", "A"))

    assert 4 == len(server.questions)


async def test_nobody_listens():
    """A resolver that is not there is a temporary error."""
    async with Resolver(["127.0.0.1:1"], timeout=0.2, attempts=1) as dns_client:
        answer = await dns_client.ask(Question("example.test", "A"))

    assert Status.TEMPERROR == answer.status


async def test_second_server_answers():
    """The first one is dead, the second is asked."""
    async with (
        nameserver(ZONE) as server,
        Resolver(["127.0.0.1:1", server.address], timeout=5.0, attempts=2) as dns_client,
    ):
        answer = await dns_client.ask(Question("example.test", "A"))

    assert Status.OK == answer.status


@pytest.mark.parametrize(
    "text", ["", "resolver.test", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:70000", "[::1]x", "1.2.3"]
)
def test_bad_server(text):
    """A wrong setting is a sentence, not a silent default."""
    with pytest.raises(ValueError, match="must be written as address"):
        Resolver([text])


@pytest.mark.parametrize("text", ["127.0.0.1", "127.0.0.1:5353", "::1", "[::1]:5353", "[::1]"])
def test_good_server(text):
    """The forms that are understood."""
    Resolver([text])


async def test_hostile_text_is_kept_as_bytes():
    """Every byte of a TXT record comes through as one character."""
    text = "".join(map(chr, range(256)))
    async with nameserver({"x.test": {"TXT": [text]}}) as server, resolver(server) as dns_client:
        answer = await dns_client.ask(Question("x.test", "TXT"))

    assert (text,) == answer.records
