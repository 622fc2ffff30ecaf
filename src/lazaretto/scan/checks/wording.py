"""What the text says: lures and sales talk, by the lexicon, and brands that it speaks in the name of."""

from collections.abc import Iterator

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.brands import named_in_text, owner_of
from lazaretto.scan.evidence import passage_finding, quoted
from lazaretto.scan.lexicon import find_topics
from lazaretto.scan.reading import HEAD, Passage, Reading, read, recipient_addresses

BRAND_IN_TEXT = "text_names_brand"
RECIPIENT_IN_TEXT = "text_names_recipient"
SHORT_LETTER = "short_letter"
PASSWORD_IN_TEXT = "text_gives_password"  # noqa: S105, a rule name
TECHNICAL = "technical_discussion"

MAX_SHORT = 120
"""Words up to which a letter without a link is called short."""

_PASSWORD = (
    *(
        b"password is",
        b"password:",
        b"password :",
        b"password -",
        b"passcode",
        b"archive password",
        b"pdf password",
    ),
    *(
        b"passwort:",
        b"passwort lautet",
        b"kennwort:",
        b"mot de passe :",
        b"mot de passe:",
        b"senha do",
        b"senha:",
    ),
    *(
        "contraseña:".encode(),
        "contraseña es".encode(),
        b"clave:",
        b"wachtwoord:",
        b"password e:",
        "пароль".encode(),
        "密码".encode(),
    ),
)
_TECHNICAL = (
    *(
        b"diff  git",
        b"signed off by:",
        b"\n@@ ",
        b"traceback (most recent call last)",
        b"stack trace",
        b"segmentation fault",
    ),
    *(
        b"begin pgp",
        b"pgp signature",
        b"#include <",
        b"git clone",
        b"man page",
        b"mailing list\n",
        b"gdb",
        b"sudo ",
        b"printf(",
    ),
    *(
        b"configure: ",
        b"make[1]",
        b" rpm ",
        b"kernel",
        b"compile",
        b"perl ",
        b"linux",
        b"source code",
        b"bugzilla",
    ),
)
_NEEDED_TECHNICAL = 2


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """Lures, sales talk, borrowed names in the text."""
    reading = read(message)
    for match in find_topics(reading.passages):
        more = f" and {match.count - 1} more phrases of the kind" if match.count > 1 else ""
        reason = f"The {_name(match.passage)} {match.topic.says}: {quoted(match.phrase)}{more}."
        yield passage_finding(match.topic.rule, match.passage, match.phrase, reason, (match.start, match.end))
    yield from _brands(reading)
    yield from _recipient(reading, envelope)
    yield from _shape(message, reading)


def _name(passage: Passage) -> str:
    return "subject" if passage.field == "subject" else "text"


def _brands(reading: Reading) -> Iterator[Finding]:
    """The text names a brand, and neither the sender nor any link has to do with it."""
    if owner_of(reading.from_domain) is not None:
        return
    linked = {owner.name for link in reading.links if (owner := owner_of(link.domain)) is not None}
    for passage in reading.passages:
        for brand in named_in_text(passage.head):
            if brand.name not in linked:
                where = _name(passage)
                reason = f"The {where} speaks of {brand.name}; neither the sender nor a link belongs to it."
                yield passage_finding(BRAND_IN_TEXT, passage, brand.name, reason)
                return


def _recipient(reading: Reading, envelope: Envelope) -> Iterator[Finding]:
    for passage in reading.passages[1:]:
        for address in recipient_addresses(envelope):
            # separators are folded in the data, so look in the text as written
            at = passage.text[:HEAD].lower().find(address) if address else -1
            if at >= 0:
                reason = "The text names the recipient's own address instead of a person's name."
                yield passage_finding(RECIPIENT_IN_TEXT, passage, address, reason, (at, at + len(address)))
                return


def _shape(message: Message, reading: Reading) -> Iterator[Finding]:
    texts = reading.passages[1:]
    if texts and 0 < reading.words <= MAX_SHORT and not reading.links and not message.attachments:
        reason = f"A letter of {reading.words} words with neither link nor attachment: it wants an answer."
        yield passage_finding(SHORT_LETTER, texts[0], "", reason)
    for passage in texts:
        word = next((w for w in _PASSWORD if w in passage.head), None)
        if word is not None:
            start, end = passage.characters(
                passage.data.index(word), passage.data.index(word) + len(word) + 20
            )
            reason = f"The text gives a password: {quoted(passage.text[start:end])}."
            yield passage_finding(PASSWORD_IN_TEXT, passage, passage.text[start:end], reason, (start, end))
            break
    for passage in texts:
        head = passage.head
        if sum(word in head for word in _TECHNICAL) >= _NEEDED_TECHNICAL:
            yield passage_finding(
                TECHNICAL, passage, "", "The text is a technical discussion: patches, commands, error output."
            )
            break
