"""The traits by which messages are found that are like another one, taken from a summary.

Rules. The form of a subject is what is left when marks of replies, numbers, case and spaces are taken out: a
campaign changes those. Traits are tags of the search index, so records that were indexed before there were
such tags are not found by them.

Limits: the constants below; what lies beyond is not compared.
"""

import unicodedata
from collections.abc import Iterator

import re2

from lazaretto.mail.domains import domain_of, to_alabel
from lazaretto.model.likeness import Alike, Trait
from lazaretto.model.record import Summary
from lazaretto.store.tags import tag

MAX_HOSTS = 20
"""Link hosts of one message that get tags and are compared: each is a look into the index."""

MAX_FILES = 20
"""Attachments of one message that get tags and are compared."""

MAX_SUBJECT = 1_000
"""Characters of a subject that are read: as many as a summary keeps."""

_KINDS = {Alike.FINGERPRINT: "lf", Alike.ATTACHMENT: "la", Alike.SENDER: "ls", Alike.LINK: "lh"}
_REPLIES = re2.compile(
    r"^(\s*(\[[^\]]{1,60}\]\s*)?(re|fw|fwd|aw|wg|sv|vs|antw|tr|rv|res|enc)(\[\d+\])?\s?:)+"
)
_NUMBERS = re2.compile(r"\p{N}+")


def traits(summary: Summary) -> tuple[Trait, ...]:
    """All traits of a message, strongest kinds first."""
    return tuple(_traits(summary))


def trait_tag(trait: Trait) -> str:
    """The token of a trait in the search index."""
    return tag(_KINDS[trait.kind], trait.value)


def subject_form(subject: str) -> str:
    """A subject without what changes from one message of a campaign to the next."""
    text = unicodedata.normalize("NFKC", subject[:MAX_SUBJECT]).casefold()
    text = text.encode("utf-8", "replace").decode()
    return " ".join(_NUMBERS.sub("0", _REPLIES.sub("", text)).split())


def _traits(summary: Summary) -> Iterator[Trait]:
    if summary.fingerprint:
        yield Trait(Alike.FINGERPRINT, summary.fingerprint, f"fingerprint {summary.fingerprint}")
    files = {one.sha256: one for one in summary.attachments[:MAX_FILES]}
    for sha256, one in files.items():
        yield Trait(Alike.ATTACHMENT, sha256, f"attachment {one.filename or sha256}")
    form = subject_form(summary.subject)
    if summary.from_address and form:
        local, _, _ = summary.from_address.rpartition("@")
        address = f"{local.casefold()}@{domain_of(summary.from_address)}"
        yield Trait(Alike.SENDER, f"{address}\n{form}", f"{summary.from_address} with the subject “{form}”")
    hosts = (to_alabel(link.host) for link in summary.links if link.host)
    for host in tuple(dict.fromkeys(hosts))[:MAX_HOSTS]:
        yield Trait(Alike.LINK, host, f"link to {host}")
