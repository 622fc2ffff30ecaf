"""Preview: the message that is asked for, and its picture."""

from base64 import b64encode

import msgspec


class PreviewWish(msgspec.Struct, frozen=True):
    """Newer SDKs send `id`, older ones `postfix_id`; either takes an investigate id and a queue id."""

    id: str | None = None
    postfix_id: str | None = None


class Preview(msgspec.Struct, frozen=True):
    """PreviewGetResponse and PreviewCreateResponse of the contract."""

    screenshot: str  # a PNG file in Base64


DECODER = msgspec.json.Decoder(PreviewWish)


def preview(png: bytes) -> Preview:
    """The picture as published."""
    return Preview(b64encode(png).decode("ascii"))
