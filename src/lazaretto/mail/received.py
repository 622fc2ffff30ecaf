"""The hops of a message out of its Received fields. RFC 5321 4.4.

Every mail system writes its own dialect; what a clause does not say stays None, nothing is guessed.
Limits: MAX_HOPS fields, and MAX_LENGTH characters of each, so that no pattern can take long.
"""

import re

from lazaretto.mail.dates import parse_date
from lazaretto.mail.domains import bare_ip
from lazaretto.model.message import Hop

MAX_HOPS = 200
"""Received fields that are read; RFC 5321 6.3 sees a loop at a hundred."""

MAX_LENGTH = 2_000
"""Characters of one field; real ones have three hundred."""

_CLAUSE = re.compile(r"\b(from|by|via|with|id|for)\s+", re.IGNORECASE)
_PAREN = re.compile(r"\(([^()]{0,1000})\)?")
_WORD = re.compile(r"[^\s()\[\];<>,]{1,300}|\[[^\[\]\s]{1,100}\]")
_LITERAL = re.compile(r"\[([^\[\]\s]{2,60})\]")
_HELO = re.compile(r"\b(?:helo|ehlo)[\s=]+([^\s()=,]{1,255})", re.IGNORECASE)
_FOR = re.compile(r"<?([^\s<>;()]{1,320}@[^\s<>;()]{1,255})>?")


def parse_received(value: str, index: int) -> Hop:
    """One Received field; index is its place, 0 for the newest."""
    text = value[:MAX_LENGTH]
    clauses_text, semicolon, date = text.rpartition(";")
    if not semicolon:
        clauses_text, date = text, text[-60:]
    clauses = _clauses(clauses_text)
    came_from = clauses.get("from", "")
    helo, client_name, client_ip = _client(came_from)
    found = _FOR.search(clauses.get("for", ""))
    return Hop(
        index=index,
        helo=helo,
        client_name=client_name,
        client_ip=client_ip,
        by=_first_word(clauses.get("by", "")),
        protocol=_first_word(clauses.get("with", "")),
        queue_id=_first_word(clauses.get("id", "")),
        envelope_to=found.group(1) if found else None,
        at=parse_date(date),
    )


def _clauses(text: str) -> dict[str, str]:
    """Each keyword outside parentheses with the text up to the next one; the first of a kind counts."""
    blanked = _PAREN.sub(lambda m: "(" + "." * (len(m.group()) - 1), text)
    marks = [(m.group(1).lower(), m.start(), m.end()) for m in _CLAUSE.finditer(blanked)]
    clauses: dict[str, str] = {}
    for position, (name, _, end) in enumerate(marks):
        stop = marks[position + 1][1] if position + 1 < len(marks) else len(text)
        clauses.setdefault(name, text[end:stop].strip())
    return clauses


def _client(text: str) -> tuple[str | None, str | None, str | None]:
    """HELO name, reverse name and address of the client, over the dialects.

    Postfix and Sendmail: helo (name [ip]). Exim: name ([ip] helo=helo). qmail: name (HELO helo) (ip).
    """
    if not text:
        return None, None, None
    first = _first_word(text)
    parens = _PAREN.findall(text)
    inside = " ".join(parens)
    ip = _address(inside, first)
    greeting = _HELO.search(inside)
    if greeting:
        return greeting.group(1).strip("[]"), _host_name(first), ip
    return first, next((n for p in parens if (n := _host_name(_first_word(p)))), None), ip


def _address(inside: str, first: str | None) -> str | None:
    literals = [m.group(1) for m in _LITERAL.finditer(inside)]
    words = [w.strip("[],;").partition("%")[0] for w in inside.split()[:20]]
    for candidate in (*literals, *words, first or ""):
        ip = bare_ip(
            candidate
            if ":" not in candidate or "::" in candidate or candidate.count(":") > 1
            else candidate.rpartition(":")[0]
        ) or bare_ip(f"[{candidate}]")
        if ip:
            return ip
    return None


def _first_word(text: str) -> str | None:
    found = _WORD.search(text)
    return found.group().rstrip(".,") or None if found else None


def _host_name(word: str | None) -> str | None:
    """A word that can be the reverse name of a client."""
    if not word or word.lower() == "unknown" or "." not in word or "=" in word or "@" in word:
        return None
    return None if bare_ip(word) or word.startswith("[") else word
