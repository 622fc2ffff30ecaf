"""The search: every filter on both databases gives what a plain loop over all records gives."""

import re
from dataclasses import replace
from datetime import timedelta
from random import Random

from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import DETECTIONS, Disposition, Mode
from lazaretto.model.record import ActionEntry, DeliveryState, LinkSummary, Operation, RecordState
from lazaretto.query.criteria import Criteria, Place
from lazaretto.store.messages import add_action, add_received, get_record, mark
from lazaretto.store.search import MAX_PAGE, count, search
from tests.helpers.records import (
    ACCOUNT,
    NOW,
    OTHER_ACCOUNT,
    attachment,
    blob,
    envelope,
    finding_summary,
    store_record,
    stored,
)

ALL = Criteria(NOW - timedelta(days=1), NOW + timedelta(days=1), detections_only=False)
RECORDS = 200
SEARCHES = 250
HOSTS = [
    "example.com",
    "mail.example.com",
    "shop.test",
    "news.shop.test",
    "evil.co.uk",
    "a.b.evil.co.uk",
    "xn--bcher-kva.test",
]
NAMES = ["alice", "Bob", "o'brien", "x+y", "info"]
WORDS = [
    "invoice",
    "Payment",
    "URGENT",
    "account",
    "re:",
    "q3-report",
    "50%",
    "price",
    "Überweisung",
    "請求書",
    "a",
    "the",
    "AND",
    "OR",
]


async def page(database, criteria, place=None, limit=100, account=ACCOUNT):
    return await database.read(lambda tx: search(tx, account, criteria, place, limit))


async def total(database, criteria, place=None, account=ACCOUNT):
    return await database.read(lambda tx: count(tx, account, criteria, place))


async def test_newest_first_in_pages(database):
    """Pages follow each other without a gap and without a row twice, while new mail arrives."""
    made = [await stored(database, at=NOW + timedelta(seconds=n)) for n in range(25)]
    first = await page(database, ALL, limit=10)
    await stored(database, at=NOW + timedelta(hours=1))
    second = await page(database, ALL, Place(first.positions[-1]), limit=10)
    third = await page(database, ALL, Place(first.positions[-1], skip=10), limit=10)

    assert [one.number for one in reversed(made)] == [
        r.number for p in (first, second, third) for r in p.records
    ]
    assert [True, True, False] == [p.more for p in (first, second, third)]
    assert (26, 15, 5) == (
        await total(database, ALL),
        await total(database, ALL, Place(first.positions[-1])),
        await total(database, ALL, Place(first.positions[-1], skip=10)),
    )


async def test_positions_never_repeat_and_never_go_back(database):
    """Two scans of one microsecond, and a clock that went back, still get ascending positions."""
    for at in (NOW, NOW, NOW - timedelta(hours=1), NOW + timedelta(seconds=1)):
        await stored(database, at=at)
    found = await page(database, ALL)

    assert sorted(set(found.positions), reverse=True) == list(found.positions)
    assert [r.number for r in found.records] == sorted((r.number for r in found.records), reverse=True)


async def test_a_page_has_a_limit(database):
    """Whoever asks for more gets this much, and is told that there is more."""

    async def fill(tx):
        for _ in range(MAX_PAGE + 1):
            await store_record(tx)

    await database.write(fill)
    found = await page(database, ALL, limit=1_000_000)

    assert (MAX_PAGE, True) == (len(found.records), found.more)


async def test_time_is_a_half_open_range(database):
    """The start is included, the end is not."""
    received = await stored(database, at=NOW)

    async def numbers(start, end):
        found = await page(database, replace(ALL, start=start, end=end))
        return [r.number for r in found.records]

    tick = timedelta(microseconds=1)

    assert [received.number] == await numbers(NOW, NOW + tick)
    assert [] == await numbers(NOW - tick, NOW)
    assert [] == await numbers(NOW + tick, NOW + 2 * tick)


async def test_a_page_leaves_out_what_lists_do_not_show(database):
    """Headers, links and attachments are read one record at a time; the rest of the summary is there."""
    received = await stored(database)
    (listed,) = (await page(database, ALL)).records
    whole = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))

    assert ((), (), ()) == (listed.summary.headers, listed.summary.links, listed.summary.attachments)
    assert replace(whole, summary=replace(whole.summary, headers=(), links=(), attachments=())) == listed
    assert whole.summary.headers


