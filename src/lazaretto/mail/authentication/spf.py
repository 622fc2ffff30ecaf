"""Sender Policy Framework: may this client send for this domain? RFC 7208.

The check asks its DNS questions through the generator and never looks anything up itself.
Domains with non-ASCII bytes never match; the old SPF record type is not asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

from lazaretto.mail.authentication.spf_macro import (
    MacroValues,
    asks_for_validated_name,
    expand,
    expand_domain,
    is_macro_string,
)
from lazaretto.mail.authentication.spf_record import (
    MAX_RECORD,
    Mechanism,
    Qualified,
    SpfRecord,
    SpfSyntaxError,
    is_spf,
    parse_record,
)
from lazaretto.mail.domains import domain_of, to_alabel
from lazaretto.mail.questions import Check, ask
from lazaretto.model.facts import Answer, RecordType, SpfResult, Status

MAX_LOOKUPS = 10
"""Terms that ask the DNS, over all included records. RFC 7208 4.6.4."""

MAX_VOID = 2
"""Lookups that find nothing, against records that use us to flood others. RFC 7208 4.6.4."""

MAX_MX = 10
"""Mail exchangers of one mx term; more is an error. RFC 7208 4.6.4."""

MAX_PTR = 10
"""Reverse names that are looked at; further ones are ignored. RFC 7208 4.6.4."""

MAX_LABEL = 63
MAX_NAME = 253

Identity = Literal["mailfrom", "helo"]
Ip = IPv4Address | IPv6Address
Problem = Literal["none", "temperror", "permerror"]


class _EndedError(Exception):
    """The check cannot give a policy result."""

    def __init__(self, result: Problem, reason: str) -> None:
        super().__init__(reason)
        self.result = result
        self.reason = reason


@dataclass(slots=True)
class _Session:
    """What one check has used up. The only thing in this module that changes."""

    values: MacroValues
    lookups: int = 0
    voids: int = 0

    def count_lookup(self) -> None:
        self.lookups += 1
        if self.lookups > MAX_LOOKUPS:
            raise _EndedError("permerror", f"more than {MAX_LOOKUPS} DNS lookups")

    def count_void(self, answer: Answer) -> None:
        if answer.status in (Status.NXDOMAIN, Status.NODATA):
            self.voids += 1
            if self.voids > MAX_VOID:
                raise _EndedError("permerror", f"more than {MAX_VOID} DNS lookups found nothing")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a record says about the client."""

    result: Qualified
    reason: str
    exp: str  # domain-spec of the explanation
    domain: str  # the domain whose record decided


def check_sender(
    client_ip: str | None, mail_from: str, helo: str | None, *, at: datetime, receiver: str = "unknown"
) -> Check[SpfResult]:
    """The MAIL FROM identity; for a null return path postmaster at the HELO name. RFC 7208 2.4."""
    if mail_from:
        return check_host(
            client_ip,
            domain_of(mail_from),
            mail_from,
            helo=helo or "",
            identity="mailfrom",
            at=at,
            receiver=receiver,
        )
    return check_helo(client_ip, helo, at=at, receiver=receiver)


def check_helo(
    client_ip: str | None, helo: str | None, *, at: datetime, receiver: str = "unknown"
) -> Check[SpfResult]:
    """The HELO identity. RFC 7208 2.3."""
    domain = to_alabel(helo or "")
    sender = f"postmaster@{domain}"
    return check_host(client_ip, domain, sender, helo=helo or "", identity="helo", at=at, receiver=receiver)


