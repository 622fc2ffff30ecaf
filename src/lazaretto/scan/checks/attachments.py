"""Files that run, files that lie about their type, and files that keep their content from us.

Rules: the type by content counts, the name is only compared with it. Members of archives are judged like
files.
"""

from collections.abc import Iterator

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Attachment, Message
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.filetypes import DOCUMENT_EXTENSIONS, FileKind, extension_of, kind_of, kind_of_name

PROGRAM = "attachment_program"
SCRIPT = "attachment_script"
SHORTCUT = "attachment_shortcut"
DISK_IMAGE = "attachment_disk_image"
ONENOTE = "attachment_onenote"
INSTALLER = "attachment_installer"
PROGRAM_NAME = "attachment_program_name"
TYPE_LIES = "attachment_type_lies"
DOUBLE_EXTENSION = "attachment_double_extension"
RTL_NAME = "attachment_rtl_name"
PADDED_NAME = "attachment_padded_name"
ENCRYPTED = "attachment_encrypted"
IN_ARCHIVE = "archive_holds_program"
HTML = "attachment_html"
HTML_FORM = "attachment_html_form"
HTML_PASSWORD = "attachment_html_password"  # noqa: S105, a rule name
HTML_SCRIPT = "attachment_html_script"
HTML_REFRESH = "attachment_html_refresh"
TNEF = "attachment_outlook_container"
ARCHIVE_CUT = "archive_cut"
ARCHIVE_BROKEN = "archive_broken"
HTML_SMUGGLING = "attachment_html_smuggling"
SVG_SCRIPT = "attachment_svg_script"
MACRO = "attachment_macro"
EXTERNAL = "attachment_external_template"
EMBEDDED = "attachment_embedded_object"
PDF_SCRIPT = "pdf_script"
PDF_LAUNCH = "pdf_launch"
PDF_ACTION = "pdf_open_action"
EICAR = "eicar_file"
MESSAGE = "attachment_message"

MAX_ATTACHMENTS = 200
"""Attachments that are looked at."""

MAX_MEMBERS = 1_000
"""Members of one archive that are looked at."""

_EICAR_SHA256 = frozenset(
    {
        "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
        "131f95c51cc819465fa1797f6ccacf9d494aaaff46fa3eac73ae63ffbdfd8267",
        "2546dcffc5ad854d4ddc64fbf056871cd5a00f2471cb7a5bfd4ac23b6e9eedad",
        "e1105070ba828007508566e28a2b8d4c65d192e9eaf3b7868382b7cae747b397",
    }
)
"""The 68 bytes of the test file, with a line end, and the two archives that it is published in."""

_KIND_RULES = {
    FileKind.PROGRAM: (PROGRAM, "is a program"),
    FileKind.SCRIPT: (SCRIPT, "is a script that the system runs when it is opened"),
    FileKind.SHORTCUT: (SHORTCUT, "is a shortcut that runs a command when it is opened"),
    FileKind.DISK_IMAGE: (DISK_IMAGE, "is a disk image; what lies in it loses the mark of the Internet"),
    FileKind.ONENOTE: (ONENOTE, "is a OneNote notebook, which can hold programs behind a picture"),
    FileKind.INSTALLER: (INSTALLER, "is an installer or a package that runs code"),
}
_TRAIT_RULES = {
    "macro": (MACRO, "holds macros"),
    "external_template": (EXTERNAL, "loads a template or an object from the Internet when it is opened"),
    "embedded_object": (EMBEDDED, "holds an embedded object or a control"),
    "pdf_javascript": (PDF_SCRIPT, "holds JavaScript"),
    "pdf_launch": (PDF_LAUNCH, "starts a program"),
    "pdf_open_action": (PDF_ACTION, "does something when it is opened"),
    "pdf_embedded_file": (EMBEDDED, "holds another file"),
    "html_form": (HTML_FORM, "holds a form"),
    "html_password_field": (HTML_PASSWORD, "holds a form that asks for a password"),
    "html_script": (HTML_SCRIPT, "holds a script"),
    "html_refresh": (HTML_REFRESH, "sends the reader to another page when it is opened"),
    "html_smuggling": (HTML_SMUGGLING, "holds a script that builds a file or a page out of itself"),
    "svg_script": (SVG_SCRIPT, "is a picture that holds a script"),
    "tnef": (TNEF, "is an Outlook container whose content was not opened"),
    "archive_cut": (ARCHIVE_CUT, "holds more than we read"),
    "archive_broken": (ARCHIVE_BROKEN, "claims to be an archive and cannot be read as one"),
}


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """Dangerous or lying files."""
    for attachment in message.attachments[:MAX_ATTACHMENTS]:
        yield from _kind(attachment)
        yield from _name(attachment)
        yield from _traits(attachment)
        yield from _members(attachment)