async def test_undecided_and_abandoned_mail(database):
    """What is not decided yet is not listed; what never will be is, as UNKNOWN, and is no detection."""
    open_one = await database.write(lambda tx: add_received(tx, envelope(), blob("1"), at=NOW))
    before = await total(database, ALL)
    await database.write(lambda tx: mark(tx, open_one.number, ACCOUNT, RecordState.ABANDONED, at=NOW))
    (after,) = (await page(database, ALL)).records

    assert 0 == before
    assert (open_one.number, Disposition.UNKNOWN, RecordState.ABANDONED) == (
        after.number,
        after.disposition,
        after.state,
    )
    assert 0 == await total(database, replace(ALL, detections_only=True))
    assert 1 == await total(database, replace(ALL, dispositions=frozenset({Disposition.UNKNOWN})))
    assert 1 == await total(database, replace(ALL, recipient="user@example.com"))


async def test_giving_up_counts_as_deferred(database):
    """A record that ended in a temporary refusal is found by that delivery status, like the record shows it."""
    received = await database.write(lambda tx: add_received(tx, envelope(), blob("1"), at=NOW))
    await database.write(lambda tx: mark(tx, received.number, ACCOUNT, RecordState.DEFERRED))

    assert 1 == await total(database, replace(ALL, delivery_status=DeliveryState.DEFERRED))


async def test_another_account_sees_nothing(database):
    """Neither lists nor words nor tags nor counts reach over the border."""
    await stored(database, disposition=Disposition.SPAM)
    asked = [
        ALL,
        replace(ALL, detections_only=True),
        replace(ALL, words=("numbers",)),
        replace(ALL, sender="sender@remote.test"),
        replace(ALL, message_id="<1@remote.test>"),
    ]

    assert [1] * 5 == [await total(database, one) for one in asked]
    assert [0] * 5 == [await total(database, one, account=OTHER_ACCOUNT) for one in asked]
    assert [()] * 5 == [(await page(database, one, account=OTHER_ACCOUNT)).records for one in asked]


HOSTILE_WORDS = [
    '"', "'", "*", "(", ")", "AND", "a AND (", "tokens:", "^x", "\0", "x\0y", "\ud800", "🎁", "%", "_", "\\", "&|!<->", ":*",
    "'; DROP TABLE record; --", "-numbers", "+", "{", "?", "$1", "x" * 100_000, "a-" * 5_000,
]  # fmt: skip


async def test_a_query_may_hold_anything(database):
    """No text is an error, and none of it is an operator."""
    await stored(database)

    for words in [*((word,) for word in HOSTILE_WORDS), ("NOT", "OR", "NEAR"), tuple("abcdefgh" * 200)]:
        for criteria in (
            replace(ALL, words=words),
            replace(ALL, subject_words=words, exact_subject=words[0]),
        ):
            found = await page(database, criteria)

            assert len(found.records) == await total(database, criteria)


async def test_operators_are_words(database):
    """A query that looks like an expression means its words."""
    await stored(database, subject="this and that")
    await stored(database, subject="this or that")

    assert 1 == await total(database, replace(ALL, words=("this", "AND", "that")))
    assert 1 == await total(database, replace(ALL, words=("this", "OR", "that")))
    assert 0 == await total(database, replace(ALL, words=("this", "NOT", "that")))


SEARCHED = [
    "quarterly", "QUARTERLY", "numbers.pdf", "0cc175b9c0f1b6a831c399e269772661", "192.0.2.1", "192.0.2.7", "sender@remote.test",
    "<1@remote.test>", "user@example.com", "Sender", "NONE", "2026-11-21T08:00:00", "attached", "because", "Harvester",
    "4Njp3P0STMz2c02Q", "4Njp3P0STMz2c02Q-2026-11-21T08:00:00", "mx.remote.test",
    "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
]  # fmt: skip


async def test_words_reach_all_fields(database):
    """Ids, times, addresses, names, hashes, reasons and the body are searched as words."""
    told = {"reasons": ("because of it",), "categories": ("Credential Harvester",)}
    await stored(database, envelope(queue_id="4Njp3P0STMz2c02Q"), **told)

    missed = [word for word in SEARCHED if 1 != await total(database, replace(ALL, words=(word,)))]

    assert [] == missed


