"""What expressions see of one message: a plain value for every field, within bounds.

Rules: the same message, envelope and facts give the same values. Nothing is fetched, no clock is read.
Limits: lists and texts are cut to the constants below; a list that was cut sets `msg.cut`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Literal

import re2

from lazaretto.mail.domains import domain_of, registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.message import Address, Attachment, Link, Message
from lazaretto.scan.brands import owner_of
from lazaretto.scan.confusables import ACCENTS
from lazaretto.scan.expressions.fields import FIELDS
from lazaretto.scan.expressions.gates import FLAGS
from lazaretto.scan.hosts import MAX_HOST, host_lists, is_freemail, listed
from lazaretto.scan.reading import home_of, own_domains, read
from lazaretto.scan.thread import is_list, is_reply
from lazaretto.scan.unwrap import unwrapped, urlsplit_path

MAX_LIST = 64
"""Items of a list: two nested loops over it stay below the 10,000 steps that the evaluation allows."""

MAX_TEXT = 12_000
"""Characters of `msg.text`: three texts of the length in which the lexicon searches too."""

MAX_STRING = 500
"""Characters of every other text, as of a value in a finding."""

MAX_LINKS_READ = 2_000
"""Links that are gone through to find different ones."""

Item = Mapping[str, object]
Value = str | int | bool | list[str] | dict[str, str] | Sequence[Item]

_FOLD = str.maketrans("\t\r\n_*-", "      ")
_PLACES = frozenset({"text", "a", "area", "form", "meta", "iframe", "svg", "attachment", "qr"})
_FIRST = frozenset({"qr", "attachment", "form"})  # a hundred plain links must not push these out
_PHONE = re2.compile(
    r"(?:\+?1[ .]{0,2})?\(?\b[2-9]\d{2}\)?[ .]{1,3}\d{3}[ .]{1,3}\d{4}\b|\+\d{1,3}(?:[ .()/]{0,3}\d){8,12}\b"
)


class View:
    """A message for expressions; each value is made when an expression asks for it."""

    def __init__(self, message: Message, envelope: Envelope, facts: Facts) -> None:
        self.message, self.envelope, self.facts = message, envelope, facts
        self.own = own_domains(envelope, facts)
        self.reading = read(message)
        self.sender = message.header_from or Address("", "", "", "")
        self.home = home_of(self.sender)
        self.links = _different(message)

    @property
    def cut(self) -> bool:
        """A list is longer than it is handed in."""
        message = self.message
        lists = (message.reply_to, message.to, message.cc, message.attachments, self.links)
        return max(map(len, lists)) > MAX_LIST

    @property
    def held(self) -> frozenset[str]:
        """The names of flags that are true, and of lists of items that are not empty."""
        return frozenset(name for name, given in _HELD if given(self))

    def values(self, wanted: Iterable[str]) -> dict[str, Value]:
        """The values of some fields."""
        return {name: _GIVEN[name](self) for name in wanted}

    @property
    def text(self) -> str:
        """The beginnings of the first texts."""
        heads = (p.head.decode("utf-8", "ignore") for p in self.reading.passages[1:4])
        return "\n".join(heads)[:MAX_TEXT]


def view(message: Message, envelope: Envelope, facts: Facts) -> dict[str, Value]:
    """A value for every field."""
    return View(message, envelope, facts).values(field.name for field in FIELDS)


def clean(text: str, most: int = MAX_STRING) -> str:
    """A text that the evaluation takes: no lone surrogates, at most so long."""
    text = text[:most]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def folded(text: str, most: int = MAX_STRING) -> str:
    """A text for comparisons: lower case, no accents, one kind of separator."""
    text = clean(text, most).lower().translate(_FOLD)
    return text if text.isascii() else text.translate(ACCENTS)


def _address(address: Address, own: tuple[str, ...]) -> dict[str, str | bool]:
    domain = home_of(address)
    return {
        "name": folded(address.name),
        "address": clean(address.address.lower()),
        "local": clean(address.local),
        "host": clean(address.domain, MAX_HOST),
        "domain": clean(domain, MAX_HOST),
        "freemail": is_freemail(domain),
        "own": domain != "" and domain in own,
    }


def _brand(domain: str) -> str:
    brand = owner_of(domain) if domain else None
    return brand.name if brand is not None else ""


def _different(message: Message) -> tuple[Link, ...]:
    """Different links, those in pictures and files first; one more than are handed in, if there is."""
    kept: dict[tuple[str, str], Link] = {}
    for link in islice(message.links, MAX_LINKS_READ):
        if link.place in _PLACES:
            kept.setdefault((link.href, "qr" if link.place == "qr" else ""), link)
    ordered = sorted(kept.values(), key=lambda link: link.place not in _FIRST)
    return tuple(ordered[: MAX_LIST + 1])


def _link(link: Link, message: Message, own: tuple[str, ...]) -> dict[str, object]:
    target = unwrapped(link)
    host = target.host[:MAX_HOST]
    domain, lists, path = registered_domain(host), host_lists(), urlsplit_path(target.href)
    address = f"{host}{path}"
    form = any(address == f or address.startswith((f + "/", f + "?")) for f in lists.form_services)
    return {
        "href": clean(link.href),
        "scheme": clean(link.scheme),
        "host": clean(host),
        "domain": clean(domain),
        "path": clean(path),
        "shown": folded(link.shown),
        "shown_domain": clean(link.shown_domain),
        "place": link.place,
        "type": message.parts[link.part].content_type if 0 <= link.part < len(message.parts) else "",
        "hidden": link.hidden,
        "own": domain != "" and domain in own,
        "brand": _brand(domain),
        "hosting": bool(listed(host, lists.free_hosting)),
        "form": form,
        "shortener": bool(listed(host, lists.shorteners)),
    }


def _file(file: Attachment) -> dict[str, object]:
    name = clean((file.filename or "").lower())
    return {
        "name": folded(name),
        "extension": name.rpartition(".")[2] if "." in name else "",
        "type": clean(file.detected_type),
        "declared": clean(file.declared_type),
        "size": file.size,
        "encrypted": file.encrypted,
        "inline": file.inline,
        "traits": list(file.traits),
        "members": [clean(m.name.lower()) for m in file.members[:MAX_LIST]],
    }


def _some(texts: Iterable[str]) -> list[str]:
    return [clean(text) for text in islice(dict.fromkeys(texts), MAX_LIST)]


def _headers(message: Message) -> dict[str, str]:
    headers: dict[str, str] = {}
    for header in message.headers[: 4 * MAX_LIST]:
        headers.setdefault(clean(header.key), clean(header.value))
    return headers


def _proven(facts: Facts) -> bool:
    dmarc = facts.authentication.dmarc
    return dmarc.result == "pass" or dmarc.spf_aligned or dmarc.dkim_aligned


def _network(facts: Facts, name: Literal["country", "as_name"]) -> str:
    return (getattr(facts.network, name) or "") if facts.network is not None else ""


def _people(people: tuple[Address, ...], own: tuple[str, ...]) -> list[Item]:
    return [_address(address, own) for address in people[:MAX_LIST]]


_GIVEN: dict[str, Callable[[View], Value]] = {
    "msg.subject": lambda v: folded(v.message.subject),
    "msg.subject_written": lambda v: clean(v.message.subject),
    "msg.text": lambda v: v.text,
    "msg.words": lambda v: v.reading.words,
    "msg.quoted": lambda v: max((p.quoted for p in v.reading.passages), default=0),
    "msg.phone": lambda v: _PHONE.search(v.text) is not None,
    "msg.from.name": lambda v: folded(v.sender.name),
    "msg.from.phone": lambda v: _PHONE.search(folded(v.sender.name)) is not None if v.sender.name else False,
    "msg.from.address": lambda v: clean(v.sender.address.lower()),
    "msg.from.local": lambda v: clean(v.sender.local),
    "msg.from.host": lambda v: clean(v.sender.domain, MAX_HOST),
    "msg.from.domain": lambda v: clean(v.home, MAX_HOST),
    "msg.from.freemail": lambda v: is_freemail(v.home),
    "msg.from.own": lambda v: v.home != "" and v.home in v.own,
    "msg.from.brand": lambda v: _brand(v.home),
    "msg.reply_to": lambda v: _people(v.message.reply_to, v.own),
    "msg.to": lambda v: _people(v.message.to, v.own),
    "msg.cc": lambda v: _people(v.message.cc, v.own),
    "msg.links": lambda v: [_link(link, v.message, v.own) for link in v.links[:MAX_LIST]],
    "msg.qr": lambda v: any(link.place == "qr" for link in v.links),
    "msg.attachments": lambda v: [_file(file) for file in v.message.attachments[:MAX_LIST]],
    "msg.headers": lambda v: _headers(v.message),
    "msg.types": lambda v: _some(part.content_type for part in v.message.parts[: 4 * MAX_LIST]),
    "msg.reply": lambda v: is_reply(v.message.subject),
    "msg.thread": lambda v: bool(v.message.in_reply_to or v.message.references),
    "msg.list": lambda v: is_list(v.message),
    "msg.unsubscribe": lambda v: v.message.header("list-unsubscribe") is not None,
    "msg.images": lambda v: sum(h.images for h in v.message.html),
    "msg.forms": lambda v: sum(h.forms for h in v.message.html),
    "msg.hidden": lambda v: sum(h.hidden_characters for h in v.message.html),
    "msg.size": lambda v: v.message.size,
    "msg.hops": lambda v: len(v.message.hops),
    "msg.defects": lambda v: _some(d.code for d in v.message.defects[: 4 * MAX_LIST]),
    "msg.cut": lambda v: v.cut,
    "env.mail_from": lambda v: clean(v.envelope.mail_from.lower()),
    "env.domain": lambda v: clean(registered_domain(domain_of(v.envelope.mail_from)[:MAX_HOST])),
    "env.recipients": lambda v: _some(r.address.lower() for r in v.envelope.recipients[:MAX_LIST]),
    "env.client_ip": lambda v: clean(v.envelope.client_ip or ""),
    "env.client_name": lambda v: clean((v.envelope.client_name or "").lower()),
    "env.helo": lambda v: clean((v.envelope.helo or "").lower()),
    "env.tls": lambda v: v.envelope.tls is not None,
    "facts.spf": lambda v: v.facts.authentication.folded_spf.value,
    "facts.dkim": lambda v: v.facts.authentication.folded_dkim.value,
    "facts.dmarc": lambda v: v.facts.authentication.folded_dmarc.value,
    "facts.dmarc_policy": lambda v: v.facts.authentication.dmarc.policy,
    "facts.proven": lambda v: _proven(v.facts),
    "facts.offline": lambda v: v.facts.offline,
    "facts.country": lambda v: clean(_network(v.facts, "country")),
    "facts.network": lambda v: folded(_network(v.facts, "as_name")),
    "facts.own_domains": lambda v: list(v.own[:MAX_LIST]),
}
_HELD: tuple[tuple[str, Callable[[View], object]], ...] = (
    *((name, given) for name, given in _GIVEN.items() if name in FLAGS),
    ("msg.links", lambda v: v.links),
    ("msg.attachments", lambda v: v.message.attachments),
    ("msg.reply_to", lambda v: v.message.reply_to),
    ("msg.to", lambda v: v.message.to),
    ("msg.cc", lambda v: v.message.cc),
)
