"""Files that run, files that lie about their type, and files that keep their content from us.

Rules: the type by content counts, the name is only compared with it. Files that were taken out of archives
and documents are judged like files; pages and scripts that come in crowds are source code or saved pages.
Limits: MAX_ATTACHMENTS, MAX_MEMBERS of one archive.
"""

from collections import Counter
from collections.abc import Iterator

import re2

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
ENCRYPTED_MESSAGE = "message_encrypted"
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
MACRO_AUTO = "attachment_macro_auto"
MACRO_ODD = "attachment_macro_odd"
MACRO_SHEET = "attachment_macro_sheet"
DDE = "attachment_dde"
EQUATION = "attachment_equation"
AUTO_OBJECT = "attachment_auto_object"
PDF_LURE = "pdf_lure"
CUT = "attachment_cut"
BOMB = "archive_bomb"
TOO_DEEP = "archive_too_deep"
PASSWORD_IN_TEXT = "attachment_password_in_text"  # noqa: S105, a rule name

MAX_ATTACHMENTS = 200
"""Attachments that are looked at."""

MAX_MEMBERS = 1_000
"""Members of one archive that are looked at."""

MAX_LURE_MEMBERS = 20
"""Members up to which a script in an archive is meant to be run; source code comes in crowds."""

MAX_LURE_PAGES = 3
"""Members up to which a page in an archive is meant to be opened; saved pages come with their pictures."""

_PADDING = re2.compile(r"[ \x{00A0}\x{2000}-\x{200A}\x{2800}\x{3000}\x{3164}]{5}|_{12,}\.\w{1,12}$")
"""Blanks of all kinds, and lines, that push an extension out of the window."""

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
    "auto_macro": (MACRO_AUTO, "holds macros that run when it is opened"),
    "odd_macro": (MACRO_ODD, "holds macros that start programs, load files or hide what they say"),
    "xlm_macro": (MACRO_SHEET, "holds macros in the cells of a sheet, which only malware still uses"),
    "dde": (DDE, "holds a field or a cell that starts a program"),
    "equation": (EQUATION, "holds an object of the old equation editor, which runs code when it is broken"),
    "auto_object": (AUTO_OBJECT, "holds an object that is loaded as soon as it is opened"),
    "pdf_lure": (PDF_LURE, "has one page that holds nothing but a picture or a line, and a link"),
    "pdf_cut": (CUT, "is larger or more complex than we look at"),
    "password_in_text": (PASSWORD_IN_TEXT, "is locked, and a password that stands in the letter opens it"),
    "nested_too_deep": (TOO_DEEP, "lies within more files than we open"),
    "archive_bomb": (BOMB, "unpacks to far more than any honest file"),
    "tnef": (TNEF, "is an Outlook container"),
    "archive_cut": (ARCHIVE_CUT, "holds more than we read"),
    "archive_broken": (ARCHIVE_BROKEN, "claims to be an archive and cannot be read as one"),
}


_PAGE_TRAITS = frozenset(
    {"html_form", "html_password_field", "html_script", "html_refresh", "html_smuggling", "svg_script"}
)


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """Dangerous or lying files."""
    files = message.attachments[:MAX_ATTACHMENTS]
    crowds = Counter(a.inside for a in files if a.inside)
    crowds.update({a.sha256: len(a.members) - crowds[a.sha256] for a in files if a.members})
    for attachment in files:
        around = crowds[attachment.inside] if attachment.inside else 1
        kind = _started_as(attachment, around)
        if attachment.inside:
            yield from _inside(attachment, kind)
        else:
            yield from _kind(attachment, kind)
        yield from _content(attachment, kind, alone=around <= MAX_LURE_PAGES)
        yield from _name(attachment)
        yield from _traits(attachment, alone=around <= MAX_LURE_PAGES)
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


def _base(attachment: Attachment) -> str:
    """The name without the path in an archive."""
    name = attachment.filename or ""
    return name.rpartition("/")[2] if attachment.inside else name


def _started_as(attachment: Attachment, around: int) -> FileKind:
    """What opening the file starts, by its content."""
    kind = _judged(kind_of(attachment.detected_type), _base(attachment), around)
    return FileKind.OTHER if _among_sources(attachment.detected_type, kind, around) else kind


def _among_sources(detected: str, kind: FileKind, around: int) -> bool:
    """A text that a system acts upon (a menu entry, a link, settings) among many files is their business."""
    text = detected.startswith("text/") or detected in {"application/x-mswinurl", "application/x-empty"}
    return text and around > MAX_LURE_MEMBERS and kind in {FileKind.SHORTCUT, FileKind.INSTALLER}