async def test_a_phrase_does_not_cross_fields(database):
    """The end of one field and the beginning of the next are not neighbours."""
    await stored(database, subject="alpha beta", from_name="gamma")

    assert 1 == await total(database, replace(ALL, words=("alpha-beta",)))
    assert 0 == await total(database, replace(ALL, words=("beta-gamma",)))
    assert 0 == await total(database, replace(ALL, words=("beta-alpha",)))


async def test_what_is_done_later_is_found(database):
    """An action changes the answer of the search in its own transaction."""
    received = await stored(database)
    moved = replace(ALL, message_action="MOVED")

    before = await total(database, moved)
    await database.write(
        lambda tx: add_action(tx, ACCOUNT, received.number, ActionEntry(Operation.MOVE, NOW, "me", "OK"))
    )

    assert (0, 1) == (before, await total(database, moved))


async def test_every_filter_is_what_a_plain_loop_says(database):
    """Random mail, random questions: the index and a loop over all records agree, in rows, order and count."""
    rnd = Random(20261121)

    async def fill(tx):
        return [await _make(tx, rnd, n) for n in range(RECORDS)]

    numbers = await database.write(fill)
    records = [await database.read(lambda tx, name=name: get_record(tx, ACCOUNT, name)) for name in numbers]
    bodies = {record.number: record.summary.subject for record in records}
    assert RECORDS == len(bodies)

    hits = 0
    for _ in range(SEARCHES):
        criteria = _question(rnd, records)
        expected = [
            r.number for r in sorted(records, key=lambda r: r.scanned_at, reverse=True) if _holds(r, criteria)
        ]
        found = await page(database, criteria, limit=RECORDS)
        hits += bool(expected)

        assert (criteria, expected) == (criteria, [r.number for r in found.records])
        assert len(expected) == await total(database, criteria)
    assert SEARCHES / 5 < hits, "the questions are too hard to prove anything"


async def _make(tx, rnd, n):
    def address():
        return f"{rnd.choice(NAMES)}@{rnd.choice(HOSTS)}"

    recipients = list(dict.fromkeys(address() for _ in range(rnd.randint(1, 3))))
    one = envelope(
        *recipients,
        mode=rnd.choice([Mode.DIRECT] * 6 + [Mode.RETRO_SCAN, Mode.REVIEW_SUBMISSION]),
        mail_from=rnd.choice(["", address(), address()]),
        client_ip=rnd.choice([None, "192.0.2.1", "2001:db8::1"]),
    )
    disposition = rnd.choice(list(Disposition))
    orders = tuple(RecipientOrder(name, rnd.choice(list(Order)), "why") for name in recipients)
    host = rnd.choice(HOSTS)
    received = await store_record(
        tx,
        one,
        disposition=disposition,
        decided=Decision(disposition, orders),
        at=NOW + timedelta(seconds=rnd.randint(0, 40)),
        subject=" ".join(rnd.choices(WORDS, k=rnd.randint(0, 4))),
        body_words="",
        from_address=rnd.choice(["", address()]),
        to=tuple(address() for _ in range(rnd.randint(0, 2))),
        cc=tuple(address() for _ in range(rnd.randint(0, 1))),
        message_id=f"<{n % 50}@{host}>",
        attachments=(attachment(f"{rnd.choice(WORDS)}.pdf"),),
        links=(LinkSummary("", "", host, host),) if rnd.random() < 0.5 else (),
        findings=(finding_summary(),),
    )
    if rnd.random() < 0.3:
        entry = ActionEntry(rnd.choice(list(Operation)), NOW, "me", "OK")
        await add_action(tx, ACCOUNT, received.number, entry)
    return received.id