def check_host(
    client_ip: str | None,
    domain: str,
    sender: str,
    *,
    helo: str,
    identity: Identity,
    at: datetime,
    receiver: str = "unknown",
) -> Check[SpfResult]:
    """The function of RFC 7208 4."""
    ip = _client(client_ip)
    if ip is None:
        return SpfResult("none", domain, identity, reason="no client address")
    if not is_domain(domain):  # RFC 7208 4.3
        return SpfResult("none", domain, identity, reason="no domain to ask about")
    local, _, sender_domain = sender.rpartition("@")
    session = _Session(
        MacroValues(
            ip=ip,
            local=local or "postmaster",
            sender_domain=sender_domain,
            domain=domain,
            helo=helo,
            receiver=receiver,
            at=at,
        )
    )
    try:
        outcome = yield from _evaluate(session, domain)
    except _EndedError as end:
        return SpfResult(end.result, domain, identity, reason=end.reason)
    explanation = (yield from _explain(session, outcome)) if outcome.result == "fail" else ""
    return SpfResult(outcome.result, domain, identity, explanation=explanation, reason=outcome.reason)


def is_domain(name: str) -> bool:
    """The name has at least two labels and the DNS can hold it."""
    if len(name) > MAX_NAME or "." not in name or not name.isascii() or "[" in name or " " in name:
        return False
    return all(0 < len(label) <= MAX_LABEL for label in name.removesuffix(".").split("."))


def _client(text: str | None) -> Ip | None:
    try:
        ip = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return mapped or ip  # RFC 7208 5


def _evaluate(session: _Session, domain: str) -> Check[_Outcome]:
    record = yield from _fetch(domain)
    session.values = replace(session.values, domain=domain, validated="unknown")
    for mechanism in record.mechanisms:
        matched = yield from _matches(session, mechanism, domain)
        if matched:
            return _Outcome(mechanism.result, mechanism.text, record.exp, domain)
    if not record.redirect:
        return _Outcome("neutral", "no mechanism matched", "", domain)  # RFC 7208 4.7
    session.count_lookup()
    target = yield from _target(session, record.redirect, domain)
    try:
        return (yield from _evaluate(session, target))
    except _EndedError as end:
        raise _no_record_is_an_error(end, target) from None  # RFC 7208 6.1


def _fetch(domain: str) -> Check[SpfRecord]:
    if not is_domain(domain):
        raise _EndedError("none", "no domain to ask about")
    answer = yield from ask(domain, "TXT")
    if answer.status == Status.TEMPERROR:
        raise _EndedError("temperror", f"no answer for {domain}")  # RFC 7208 4.4
    found = [text for text in answer.records if is_spf(text)]
    if not found:
        raise _EndedError("none", "no SPF record")  # RFC 7208 4.5
    if len(found) > 1:
        raise _EndedError("permerror", "more than one SPF record")
    try:
        return parse_record(found[0])
    except SpfSyntaxError as problem:
        raise _EndedError("permerror", str(problem)) from None


def _no_record_is_an_error(end: _EndedError, target: str) -> _EndedError:
    return (
        _EndedError("permerror", f"no SPF record at {ascii(target)[1:-1]}") if end.result == "none" else end
    )


def _target(session: _Session, spec: str, domain: str) -> Check[str]:
    """The domain that a term names, macros expanded."""
    if not spec:
        return domain
    if "%" not in spec:
        return spec.removesuffix(".")
    if asks_for_validated_name(spec):
        yield from _find_validated_name(session, domain)
    return expand_domain(spec, session.values)


def _matches(session: _Session, mechanism: Mechanism, domain: str) -> Check[bool]:
    if mechanism.name == "all":
        return True
    if mechanism.network is not None:
        return session.values.ip in mechanism.network
    session.count_lookup()
    target = yield from _target(session, mechanism.domain, domain)
    return (yield from _LOOKUPS[mechanism.name](session, target, mechanism))


def _include(session: _Session, target: str, _mechanism: Mechanism) -> Check[bool]:
    outer = session.values
    try:
        outcome = yield from _evaluate(session, target)
    except _EndedError as end:
        raise _no_record_is_an_error(end, target) from None  # RFC 7208 5.2
    finally:
        session.values = outer
    return outcome.result == "pass"


