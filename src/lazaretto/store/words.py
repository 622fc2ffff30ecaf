"""What the search index holds of a record, as tokens: the same for both databases, made here and not by them.

Rules. Text is brought to one form (compatibility characters, case), then cut into words. Scripts that are
written without spaces, and symbols, count every character as a word. A query word that falls into several
words, such as an address, is a phrase: these words next to each other. Exact filters (addresses, domains,
ids) are tags: a hash of the value in its normal form. Tokens are letters and digits, so nothing in them can
be query syntax.

Limits: the constants below; what lies beyond is not found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from lazaretto.mail.domains import bare_ip, domain_of, registered_domain, to_alabel
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.likeness import Alike, Trait
from lazaretto.model.record import Summary
from lazaretto.query.criteria import Criteria
from lazaretto.store.ids import alert_second
from lazaretto.store.likeness import trait_tag, traits
from lazaretto.store.tags import tag

MAX_TOKEN = 64
"""Characters of one token; longer words are cut into pieces. A SHA-256 in hex is one token."""

MAX_FIELD = 2_000
"""Characters of one field besides the body: nobody searches for the end of a subject of 1 MiB."""

MAX_METADATA_WORDS = 5_000
"""Words of all fields besides the body: a message may have 1,000 attachments and recipients."""

MAX_BODY_WORDS = 10_000
"""Words of the body. With the above below the 16,383 places that PostgreSQL counts within a document."""

MAX_ADDRESSES = 2_000
"""Addresses and domains that get tags, of each kind."""

MAX_LEVELS = 10
"""Parent domains of a host that get tags: stops names of 127 labels."""

MAX_QUERY_WORDS = 32
"""Words of a query that are looked at: each is a lookup in the index."""

MAX_PHRASE = 64
"""Words into which one query word may fall."""

STRETCH = 400
"""Characters that are normalised at once: the time grows with the square of a run of combining marks."""

MAX_MARKS = 40
"""Combining marks on one character that are kept together: no language has more than a few."""

GAP = "g"
"""Stands between two fields, so that no phrase reaches over the border."""

_ALONE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana, ideographs
    "\u2190-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\u20a0-\u20cf"  # symbols, emoji, currencies
)
_WORD = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The tokens of one record."""

    words: tuple[str, ...]  # in order, with gaps
    tags: frozenset[str]


def document(
    envelope: Envelope,
    summary: Summary | None,
    *,
    disposition: Disposition,
    name: str,
    at: datetime,
) -> Document:
    """What a record is found by. `name` is the investigate id, `at` the time of the scan."""
    subject = summary.subject if summary else ""
    fields = chain(
        _envelope_texts(envelope, disposition, name, at), _summary_texts(summary) if summary else ()
    )
    body = words(summary.body_words, MAX_BODY_WORDS) if summary else []
    tokens = [
        *_marked("s", words(subject[:MAX_FIELD], MAX_FIELD)),
        GAP,
        *islice(_fields((subject, *fields)), MAX_METADATA_WORDS),
        GAP,
        *_marked("w", body),
    ]
    return Document(tuple(tokens), frozenset(_tags(envelope, summary, name)))


def phrases(criteria: Criteria) -> tuple[Phrase, ...]:
    """What must occur: phrases of words, and tags as phrases of one token. Empty if only flags are asked."""
    asked = [("w", word) for word in criteria.words] + [("s", word) for word in criteria.subject_words]
    found = [tuple(_marked(mark, words(text, MAX_PHRASE))) for mark, text in asked[:MAX_QUERY_WORDS]]
    tags = [
        _party("s", criteria.sender),
        _party("r", criteria.recipient),
        tag("dd", _host(criteria.domain)) if criteria.domain else "",
        tag("ip", _ip(criteria.helo_ip)) if criteria.helo_ip else "",
        tag("mi", _message_id(criteria.message_id)) if criteria.message_id else "",
        tag("es", _subject(criteria.exact_subject)) if criteria.exact_subject is not None else "",
        tag("al", criteria.alert_id) if criteria.alert_id else "",
        *(trait_tag(Trait(kind, value, "")) for kind, value in _traits_asked(criteria) if value),
    ]
    return tuple(phrase for phrase in dict.fromkeys(found) if phrase) + tuple((one,) for one in tags if one)


def _traits_asked(criteria: Criteria) -> Iterator[tuple[Alike, str]]:
    yield Alike.LINK, to_alabel(criteria.link_host.strip()) if criteria.link_host else ""
    yield Alike.ATTACHMENT, (criteria.attachment or "").strip().lower()
    yield Alike.FINGERPRINT, (criteria.fingerprint or "").strip()