def _question(rnd, records):
    some = rnd.choice(records)
    parts = {
        "start": some.scanned_at,
        "end": some.scanned_at,
        "words": tuple(rnd.choices([*WORDS, "numbers.pdf", "price.pdf", *some.summary.to, some.id], k=rnd.randint(1, 2))),
        "subject_words": tuple(rnd.choices(WORDS, k=rnd.randint(1, 2))),
        "exact_subject": some.summary.subject,
        "dispositions": frozenset(rnd.sample(list(Disposition), rnd.randint(0, 3))),
        "delivery_status": rnd.choice(list(DeliveryState)),
        "message_action": rnd.choice(["PREVIEW", "QUARANTINE_RELEASED", "MOVED"]),
        "sender": rnd.choice([some.envelope.mail_from, some.summary.from_address.upper(), *HOSTS]) or None,
        "recipient": rnd.choice([*(r.address for r in some.envelope.recipients), *some.summary.to, *HOSTS]),
        "domain": rnd.choice([*HOSTS, "co.uk", "test"]),
        "helo_ip": rnd.choice(["192.0.2.1", "2001:DB8:0::1", "192.0.2.2"]),
        "message_id": some.summary.message_id.strip("<>"),
        "alert_id": some.id.rsplit("-", 1)[0],
    }  # fmt: skip
    chosen = rnd.sample(sorted(parts), rnd.choice([0, 1, 1, 1, 2, 2, 3]))
    flags = {"detections_only": rnd.random() < 0.3, "submissions": rnd.random() < 0.15}
    return replace(ALL, **flags, **{name: parts[name] for name in chosen})


def _holds(record, asked):
    return all(
        (
            asked.start <= record.scanned_at < asked.end,
            asked.submissions == record.is_submission,
            not asked.detections_only or record.disposition in DETECTIONS,
            all(any(_phrase(word, text) for text in _texts(record)) for word in asked.words),
            all(_phrase(word, record.summary.subject) for word in asked.subject_words),
            asked.exact_subject is None or asked.exact_subject == record.summary.subject,
            asked.dispositions is None or record.disposition in asked.dispositions,
            asked.delivery_status is None or asked.delivery_status in {d.state for d in record.deliveries},
            asked.message_action is None or _acted(record, asked.message_action),
            asked.sender is None or _party(asked.sender, _senders(record)),
            asked.recipient is None or _party(asked.recipient, _recipients(record)),
            asked.domain is None or _domain(asked.domain, record),
            asked.helo_ip is None or asked.helo_ip.lower().replace(":0::", "::") == record.envelope.client_ip,
            asked.message_id is None or f"<{asked.message_id}>" == record.summary.message_id,
            asked.alert_id is None or asked.alert_id == record.alert_id,
        )
    )


def _texts(record):
    summary, one = record.summary, record.envelope
    yield from (
        summary.subject,
        summary.from_name,
        summary.from_address,
        summary.message_id,
        one.mail_from,
        one.helo,
    )
    yield from (*summary.to, *summary.to_names, *summary.cc, *(r.address for r in one.recipients))
    yield from (record.id, record.disposition.value, one.client_ip or "", summary.previous_hop_ip)
    for known in summary.attachments:
        yield from (known.filename, known.md5, known.sha1, known.sha256)
    yield from (
        at.strftime("%Y-%m-%dT%H:%M:%S") for at in (record.scanned_at, one.received_at, summary.sent_at)
    )


def _phrase(word, text):
    """The letters of the word occur next to each other as whole words; ideographs stand alone."""
    asked, there = (re.findall(r"[請求書]|[a-z0-9ü]+", value.lower()) for value in (word, text))
    return not asked or any(there[n : n + len(asked)] == asked for n in range(len(there)))


def _acted(record, action):
    wanted = {
        "PREVIEW": {"PREVIEW"},
        "MOVED": {"MOVE"},
        "QUARANTINE_RELEASED": {"QUARANTINE_RELEASE", "RELEASE"},
    }[action]
    return bool(wanted & {entry.operation.value for entry in record.actions})


def _senders(record):
    return [record.envelope.mail_from, record.summary.from_address]


def _recipients(record):
    return [*(r.address for r in record.envelope.recipients), *record.summary.to, *record.summary.cc]


def _party(asked, addresses):
    if "@" in asked:
        return asked.lower() in {address.lower() for address in addresses}
    return any(_within(asked, address.rpartition("@")[2]) for address in addresses)


def _domain(asked, record):
    hosts = [address.rpartition("@")[2] for address in _senders(record) + _recipients(record)]
    return any(_within(asked, host) for host in [*hosts, *(link.host for link in record.summary.links)])


def _within(asked, host):
    """Public suffixes are nobody's domain."""
    return asked not in ("co.uk", "test") and (host == asked or host.endswith("." + asked))
