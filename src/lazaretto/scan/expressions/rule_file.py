"""The shape of a rule file, and where in it something stands.

A file holds `[[rule]]` tables, groups of names for combinations, and phrases for expressions. What is wrong
is told with file, line and column, and with the known name that was probably meant.
"""

import re
import tomllib
from typing import Literal

import msgspec

from lazaretto.model.disposition import Disposition
from lazaretto.model.verdict import Kind
from lazaretto.scan.expressions.places import place_of, places_in
from lazaretto.scan.expressions.suggest import did_you_mean
from lazaretto.scan.rulefiles import RuleFileError

MAX_FILE = 2_000_000
"""Bytes of one rule file."""

MAX_CASES = 50
"""Test messages of one rule, of each sort."""

MAX_CASE = 100_000
"""Characters of one test message."""

Severity = Literal["info", "low", "medium", "high", "critical"]
AttackType = Literal[
    "bec",
    "callback_phishing",
    "credential_phishing",
    "extortion",
    "malware",
    "reconnaissance",
    "scam",
    "spam",
]
Tactic = Literal[
    "brand_impersonation",
    "calendar_invite",
    "crypto_payment",
    "employee_impersonation",
    "evasion",
    "free_hosting",
    "free_mail",
    "html_attachment",
    "image_as_content",
    "lookalike_domain",
    "open_redirect",
    "qr_code",
    "reply_to_change",
    "scripting",
    "social_engineering",
    "spoofing",
    "svg_attachment",
    "thread_hijacking",
    "urgency",
    "vendor_impersonation",
]


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other rules that must have spoken."""

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    least: int = 1
    none: tuple[str, ...] = ()


class CaseEnvelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a test message came."""

    mail_from: str = "sender@sender.example"
    recipients: tuple[str, ...] = ("mary.miller@example.net",)
    client_ip: str = "198.51.100.7"
    client_name: str = ""
    helo: str = "mx.sender.example"
    tls: bool = True


Result = Literal["pass", "neutral", "fail", "none"]


class CaseFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the world said of a test message."""

    spf: Result = "none"
    dkim: Result = "none"
    dmarc: Result = "none"
    dmarc_policy: Literal["", "none", "quarantine", "reject"] = ""
    aligned: bool = False  # what SPF and DKIM proved is the sender's domain
    own_domains: tuple[str, ...] = ("example.net",)
    offline: bool = False


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message on which a rule must speak, or must not."""

    message: str
    note: str = ""
    envelope: CaseEnvelope = CaseEnvelope()
    facts: CaseFacts = CaseFacts()


class RuleData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule as written."""

    id: str
    kind: Kind
    weight: float
    title: str
    text: str
    version: int = 1
    category: str | None = None
    limit: int = 1
    floor: Disposition | None = None
    when: When | None = None
    expression: str | None = None
    severity: Severity = "medium"
    attack_type: AttackType | None = None
    tactics: tuple[Tactic, ...] = ()
    references: tuple[str, ...] = ()
    match: tuple[Case, ...] = ()
    passes: tuple[Case, ...] = msgspec.field(default=(), name="pass")


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file as written."""

    rule: tuple[RuleData, ...]
    group: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, tuple[str, ...]] = {}


class PlacedError(RuleFileError):
    """A rule file is wrong at a line and column, both from 1."""

    def __init__(self, name: str, line: int, column: int, text: str) -> None:
        super().__init__(f"{name}:{line}:{column}: {text}")
        self.name = name
        self.line = line
        self.column = column
        self.text = text


def read_rules(name: str, content: bytes) -> RuleFile:
    """A file as a checked value. Raises PlacedError."""
    if len(content) > MAX_FILE:
        raise PlacedError(name, 1, 1, f"the file has more than {MAX_FILE} bytes")
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        raise PlacedError(name, line, column, f"not readable as TOML: {error}") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PlacedError(name, line, 1, f"not readable as TOML: {error}") from error
    try:
        file = msgspec.convert(raw, RuleFile)
    except msgspec.ValidationError as error:
        raise _misplaced(name, content.decode("utf-8"), str(error)) from error
    for rule in file.rule:
        for cases in (rule.match, rule.passes):
            if len(cases) > MAX_CASES or any(len(case.message) > MAX_CASE for case in cases):
                text = f"at most {MAX_CASES} test messages of at most {MAX_CASE} characters are expected"
                raise PlacedError(name, *place_of(content, rule.id), f"rule {rule.id!r}: {text}")
    return file


_PATH = re.compile(r" - at `\$\.?([^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_STEP = re.compile(r"(\w+)|\[(\d+)\]")
_WORDS = re.compile(r"Invalid enum value '([^']*)'")
_SHAPES: dict[str, type[msgspec.Struct]] = {
    "rule": RuleData,
    "when": When,
    "match": Case,
    "pass": Case,
    "envelope": CaseEnvelope,
    "facts": CaseFacts,
}


def _misplaced(name: str, text: str, problem: str) -> PlacedError:
    """What msgspec says, with the place that its path leads to and a suggestion."""
    path = _PATH.search(problem)
    steps = tuple(word or int(number) for word, number in _STEP.findall(path[1] if path else ""))
    hint, unknown, word = "", _UNKNOWN.search(problem), _WORDS.search(problem)
    kind = next((s for s in reversed(steps) if isinstance(s, str)), "")
    if unknown is not None:
        shape = _SHAPES.get(kind, RuleFile)
        hint = did_you_mean(unknown[1], (f.encode_name for f in msgspec.structs.fields(shape)))
        steps = (*steps, unknown[1])
    elif word is not None and kind in {"kind", "tactics", "attack_type", "severity"}:
        hint = did_you_mean(word[1], _names(kind))
    known = dict(places_in(text))
    while steps and steps not in known:
        steps = steps[:-1]
    return PlacedError(name, *known.get(steps, (1, 1)), f"{problem.replace('`', '')}.{hint}")


def _names(kind: str) -> tuple[str, ...]:
    kinds = {"kind": Kind, "tactics": Tactic, "attack_type": AttackType, "severity": Severity}
    return tuple(kinds[kind].__args__)  # type: ignore[attr-defined]
