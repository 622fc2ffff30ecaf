"""Small messages for tests of the mail room."""

import base64


def letter(
    body: str | bytes = "Hello.", *, content_type: str = "text/plain; charset=utf-8", **fields: str
) -> bytes:
    """One message with a plain header block; field names are written with underscores."""
    headers = {"From": "Alice <alice@example.com>", "To": "bob@example.net", "Subject": "Test"}
    headers |= {name.replace("_", "-"): value for name, value in fields.items()}
    headers["Content-Type"] = content_type
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    content = body if isinstance(body, bytes) else body.encode("utf-8")
    return head.encode("utf-8") + b"\r\n" + content


def html_letter(html: str) -> bytes:
    """One message with an HTML body."""
    return letter(html, content_type="text/html; charset=utf-8")


def part(body: str | bytes, **fields: str) -> bytes:
    """One MIME part: header and body."""
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return head.encode("utf-8") + b"\r\n" + (body if isinstance(body, bytes) else body.encode("utf-8"))


def multipart(*parts: bytes, kind: str = "mixed", boundary: str = "b1") -> bytes:
    """A message of several parts."""
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + piece + b"\r\n" for piece in parts) + line + b"--\r\n"
    return letter(body, content_type=f'multipart/{kind}; boundary="{boundary}"')


def file_part(content: bytes, name: str, content_type: str = "application/octet-stream") -> bytes:
    """An attachment in Base64."""
    return part(
        base64.encodebytes(content),
        Content_Type=content_type,
        Content_Transfer_Encoding="base64",
        Content_Disposition=f'attachment; filename="{name}"',
    )


def codes(message) -> set[str]:
    """The codes of the defects of a message."""
    return {defect.code for defect in message.defects}