def _finding(
    rule: str, attachment: Attachment, reason: str, *, field: str = "content", value: str = ""
) -> Finding:
    return Finding(
        rule,
        reason=clipped(reason),
        place="attachment",
        field=field,
        value=clipped(value or attachment.detected_type),
        part=attachment.part,
        attachment=attachment.filename,
    )


def _called(attachment: Attachment) -> str:
    return (
        f"The attachment {quoted(attachment.filename)}"
        if attachment.filename
        else "An attachment without a name"
    )


def _kind(attachment: Attachment) -> Iterator[Finding]:
    kind = kind_of(attachment.detected_type)
    by_name = kind_of_name(attachment.filename or "")
    if kind is FileKind.SCRIPT and by_name not in _KIND_RULES and extension_of(attachment.filename or ""):
        return  # source code under a name that no system runs: developers send it to each other
    if kind in _KIND_RULES:
        rule, words = _KIND_RULES[kind]
        yield _finding(
            rule, attachment, f"{_called(attachment)} {words}, by its content ({attachment.detected_type})."
        )
    elif by_name in _KIND_RULES and kind is not FileKind.IMAGE:
        extension = extension_of(attachment.filename or "")
        reason = f"{_called(attachment)} has a name that the system runs (.{extension})."
        yield _finding(PROGRAM_NAME, attachment, reason, field="filename", value=attachment.filename or "")
    if kind is FileKind.HTML and not attachment.inline:
        yield _finding(
            HTML,
            attachment,
            f"{_called(attachment)} is a web page, opened from the disk, outside every filter.",
        )
    if kind is FileKind.MESSAGE:
        yield _finding(MESSAGE, attachment, f"{_called(attachment)} is another message.")
    if kind in _KIND_RULES and extension_of(attachment.filename or "") in DOCUMENT_EXTENSIONS:
        reason = (
            f"{_called(attachment)} has the name of a document and the content of {attachment.detected_type}."
        )
        yield _finding(TYPE_LIES, attachment, reason, field="filename", value=attachment.filename or "")


def _name(attachment: Attachment) -> Iterator[Finding]:
    name = attachment.filename or ""
    if any(c in name for c in "\u202e\u202d\u2067\u2066\u200f"):
        reason = f"{_called(attachment)} turns the direction of writing around to show another extension."
        yield _finding(RTL_NAME, attachment, reason, field="filename", value=name)
    pieces = name.lower().rsplit(".", 2)
    if (
        len(pieces) == 3
        and pieces[1].strip() in DOCUMENT_EXTENSIONS
        and kind_of_name(name) in (*_KIND_RULES, FileKind.HTML)
    ):
        reason = f"{_called(attachment)} shows .{pieces[1].strip()} before its real extension .{pieces[2]}."
        yield _finding(DOUBLE_EXTENSION, attachment, reason, field="filename", value=name)
    if "     " in name:
        reason = f"{_called(attachment)} pushes its extension out of sight with spaces."
        yield _finding(PADDED_NAME, attachment, reason, field="filename", value=name)


def _traits(attachment: Attachment) -> Iterator[Finding]:
    if attachment.encrypted:
        yield _finding(
            ENCRYPTED, attachment, f"{_called(attachment)} is encrypted: nobody but the reader sees into it."
        )
    for trait in attachment.traits:
        if trait in _TRAIT_RULES:
            rule, words = _TRAIT_RULES[trait]
            yield _finding(rule, attachment, f"{_called(attachment)} {words}.", value=trait)
    if attachment.sha256 in _EICAR_SHA256:
        yield _finding(
            EICAR, attachment, f"{_called(attachment)} is the test file for virus scanners (EICAR)."
        )


def _members(attachment: Attachment) -> Iterator[Finding]:
    for member in attachment.members[:MAX_MEMBERS]:
        kind = kind_of(member.detected_type)
        kind = kind if kind in _KIND_RULES else kind_of_name(member.name)
        if kind in _KIND_RULES:
            reason = f"{_called(attachment)} holds {quoted(member.name)}, which {_KIND_RULES[kind][1]}."
            yield _finding(IN_ARCHIVE, attachment, reason, field="member", value=member.name)
            return
