"""The samples of the demo are what they are meant to be, and each is well formed."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from lazaretto.demo.letters import SAMPLES
from lazaretto.demo.nameserver import nameserver, reply
from lazaretto.demo.sample import OWN_DOMAIN, STRICT_DOMAIN, compose
from lazaretto.demo.world import client_of, signed, zone
from lazaretto.mail.parse import parse
from lazaretto.model.disposition import AuthResult, Disposition, Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.resolve.dns import Resolver
from lazaretto.resolve.facts import gather_facts
from lazaretto.resolve.network import Networks
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.scan import scan

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


async def judged(sample, resolver):
    """Facts and verdict of one sample as the demo would get them."""
    raw = compose(sample, AT)
    raw = signed(raw, sample.signed_by) if sample.signed_by else raw
    ip, helo = client_of(sample)
    envelope = Envelope(
        account="0" * 32,
        queue_id="q",
        mode=Mode.DIRECT,
        mail_from=sample.return_path,
        recipients=tuple(Recipient(address) for address in sample.recipients),
        received_at=AT,
        client_ip=ip,
        helo=helo,
    )
    message = parse(raw)
    facts = await gather_facts(
        raw, message, envelope,
        resolver=resolver, networks=Networks.load(), own_domains=(OWN_DOMAIN, STRICT_DOMAIN), at=AT, lookback=0,
    )  # fmt: skip
    return facts, scan(message, envelope, facts, load_ruleset())


def test_enough_samples_of_every_kind():
    """A visitor sees every disposition."""
    kinds = Counter(sample.meant for sample in SAMPLES)

    assert len(SAMPLES) >= 30
    assert min(kinds.values()) >= 3
    assert set(Disposition) - {Disposition.ENCRYPTED, Disposition.EXTERNAL, Disposition.UNKNOWN} == set(kinds)
    assert len(SAMPLES) == len({sample.name for sample in SAMPLES})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_composed_for_the_wire(sample):
    """CRLF everywhere, no line longer than SMTP allows, and our parser finds nothing wrong."""
    raw = compose(sample, AT)

    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert () == parse(raw).defects


@pytest.mark.system
async def test_every_sample_is_judged_as_meant():
    """The story of each sample and the verdict agree, with the DNS of the demo's world."""
    async with nameserver(zone()) as address:
        resolver = Resolver([address])
        verdicts = {sample: await judged(sample, resolver) for sample in SAMPLES}
        await resolver.close()

    wrong = {
        sample.name: (verdict.disposition.value, verdict.scores, [w.rule.id for w in verdict.findings])
        for sample, (_, verdict) in verdicts.items()
        if verdict.disposition is not sample.meant
    }
    assert {} == wrong


@pytest.mark.system
async def test_signed_samples_authenticate():
    """Every domain of the world proves its own mail by SPF, DKIM and DMARC."""
    own = [sample for sample in SAMPLES if sample.signed_by == sample.from_address.rsplit("@", 1)[-1]]
    async with nameserver(zone()) as address:
        resolver = Resolver([address])
        facts = {sample.name: (await judged(sample, resolver))[0] for sample in own}
        await resolver.close()

    seen = {
        name: (one.authentication.folded_spf, one.authentication.folded_dkim, one.authentication.folded_dmarc)
        for name, one in facts.items()
    }
    assert {} == {name: results for name, results in seen.items() if results != (AuthResult.PASS,) * 3}


@pytest.mark.parametrize(
    "question", [b"", b"\0" * 12, b"\xff" * 40, b"\0\0\1\0\0\1\0\0\0\0\0\0\x3fa", b"\0" * 500]
)
def test_noise_at_the_name_server(question):
    """What is no question gets no answer, or one without records, and raises nothing."""
    answer = reply(zone(), question)

    assert answer is None or len(answer) < 600