def _lookup(session: _Session, name: str, kind: RecordType) -> Check[Answer]:
    answer = yield from ask(name, kind)
    if answer.status == Status.TEMPERROR:
        raise _EndedError("temperror", f"no answer for {ascii(name)[1:-1]}")  # RFC 7208 5
    session.count_void(answer)
    return answer


def _a(session: _Session, name: str, mechanism: Mechanism) -> Check[bool]:
    ip = session.values.ip
    answer = yield from _lookup(session, name, "A" if ip.version == 4 else "AAAA")
    prefix = mechanism.prefix4 if ip.version == 4 else mechanism.prefix6
    return any(_within_prefix(ip, text, prefix) for text in answer.records)


def _within_prefix(ip: Ip, text: str, prefix: int) -> bool:
    try:
        other = ip_address(text)
    except ValueError:
        return False
    shift = ip.max_prefixlen - prefix
    return other.version == ip.version and int(other) >> shift == int(ip) >> shift


def _mx(session: _Session, target: str, mechanism: Mechanism) -> Check[bool]:
    answer = yield from _lookup(session, target, "MX")
    if len(answer.records) > MAX_MX:
        raise _EndedError("permerror", f"more than {MAX_MX} mail exchangers")
    for record in answer.records:
        host = record.partition(" ")[2].removesuffix(".")
        if host and (yield from _a(session, host, mechanism)):
            return True
    return False


def _exists(session: _Session, target: str, _mechanism: Mechanism) -> Check[bool]:
    answer = yield from _lookup(session, target, "A")  # RFC 7208 5.7: an A question for IPv6 clients too
    return bool(answer.records)


def _ptr(session: _Session, target: str, _mechanism: Mechanism) -> Check[bool]:
    names = yield from _validated_names(session)
    return any(_is_within(name, target) for name in names)


_LOOKUPS: dict[str, Callable[[_Session, str, Mechanism], Check[bool]]] = {
    "include": _include,
    "a": _a,
    "mx": _mx,
    "exists": _exists,
    "ptr": _ptr,
}


def _validated_names(session: _Session) -> Check[list[str]]:
    """Reverse names of the client that lead back to it. RFC 7208 5.5."""
    ip = session.values.ip
    answer = yield from ask(ip.reverse_pointer, "PTR")
    session.count_void(answer)
    validated: list[str] = []
    for name in answer.records[:MAX_PTR]:
        forward = yield from ask(name, "A" if ip.version == 4 else "AAAA")
        if any(_within_prefix(ip, text, ip.max_prefixlen) for text in forward.records):
            validated.append(name.lower().removesuffix("."))
    return validated


def _find_validated_name(session: _Session, domain: str) -> Check[None]:
    """Fill "%{p}": the domain itself, else a name below it, else any. RFC 7208 7.3."""
    names = yield from _validated_names(session)
    wanted = domain.lower().removesuffix(".")
    within = [n for n in names if _is_within(n, wanted)]
    chosen = wanted if wanted in names else next(iter(within or names), "unknown")
    session.values = replace(session.values, validated=chosen)


def _is_within(name: str, domain: str) -> bool:
    lower = domain.lower().removesuffix(".")
    return name == lower or name.endswith("." + lower)


def _explain(session: _Session, outcome: _Outcome) -> Check[str]:
    """The text that exp= names; any problem means no text. RFC 7208 6.2."""
    if not outcome.exp:
        return ""
    session.values = replace(session.values, domain=outcome.domain)
    try:
        target = yield from _target(session, outcome.exp, outcome.domain)
        answer = yield from ask(target, "TXT")
        if len(answer.records) != 1:
            return ""
        text = answer.records[0]
        if len(text) > MAX_RECORD or not is_macro_string(text, explanation=True):
            return ""
        if asks_for_validated_name(text):
            yield from _find_validated_name(session, outcome.domain)
    except _EndedError:
        return ""
    return expand(text, session.values)
