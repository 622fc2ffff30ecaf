"""The fields that an expression can ask: name, type, meaning and an example of each.

Rules: what stands here is provided for every message, and nothing else is; the page about rules is checked
against this table. Texts are in lower case, without accents, with white space, "_", "-" and "*" as one kind
of separator, the space, so that one spelling finds all. Where the field says "as written", they are not.
"""

from dataclasses import dataclass
from typing import Literal

FieldType = Literal[
    "bool",
    "int",
    "string",
    "list(string)",
    "map(string, string)",
    "list(address)",
    "list(link)",
    "list(file)",
]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be asked."""

    name: str
    type: FieldType
    text: str
    example: str  # an expression that uses it


FIELDS: tuple[Field, ...] = (
    Field("msg.subject", "string", "the subject", 'msg.subject.contains("voicemail")'),
    Field("msg.subject_written", "string", "the subject as written", 'msg.subject_written.startsWith("RE:")'),
    Field(
        "msg.text",
        "string",
        "the beginning of what a reader sees, all texts joined",
        'msg.text.contains("gift card")',
    ),
    Field("msg.words", "int", "words of the longest text", "msg.words < 120"),
    Field("msg.quoted", "int", "lines that quote an earlier message", "msg.quoted > 0"),
    Field("msg.phone", "bool", "a telephone number stands in the text", "msg.phone && !msg.thread"),
    Field("msg.from.name", "string", "the display name of the sender", 'msg.from.name.contains("payroll")'),
    Field("msg.from.phone", "bool", "a telephone number stands in the display name", "msg.from.phone"),
    Field("msg.from.address", "string", "the address of the sender", 'msg.from.address.startsWith("ceo")'),
    Field("msg.from.local", "string", "what stands before the at sign, as written", 'msg.from.local == "hr"'),
    Field("msg.from.host", "string", "the domain of the address", 'msg.from.host.endsWith(".example")'),
    Field("msg.from.domain", "string", "its registered domain", 'msg.from.domain == "example.com"'),
    Field("msg.from.freemail", "bool", "anybody can have such an address", "msg.from.freemail"),
    Field("msg.from.own", "bool", "the domain is one of ours", "!msg.from.own"),
    Field("msg.from.brand", "string", 'the brand that owns the domain, or ""', 'msg.from.brand == "PayPal"'),
    Field("msg.reply_to", "list(address)", "where replies go", "msg.reply_to.exists(r, r.freemail)"),
    Field("msg.to", "list(address)", "the To header", "msg.to.size() == 0"),
    Field("msg.cc", "list(address)", "the Cc header", "msg.cc.exists(c, c.own)"),
    Field(
        "msg.links", "list(link)", "links that a reader can follow", 'msg.links.exists(l, l.place == "qr")'
    ),
    Field("msg.qr", "bool", "a picture or a file holds a QR code", "msg.qr && msg.words < 40"),
    Field(
        "msg.attachments", "list(file)", "attached files", 'msg.attachments.exists(a, a.extension == "svg")'
    ),
    Field(
        "msg.headers",
        "map(string, string)",
        "first value of each header, as written, by lower case name",
        '"x-mailer" in msg.headers',
    ),
    Field("msg.types", "list(string)", "content types of all parts", '"text/calendar" in msg.types'),
    Field(
        "msg.reply", "bool", "the subject is marked as a reply or a forward", "msg.reply && msg.quoted == 0"
    ),
    Field("msg.thread", "bool", "the headers name an earlier message", "!msg.thread"),
    Field("msg.list", "bool", "the message went through a list", "!msg.list"),
    Field("msg.unsubscribe", "bool", "the headers offer to unsubscribe", "!msg.unsubscribe"),
    Field("msg.images", "int", "pictures in the HTML", "msg.images == 1"),
    Field("msg.forms", "int", "forms in the HTML", "msg.forms > 0"),
    Field("msg.hidden", "int", "characters of text that nobody sees", "msg.hidden > 500"),
    Field("msg.size", "int", "bytes of the message", "msg.size > 1000000"),
    Field("msg.hops", "int", "Received headers", "msg.hops == 0"),
    Field("msg.defects", "list(string)", "what is broken", '"missing_boundary" in msg.defects'),
    Field("msg.cut", "bool", "a list was longer than it is handed in", "!msg.cut"),
    Field("env.mail_from", "string", 'the return path, "" is the null path', 'env.mail_from == ""'),
    Field("env.domain", "string", "its registered domain", "env.domain != msg.from.domain"),
    Field("env.recipients", "list(string)", "who it is for", "env.recipients.size() > 10"),
    Field("env.client_ip", "string", "the client that brought it", 'env.client_ip.startsWith("192.0.2.")'),
    Field("env.client_name", "string", "its reverse name", 'env.client_name == ""'),
    Field("env.helo", "string", "the name that it gave itself", 'env.helo == "localhost"'),
    Field("env.tls", "bool", "it came over TLS", "!env.tls"),
    Field(
        "facts.spf",
        "string",
        "pass, fail, neutral, error or none; softfail is neutral",
        'facts.spf == "fail"',
    ),
    Field("facts.dkim", "string", "the same, of the best signature", 'facts.dkim == "pass"'),
    Field("facts.dmarc", "string", "the same; none: no policy", 'facts.dmarc == "fail"'),
    Field("facts.dmarc_policy", "string", "none, quarantine, reject", 'facts.dmarc_policy == "reject"'),
    Field("facts.proven", "bool", "SPF or DKIM speaks for the sender's domain", "!facts.proven"),
    Field("facts.offline", "bool", "the DNS was not asked", "!facts.offline && !facts.proven"),
    Field("facts.country", "string", "of the client, two capitals", 'facts.country == "NG"'),
    Field("facts.network", "string", "the name of the client's network", 'facts.network.contains("hosting")'),
    Field("facts.own_domains", "list(string)", "our domains", '"example.com" in facts.own_domains'),
)
"""Every field. `says.NAME` and `findings.has("rule_id")` come from the rule files."""

ADDRESS: tuple[Field, ...] = (
    Field("name", "string", "display name", 'r.name.contains("support")'),
    Field("address", "string", "the whole address", 'r.address == "a@example.com"'),
    Field("local", "string", "what stands before the at sign, as written", 'r.local == "info"'),
    Field("host", "string", "the domain of the address", 'r.host == "mail.example.com"'),
    Field("domain", "string", "its registered domain", "r.domain != msg.from.domain"),
    Field("freemail", "bool", "anybody can have such an address", "r.freemail"),
    Field("own", "bool", "the domain is one of ours", "!r.own"),
)
LINK: tuple[Field, ...] = (
    Field("href", "string", "the address as written", 'l.href.contains("redirect=")'),
    Field("scheme", "string", "https, mailto, tel, ...", 'l.scheme == "tel"'),
    Field("host", "string", "the host it leads to, rewriting by filters undone", 'l.host.endsWith(".top")'),
    Field("domain", "string", "its registered domain", "l.domain != msg.from.domain"),
    Field(
        "path", "string", "what follows the host, without the query, as written", 'l.path.endsWith(".zip")'
    ),
    Field("shown", "string", "what a reader sees for it", 'l.shown.contains("open document")'),
    Field("shown_domain", "string", "registered domain that the reader sees", 'l.shown_domain == "x.com"'),
    Field("place", "string", "a, text, qr, form, attachment, ...", 'l.place == "qr"'),
    Field("type", "string", "content type of the part that it stands in", 'l.type == "text/calendar"'),
    Field("hidden", "bool", "a reader cannot see it", "l.hidden"),
    Field("own", "bool", "it leads to us", "!l.own"),
    Field("brand", "string", 'the brand that owns the domain, or ""', 'l.brand == ""'),
    Field("hosting", "bool", "anybody can put a page there", "l.hosting"),
    Field("form", "bool", "a form service", "l.form"),
    Field("shortener", "bool", "a short link", "l.shortener"),
)
FILE: tuple[Field, ...] = (
    Field("name", "string", "the file name", 'a.name.contains("invoice")'),
    Field("extension", "string", "without the dot", 'a.extension == "svg"'),
    Field("type", "string", "media type by content", 'a.type == "text/html"'),
    Field("declared", "string", "media type by the sender", 'a.declared == "application/pdf"'),
    Field("size", "int", "bytes", "a.size < 4096"),
    Field("encrypted", "bool", "it cannot be read without a password", "a.encrypted"),
    Field("inline", "bool", "it is shown within the text", "!a.inline"),
    Field("traits", "list(string)", "what it holds", '"html_script" in a.traits'),
    Field("members", "list(string)", "names in an archive", 'a.members.exists(m, m.endsWith(".js"))'),
)
ELEMENTS: dict[str, tuple[Field, ...]] = {
    "list(address)": ADDRESS,
    "list(link)": LINK,
    "list(file)": FILE,
}
"""The fields of what lists hold."""