def _judged(kind: FileKind, name: str, around: int) -> FileKind:
    """The kind, where the file is meant to be opened; source code is a text."""
    if kind is not FileKind.SCRIPT:
        return kind
    source = extension_of(name) and kind_of_name(name) not in _KIND_RULES  # developers send it to each other
    return FileKind.OTHER if source or around > MAX_LURE_MEMBERS else kind


def _kind(attachment: Attachment, kind: FileKind) -> Iterator[Finding]:
    by_name = kind_of_name(attachment.filename or "")
    if kind in _KIND_RULES:
        rule, words = _KIND_RULES[kind]
        yield _finding(
            rule, attachment, f"{_called(attachment)} {words}, by its content ({attachment.detected_type})."
        )
    elif by_name in _KIND_RULES and kind is not FileKind.IMAGE:
        extension = extension_of(attachment.filename or "")
        reason = f"{_called(attachment)} has a name that the system runs (.{extension})."
        yield _finding(PROGRAM_NAME, attachment, reason, field="filename", value=attachment.filename or "")


def _inside(attachment: Attachment, kind: FileKind) -> Iterator[Finding]:
    if kind in _KIND_RULES:
        reason = f"{_called(attachment)}, which was taken out of another file, {_KIND_RULES[kind][1]}."
        yield _finding(IN_ARCHIVE, attachment, reason)


def _content(attachment: Attachment, kind: FileKind, *, alone: bool) -> Iterator[Finding]:
    if kind is FileKind.HTML and alone and not attachment.inline:
        yield _finding(
            HTML,
            attachment,
            f"{_called(attachment)} is a web page, opened from the disk, outside every filter.",
        )
    if kind is FileKind.MESSAGE:
        yield _finding(MESSAGE, attachment, f"{_called(attachment)} is another message.")
    if kind in _KIND_RULES and extension_of(_base(attachment)) in DOCUMENT_EXTENSIONS:
        reason = (
            f"{_called(attachment)} has the name of a document and the content of {attachment.detected_type}."
        )
        yield _finding(TYPE_LIES, attachment, reason, field="filename", value=attachment.filename or "")


def _turned(name: str) -> bool:
    """Overrides turn letters of any script; marks and isolates stand in names of Arabic and Hebrew writers.

    Those deceive where the file is not what a document's name would be.
    """
    marked = any(c in name for c in "\u2067\u2066\u2068\u200f")
    return "\u202e" in name or "\u202d" in name or (marked and kind_of_name(name) in _KIND_RULES)


def _name(attachment: Attachment) -> Iterator[Finding]:
    name = _base(attachment)
    if _turned(name):
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
    if _PADDING.search(name):
        reason = f"{_called(attachment)} pushes its extension out of sight with spaces."
        yield _finding(PADDED_NAME, attachment, reason, field="filename", value=name)


def _traits(attachment: Attachment, *, alone: bool) -> Iterator[Finding]:
    if "encrypted_message" in attachment.traits:
        reason = f"{_called(attachment)} is an encrypted message: only the reader's key opens it."
        yield _finding(ENCRYPTED_MESSAGE, attachment, reason)
    elif attachment.encrypted:
        yield _finding(
            ENCRYPTED, attachment, f"{_called(attachment)} is encrypted: nobody but the reader sees into it."
        )
    for trait in attachment.traits:
        if trait in _TRAIT_RULES and (alone or trait not in _PAGE_TRAITS):
            rule, words = _TRAIT_RULES[trait]
            yield _finding(rule, attachment, f"{_called(attachment)} {words}.", value=trait)
    if attachment.sha256 in _EICAR_SHA256:
        yield _finding(
            EICAR, attachment, f"{_called(attachment)} is the test file for virus scanners (EICAR)."
        )


def _members(attachment: Attachment) -> Iterator[Finding]:
    for member in attachment.members[:MAX_MEMBERS]:
        kind = _judged(kind_of(member.detected_type), member.name, len(attachment.members))
        if kind not in _KIND_RULES:
            kind = _judged(kind_of_name(member.name), member.name, len(attachment.members))
        if _among_sources(member.detected_type, kind, len(attachment.members)):
            continue
        if kind in _KIND_RULES:
            reason = f"{_called(attachment)} holds {quoted(member.name)}, which {_KIND_RULES[kind][1]}."
            yield _finding(IN_ARCHIVE, attachment, reason, field="member", value=member.name)
            return
