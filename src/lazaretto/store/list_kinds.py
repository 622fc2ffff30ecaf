"""The lists by name, and which fields of their entries the store searches and sorts by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lazaretto.model.lists import (
    AllowPolicy,
    BlockedSender,
    ContentPolicy,
    Entry,
    IgnoredUrl,
    Impersonated,
    SendingRestriction,
    TrustedDomain,
)
from lazaretto.store.codec import plain_text

E = TypeVar("E", bound=Entry)

MAX_COMPARED = 500
"""Characters of a title that the order and the filter compare: PostgreSQL's indexes take no longer texts."""


@dataclass(frozen=True, slots=True)
class ListKind(Generic[E]):
    """One list. The named fields are folded into columns; the entry itself is stored whole."""

    name: str
    type: type[E]
    title: str  # field of the usual order, and of the filter that wants the exact value
    blamed: str  # field that is named when an entry is there already
    second: str = ""  # another field of an order
    word: str = ""  # field of a filter that is one of a few words
    flags: tuple[str, ...] = ()  # boolean fields of filters, each a bit in this order
    sought: tuple[str, ...] = ("comments",)  # further fields that the search looks at

    def bits(self, values: Mapping[str, object]) -> int:
        """The bits of the flags that are true."""
        return sum(1 << index for index, field in enumerate(self.flags) if values.get(field))

    def columns(self, entry: E) -> tuple[str, str, str, int, str]:
        """title, second, word, flags and sought."""
        texts = (self._text(entry, field) for field in (self.title, self.second, *self.sought))
        return (
            compared(self._text(entry, self.title)),
            compared(self._text(entry, self.second)),
            self._text(entry, self.word),
            self.bits({field: getattr(entry, field) for field in self.flags}),
            folded("\n".join(filter(None, texts))),
        )

    def _text(self, entry: E, field: str) -> str:
        value = getattr(entry, field) if field else None
        if value is None:
            return ""
        return "\n".join(value) if isinstance(value, tuple) else str(value)


def compared(text: str) -> str:
    """A text as it is ordered and looked for."""
    return folded(text)[:MAX_COMPARED]


def folded(text: str) -> str:
    """A text as it is compared: without regard to case, and storable in both databases."""
    return plain_text(text.casefold())


ALLOW = ListKind(
    "allow_policies",
    AllowPolicy,
    title="pattern",
    blamed="pattern",
    word="pattern_type",
    flags=("is_trusted_sender", "is_exempt_recipient", "is_acceptable_sender", "verify_sender", "is_regex"),
)
BLOCK = ListKind(
    "block_senders",
    BlockedSender,
    title="pattern",
    blamed="pattern",
    word="pattern_type",
    flags=("is_regex",),
)
TRUSTED = ListKind(
    "trusted_domains",
    TrustedDomain,
    title="pattern",
    blamed="pattern",
    flags=("is_recent", "is_similarity", "is_regex"),
)
CONTENT = ListKind(
    "content_policies",
    ContentPolicy,
    title="name",
    blamed="pattern",
    flags=("enabled",),
    sought=("pattern", "notes", "comments"),
)
PEOPLE = ListKind(
    "impersonation_registry", Impersonated, title="name", blamed="email", second="email", word="provenance"
)
RESTRICTIONS = ListKind(
    "sending_domain_restrictions",
    SendingRestriction,
    title="domain",
    blamed="domain",
    sought=("exclude", "comments"),
)
IGNORED_URLS = ListKind("url_ignore_patterns", IgnoredUrl, title="pattern", blamed="pattern")

KINDS: Mapping[str, ListKind[Any]] = {
    kind.name: kind for kind in (ALLOW, BLOCK, TRUSTED, CONTENT, PEOPLE, RESTRICTIONS, IGNORED_URLS)
}
