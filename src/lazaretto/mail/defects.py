"""What can be wrong with a message, as constants with a sentence each.

A defect is data. It says what the sender wrote against a standard, or which limit of ours stopped the
reading; it never says that the message is bad. Limit: MAX_DEFECTS of them are kept for one message.
"""

from lazaretto.model.message import Defect

MAX_DEFECTS = 200
"""A message of ten thousand broken parts must not become a list of ten thousand sentences."""

SENTENCES: dict[str, str] = {
    # header block
    "header_without_colon": "A line in the header block is no header field; it was read as text too.",
    "space_before_colon": "A header name is followed by white space before the colon.",
    "bad_header_name": "A header name holds characters that no header name may hold.",
    "mbox_from_line": "The message begins with the From line of a mailbox file.",
    "bare_cr": "A header line ends with CR alone.",
    "no_header_end": "No empty line ends the header block.",
    "duplicate_header": "A header that may occur once occurs more often.",
    "non_ascii_header": "A header holds bytes outside ASCII that are not UTF-8.",
    "header_block_too_long": "The header block is longer than we read.",
    "header_field_too_long": "A header field is longer than we decode.",
    "too_many_headers": "There are more header fields than we read.",
    "too_many_addresses": "An address header names more mailboxes than we read.",
    "too_many_hops": "There are more Received fields than we read.",
    "several_from_mailboxes": "From names more than one mailbox.",
    "missing_from": "There is no From mailbox.",
    "bad_date": "The Date header cannot be read.",
    # MIME
    "duplicate_content_type": "A part declares its content type more than once; every reading was scanned.",
    "bad_content_type": "A content type cannot be read and counts as text/plain.",
    "missing_boundary": "A multipart declares no usable boundary; its body was read as text.",
    "boundary_not_found": "The boundary of a multipart never appears; its body was read as text.",
    "missing_close": "The closing boundary of a multipart is missing.",
    "text_after_end": "There is text after the closing boundary of a multipart.",
    "encoded_multipart": "A multipart declares a transfer encoding, which the standard forbids.",
    "unknown_encoding": "A part declares a transfer encoding that does not exist.",
    "duplicate_encoding": "A part declares its transfer encoding more than once.",
    "bad_base64": "Base64 content holds foreign characters, inner padding or a wrong length.",
    "bad_charset": "A part declares a character set that does not exist or does not fit.",
    "encoded_message": "An attached message is transfer encoded, which the standard forbids.",
    "too_many_parts": "There are more MIME parts than we read.",
    "nested_too_deep": "MIME parts are nested deeper than we read.",
    "split_budget_spent": "Nested multiparts overlap so much that we stopped splitting.",
    # content
    "html_too_long": "HTML is longer than we render; it was read by a simpler reader.",
    "html_too_complex": "HTML is built to exhaust its reader; it was read by a simpler one.",
    "html_budget_spent": "There is more HTML than we read in one message.",
    "too_many_links": "There are more links than we keep.",
    "text_budget_spent": "There is more text than we read in one message.",
    "too_many_attachments": "There are more attachments than we look into.",
    "too_much_attached": "The attachments are larger together than we look into; some were only hashed.",
    "too_many_pictures": "There are more pictures than we search for codes.",
    "too_many_locked_files": "There are more locked files than we try passwords on.",
    "document_read_in_part": "Of a long document only the first pages were read.",
    "archive_too_large": "An archive holds more members or bytes than we read.",
    "bad_archive": "An archive cannot be read as what it claims to be.",
    "nested_archives_too_deep": "Archives lie within each other deeper than we open.",
    "document_too_large": "A document is larger or more complex than we look at.",
    "embedded_too_deep": "Encoded messages are attached within each other deeper than we read.",
}
"""Every code with its sentence."""


class DefectList:
    """Collects the defects of one message, each once for a part."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int | None], Defect] = {}

    def add(self, code: str, part: int | None = None) -> None:
        """Note a defect; beyond MAX_DEFECTS nothing is noted."""
        key = (code, part)
        if key not in self._seen and len(self._seen) < MAX_DEFECTS:
            self._seen[key] = Defect(code, SENTENCES[code], part)

    def all(self) -> tuple[Defect, ...]:
        """In the order they were noted."""
        return tuple(self._seen.values())
