"""What the structure says: forms, scripts, hidden text, pictures instead of words, false frames."""

from collections.abc import Iterator

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import HtmlFacts, Message
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.reading import read

FORM = "form_in_mail"
PASSWORD_FIELD = "form_asks_password"  # noqa: S105, a rule name
SCRIPT = "script_in_mail"
SCRIPT_HIDDEN = "script_obfuscated"
IFRAME = "iframe_in_mail"
HIDDEN_TEXT = "hidden_text"
HIDDEN_MUCH = "hidden_text_much"
SPLIT = "words_split_by_hidden_text"
TURNED = "text_turned_around"
TRACKING_ONLY = "tracking_only"
IMAGE_ONLY = "image_only"
NO_TEXT = "blank_body"
DIGEST = "digest_of_texts"
DEFECTS = "malformed_structure"

MAX_HTML = 20
"""HTML parts that are looked at."""

MIN_HIDDEN = 600
"""Hidden characters that are more than the preview line of a newsletter."""

MUCH_HIDDEN = 4_000
"""Hidden characters that nobody writes by hand."""

MIN_SPLIT = 3
"""Words that hidden text stands within, from which it is no accident of a text for readers aloud."""

FEW_WORDS = 20
"""Words below which a picture is the message."""

_OBFUSCATED = (
    "atob(",
    "unescape(",
    "fromcharcode",
    "eval(",
    "decodeuricomponent(",
    "document.write(",
    "createobjecturl",
    "mssaveoropenblob",
)
_TELLING_DEFECTS = frozenset(
    {
        "duplicate_content_type",
        "duplicate_encoding",
        "boundary_not_found",
        "encoded_multipart",
        "html_too_complex",
        "nested_too_deep",
        "too_many_parts",
        "split_budget_spent",
        "bad_header_name",
    }
)


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """Telling structures."""
    for html in message.html[:MAX_HTML]:
        yield from _forms(html)
        yield from _hidden(html)
    yield from _pictures(message)
    yield from _frame(message)


def _body(rule: str, html: HtmlFacts, reason: str, value: str = "") -> Finding:
    return Finding(
        rule, reason=clipped(reason), place="body", field="html", value=clipped(value), part=html.part
    )


def _forms(html: HtmlFacts) -> Iterator[Finding]:
    if html.password_fields:
        yield _body(PASSWORD_FIELD, html, "The mail itself holds a form that asks for a password.")
    elif html.forms and html.input_fields:
        yield _body(FORM, html, f"The mail itself holds a form with {html.input_fields} fields.")
    if html.scripts:
        script = html.script_text.lower()
        trick = next((word for word in _OBFUSCATED if word in script), None)
        if trick is not None:
            yield _body(
                SCRIPT_HIDDEN,
                html,
                f"The mail holds a script that builds its content itself ({trick.rstrip('(')}).",
                script,
            )
        elif "application/ld+json" not in script and '"@context"' not in script:
            yield _body(SCRIPT, html, "The mail holds a script.", html.script_text)
    if html.iframes:
        yield _body(IFRAME, html, "The mail loads another page into itself.")


def _hidden(html: HtmlFacts) -> Iterator[Finding]:
    if html.hidden_characters >= MIN_HIDDEN:
        rule = HIDDEN_MUCH if html.hidden_characters >= MUCH_HIDDEN else HIDDEN_TEXT
        sample = quoted(html.hidden_sample)
        reason = f"{html.hidden_characters} characters of text are hidden from the reader: {sample}."
        yield _body(rule, html, reason, html.hidden_sample)
    if html.split_words >= MIN_SPLIT:
        reason = f"{html.split_words} words have hidden text within them: {quoted(html.hidden_sample)}."
        yield _body(SPLIT, html, reason, html.hidden_sample)
    if html.turned:
        yield _body(TURNED, html, "Words are written backwards and shown forwards.")


def _pictures(message: Message) -> Iterator[Finding]:
    reading = read(message)
    images = sum(h.images for h in message.html[:MAX_HTML])
    if message.html and images and reading.words < FEW_WORDS and reading.links:
        reason = (
            f"The message is {images} pictures with a link and {reading.words} words: no filter can read it."
        )
        yield _body(IMAGE_ONLY, message.html[0], reason)
    elif _only_tracks(message, reading.words) and not reading.links:
        reason = "There is nothing to see but a picture that nobody can see: it reports that it was loaded."
        yield _body(TRACKING_ONLY, message.html[0], reason)
    elif reading.words < 3 and (message.attachments or reading.links) and not images:
        reason = "The body is empty; everything is in the attachment or the link."
        yield Finding(NO_TEXT, reason=reason, place="body", field="text")


def _only_tracks(message: Message, words: int) -> bool:
    pages = message.html[:MAX_HTML]
    images = sum(html.images for html in pages)
    return words < 3 and not message.attachments and 0 < images == sum(html.pixels for html in pages)


def _frame(message: Message) -> Iterator[Finding]:
    if message.parts and message.parts[0].content_type == "multipart/digest":
        inner = [p for p in message.parts[1:] if p.parent == 0]
        if inner and all(p.content_type.startswith("text/") for p in inner):
            reason = "A digest holds no messages but texts: filters that believe the frame do not read them."
            yield Finding(
                DIGEST, reason=reason, place="body", field="Content-Type", value="multipart/digest", part=0
            )
    for defect in message.defects:
        if defect.code in _TELLING_DEFECTS:
            yield Finding(
                DEFECTS, reason=clipped(defect.text), place="message", field=defect.code, part=defect.part
            )
            break
