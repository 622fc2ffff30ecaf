"""`lazaretto configtest`: read the settings, try what they name, and say what would be used."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import CONFIG, OK
from lazaretto.commands.shared import load

if TYPE_CHECKING:
    from lazaretto.settings import Settings


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Everything is in the settings."""


def run(parsed: argparse.Namespace) -> int:
    """Nothing is created and no port is opened: it may run beside the server."""
    from lazaretto.settings.page import as_table

    settings = load(parsed)
    wrong = list(_wrong(settings))
    if parsed.json:
        print(json.dumps({"ok": not wrong, "errors": wrong, "settings": as_table(settings)}))
    else:
        for section, values in as_table(settings).items():
            print(f"[{section}]")
            for name, value in values.items():
                print(f"{name} = {json.dumps(value)}")
        print("\n".join(f"error: {sentence}" for sentence in wrong) or "The settings are good.")
    return CONFIG if wrong else OK


def _wrong(settings: "Settings") -> Iterator[str]:
    for name, folder in (("server.data", settings.data_folder), ("store.blobs", settings.blobs_folder)):
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
            yield f"{name}: {nearest} cannot be written to; change its owner or the setting."
    if settings.smtp.tls_cert:
        yield from _wrong_certificate(
            Path(settings.smtp.tls_cert), Path(settings.smtp.tls_key or settings.smtp.tls_cert)
        )


def _wrong_certificate(certificate: Path, key: Path) -> Iterator[str]:
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        yield f"smtp.tls_cert, smtp.tls_key: {certificate} and {key} cannot be used: {error}."