def words(text: str, limit: int) -> list[str]:
    """The words of a text in their one form, at most `limit`."""
    found = _WORD.findall(_one_form(text))[:limit]
    if not found or len(max(found, key=len)) <= MAX_TOKEN:
        return found
    return [piece for word in found for piece in _pieces(word)][:limit]


def _pieces(word: str) -> list[str]:
    return [word[start : start + MAX_TOKEN] for start in range(0, len(word), MAX_TOKEN)]


def _one_form(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(map(_normal, _stretches(text)))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _stretches(text: str) -> Iterator[str]:
    """The text in pieces that end before a base character, unless there is none for long."""
    start = 0
    while start < len(text):
        end = start + STRETCH
        limit = min(end + MAX_MARKS, len(text))
        while end < limit and unicodedata.combining(text[end]):
            end += 1
        yield text[start:end]
        start = end


def _marked(mark: str, found: list[str]) -> list[str]:
    return [mark + word for word in found]


def _fields(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if text:
            yield from _marked("w", words(text[:MAX_FIELD], MAX_FIELD))
            yield GAP


def _envelope_texts(envelope: Envelope, disposition: Disposition, name: str, at: datetime) -> Iterator[str]:
    yield from (name, disposition.value, alert_second(at), alert_second(envelope.received_at))
    yield from (envelope.mail_from, envelope.client_ip or "", envelope.helo or "")
    yield from (recipient.address for recipient in envelope.recipients)


def _summary_texts(summary: Summary) -> Iterator[str]:
    yield from (summary.from_name, summary.from_address, summary.reply_to, summary.message_id)
    yield alert_second(summary.sent_at) if summary.sent_at else ""
    yield from (summary.previous_hop_ip or "", summary.originating_ip or "")
    yield from chain(summary.reasons, summary.categories, summary.to, summary.to_names, summary.cc)
    for attachment in summary.attachments:
        yield from (attachment.filename or "", attachment.md5, attachment.sha1, attachment.sha256)


def _tags(envelope: Envelope, summary: Summary | None, name: str) -> Iterator[str]:
    senders = [envelope.mail_from, summary.from_address if summary else ""]
    recipients = [recipient.address for recipient in envelope.recipients]
    recipients += [*summary.to, *summary.cc] if summary else []
    links = [link.host or link.domain for link in summary.links] if summary else []
    yield from _party_tags("s", senders)
    yield from _party_tags("r", recipients)
    hosts = chain(map(domain_of, senders), map(domain_of, recipients[:MAX_ADDRESSES]), links[:MAX_ADDRESSES])
    yield from (tag("dd", level) for host in dict.fromkeys(hosts) for level in _levels(host))
    if envelope.client_ip:
        yield tag("ip", _ip(envelope.client_ip))
    if summary:
        yield tag("mi", _message_id(summary.message_id))
        yield tag("es", _subject(summary.subject))
        yield from map(trait_tag, traits(summary))
    yield tag("al", name.rsplit("-", 1)[0])


def _party_tags(mark: str, addresses: list[str]) -> Iterator[str]:
    known = [address for address in dict.fromkeys(addresses[:MAX_ADDRESSES]) if address]
    yield from (tag(mark + "a", _address(address)) for address in known)
    hosts = dict.fromkeys(domain_of(address) for address in known)
    yield from (tag(mark + "d", level) for host in hosts for level in _levels(host))


def _party(mark: str, value: str | None) -> str:
    """The tag of an address or a domain that was asked for."""
    if not value:
        return ""
    local, at, domain = value.strip().strip("<>").rpartition("@")
    return tag(mark + "a", _address(f"{local}@{domain}")) if at and local else tag(mark + "d", _host(domain))


def _levels(host: str) -> Iterator[str]:
    """The host and its parents down to the registered domain."""
    host = _host(host)
    if not host:
        return
    yield host
    registered = registered_domain(host)
    if not registered or not host.endswith("." + registered):
        return
    labels = host.removesuffix("." + registered).split(".")
    for start in range(max(1, len(labels) - MAX_LEVELS), len(labels) + 1):
        yield ".".join([*labels[start:], registered])


def _host(text: str) -> str:
    return bare_ip(text.strip()) or to_alabel(text.strip().strip("@<>"))


def _address(text: str) -> str:
    local = text.strip().strip("<>").rpartition("@")[0]
    return f"{_one_form(local)}@{domain_of(text)}"


def _ip(text: str) -> str:
    return bare_ip(text.strip()) or text.strip().lower()


def _message_id(text: str) -> str:
    return text.strip().strip("<>").lower()


def _subject(text: str) -> str:
    return " ".join(text.split())
