"""Entries of the lists, checked: what may be listed, and which two entries mean the same.

Every check raises `Invalid`, with a sentence for the person who wrote the entry and the field that is wrong.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from lazaretto.model.errors import Invalid
from lazaretto.model.lists import (
    AllowPolicy,
    BlockedSender,
    ContentPolicy,
    Entry,
    IgnoredUrl,
    Impersonated,
    PatternType,
    SendingRestriction,
    TrustedDomain,
)
from lazaretto.policy.patterns import (
    check_content_pattern,
    check_domain,
    check_email,
    check_name,
    check_pattern,
    check_trusted_domain,
    check_url_pattern,
)

E = TypeVar("E", bound=Entry)

GENERIC = 1000
BAD_WORD = 1003
BAD_RANGE = 1004

MAX_COMMENTS = 1024
"""Characters of a comment, as published."""

MAX_NOTES = 4096
"""Characters of the notes of a content policy."""

MAX_TITLE = 200
"""Characters of the name of a content policy."""

MAX_EXCLUDED = 100
"""Subdomains that one sending restriction excludes."""

MAX_NODE = 200
"""Characters of the identifier that a directory has for a person."""


@dataclass(frozen=True, slots=True)
class Checked(Generic[E]):
    """An entry that may be stored."""

    entry: E
    identity: str  # two entries of one list with the same identity are duplicates


def check_entry(entry: E) -> Checked[E]:
    """The entry, found to be good. Raises Invalid."""
    _check_text(entry.comments, "comments", MAX_COMMENTS)
    return Checked(entry, "\n".join(_identity(entry)))


def _identity(entry: Entry) -> tuple[str, ...]:
    match entry:
        case AllowPolicy() | BlockedSender():
            return _pattern(entry)
        case TrustedDomain():
            _check_text(entry.pattern, "pattern")
            return (check_trusted_domain(entry.pattern, is_regex=entry.is_regex), str(entry.is_regex))
        case ContentPolicy():
            return _content(entry)
        case Impersonated():
            return _person(entry)
        case SendingRestriction():
            return _restriction(entry)
        case IgnoredUrl():
            _check_text(entry.pattern, "pattern")
            return (check_url_pattern(entry.pattern),)
        case _:
            raise TypeError(f"no list has entries of the type {type(entry).__name__}")


def _pattern(entry: AllowPolicy | BlockedSender) -> tuple[str, ...]:
    _check_text(entry.pattern, "pattern")
    if entry.pattern_type is PatternType.UNKNOWN:
        text = "pattern_type UNKNOWN is only of old entries; write EMAIL, DOMAIN or IP"
        raise Invalid(BAD_WORD, text, pointer="/pattern_type")
    normal = check_pattern(entry.pattern, entry.pattern_type, is_regex=entry.is_regex)
    return normal, entry.pattern_type, str(entry.is_regex)


def _content(entry: ContentPolicy) -> tuple[str, ...]:
    _check_text(entry.name, "name", MAX_TITLE)
    _check_text(entry.notes, "notes", MAX_NOTES)
    _check_text(entry.pattern, "pattern")
    if not entry.name.strip():
        raise Invalid(GENERIC, "A content policy needs a name", pointer="/name")
    if not entry.targets:
        raise Invalid(GENERIC, "targets must hold SUBJECT, BODY or both", pointer="/targets")
    if len(set(entry.targets)) < len(entry.targets):
        raise Invalid(GENERIC, "targets holds a word twice", pointer="/targets")
    return check_content_pattern(entry.pattern), *sorted(entry.targets)


def _person(entry: Impersonated) -> tuple[str, ...]:
    for field in ("name", "email", "external_directory_node_id"):
        _check_text(getattr(entry, field), field)
    _check_text(entry.external_directory_node_id, "external_directory_node_id", MAX_NODE)
    name = check_name(entry.name)
    email = check_email(entry.email, is_regex=entry.is_email_regex)
    return name.casefold(), email, str(entry.is_email_regex)


def _restriction(entry: SendingRestriction) -> tuple[str, ...]:
    _check_text(entry.domain, "domain")
    if len(entry.exclude) > MAX_EXCLUDED:
        text = f"At most {MAX_EXCLUDED} subdomains can be excluded"
        raise Invalid(BAD_RANGE, text, pointer="/exclude")
    for index, excluded in enumerate(entry.exclude):
        _check_text(excluded, f"exclude/{index}")
        check_domain(excluded, pointer=f"/exclude/{index}")
    return (check_domain(entry.domain),)


def _check_text(text: str | None, field: str, longest: int | None = None) -> None:
    if text is None:
        return
    if "\0" in text:
        raise Invalid(GENERIC, f"{field} holds a NUL character", pointer=f"/{field}")
    if longest is not None and len(text) > longest:
        text = f"{field} is longer than {longest} characters"
        raise Invalid(BAD_RANGE, text, pointer=f"/{field}")
