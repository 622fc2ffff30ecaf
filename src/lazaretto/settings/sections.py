"""Every static setting: its name, its default and one sentence.

The page docs/settings.md is generated from this module.
Durations are in seconds unless the name says otherwise, sizes are in bytes unless the name says otherwise.
What changes while the server runs (accounts, domains, tokens) is in the store and not here.
"""

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "json", "console"]

MIB = 1024 * 1024
HOUR = 3600
DAY = 24 * HOUR


def _setting(default: Any, sentence: str, *, least: int | None = None, most: int | None = None) -> Any:
    """A field with its sentence, and the range that a number must lie in."""
    return field(default=default, metadata={"sentence": sentence, "least": least, "most": most})


def _port(default: int, sentence: str) -> Any:
    return _setting(default, sentence, least=0, most=65535)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Who this server is and where it keeps its data."""

    hostname: str = _setting(
        "",
        "Name used in SMTP greetings, Received and Authentication-Results; empty means this machine's name.",
    )
    data: Path = _setting(
        Path("data"),
        "Folder for the database, the stored messages and the spool; it is created when missing.",
    )


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where records live."""

    url: str = _setting(
        "", "`sqlite:///absolute/path.db` or `postgresql://...`; empty means lazaretto.db in the data folder."
    )
    blobs: str = _setting("", "Folder for message bytes; empty means blobs in the data folder.")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """The API."""

    host: str = _setting("127.0.0.1", "Address that the API listens on.")
    port: int = _port(8080, "Port that the API listens on; 0 takes a free one.")
    max_connections: int = _setting(1000, "Open HTTP connections; the next one gets 503.", least=1)
    open_raw_for_benign: bool = _setting(
        default=False, sentence="Give the raw bytes of mail that is no detection, too."
    )
    rate_limit: int = _setting(
        0, "Requests that one token may make in a window; then it gets 429. 0 means no limit.", least=0
    )
    rate_window: int = _setting(300, "Seconds of a window.", least=1)
    max_failed_logins: int = _setting(
        100,
        "Wrong credentials from one address in a minute; then new ones get 429. 0 means no limit.",
        least=0,
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (), "Addresses or networks of proxies whose X-Forwarded-For names the true client."
    )


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The gateway that mail comes in through."""

    host: str = _setting("127.0.0.1", "Address that SMTP and LMTP listen on.")
    port: int = _port(2525, "SMTP port; 0 takes a free one.")
    lmtp_port: int = _port(0, "LMTP port; 0 means no LMTP.")
    size_limit: int = _setting(
        50 * MIB, "Largest message in bytes; larger ones are refused with 552.", least=1024
    )
    tls_cert: str = _setting(
        "", "PEM file with the certificate chain; empty means that STARTTLS is not offered."
    )
    tls_key: str = _setting(
        "", "PEM file with the private key; empty means that it is in the certificate file."
    )
    proxy_peers: tuple[str, ...] = _setting(
        (), "Addresses or networks that must speak the PROXY protocol (version 1 or 2) before SMTP."
    )
    xclient_peers: tuple[str, ...] = _setting(
        (), "Addresses or networks that may name the true client with XCLIENT."
    )
    max_connections: int = _setting(1000, "Open connections in all; the next one gets 421.", least=1)
    max_connections_per_client: int = _setting(50, "Open connections of one client address.", least=1)
    max_recipients: int = _setting(1000, "Recipients of one message; the next one gets 452.", least=100)
    max_commands: int = _setting(
        10_000, "Commands in one connection; after that it is closed with 421.", least=20
    )
    max_errors: int = _setting(
        20, "Refused commands in one connection; after that it is closed with 421.", least=1
    )
    idle_timeout: int = _setting(300, "Seconds without a byte from the client before it is closed.", least=1)


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """Who answers questions about senders."""

    servers: tuple[str, ...] = _setting(
        (), "Resolvers as `address` or `address:port`; empty means those of the system."
    )
    timeout: float = _setting(2.0, "Seconds to wait for one try.", least=0)
    attempts: int = _setting(2, "Tries for one question.", least=1, most=10)
    concurrency: int = _setting(200, "Questions on the way at one time.", least=1)
    cache_size: int = _setting(20_000, "Answers kept for their time to live.", least=0)
    offline: bool = _setting(
        default=False, sentence="Ask nobody: authentication is then unknown, not failed."
    )


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How messages are read and judged."""

    workers: int = _setting(0, "Scanning processes; 0 means one a processor.", least=0, most=256)
    timeout: float = _setting(30.0, "Seconds that one message may take before its worker is ended.", least=1)
    memory_mib: int = _setting(1024, "Memory that one worker may use, in MiB.", least=256)
    max_attempts: int = _setting(
        3,
        "After so many scans of the same bytes that ended the process, they are not scanned again.",
        least=1,
    )
    lookback: int = _setting(
        0,
        "Trusted relays of your own before this server, to find the true client behind them.",
        least=0,
        most=20,
    )
    hash_lists: str = _setting(
        "", "Folder of hash lists of bad files, read when a scanning process starts; empty means none."
    )
    yara_folder: str = _setting(
        "", "Folder of YARA rules (.yar, .yara), which needs `lazaretto[yara]`; empty means none."
    )
    clamav_socket: str = _setting("", "Socket of clamd, asked about every message; empty means none.")


@dataclass(frozen=True, slots=True)
class RelayRouteSettings:
    """How mail goes out to the next hop of each domain."""

    retry_waits: tuple[int, ...] = _setting(
        (60, 300, 900, 1800, HOUR, 2 * HOUR, 4 * HOUR),
        "Seconds to wait before each further try; the last one repeats.",
        least=1,
    )
    give_up_after: int = _setting(
        5 * DAY, "Seconds after which a message that could not be sent is bounced.", least=60
    )
    workers: int = _setting(16, "Messages that are sent at one time.", least=1)
    default_next_hop: str = _setting(
        "", "`host:port` that takes the mail of domains that name no next hop; empty means none."
    )
    bounce_next_hop: str = _setting(
        "",
        "`host:port` that takes bounces to other domains; empty means that only your own domains get them.",
    )
    tls_verify: bool = _setting(
        default=True, sentence="Where a domain requires TLS, the next hop's certificate is verified."
    )
    tls_ca_file: str = _setting(
        "", "PEM file of the certificates to trust for that; empty means those of the system."
    )


@dataclass(frozen=True, slots=True)
class DomainSettings:
    """Domains that are added through the API."""

    require_verification: bool = _setting(
        default=True, sentence="Take mail for a domain only after a TXT record in the DNS has proven it."
    )
    give_up_after: int = _setting(
        7 * DAY, "Seconds after which the record of a new domain is no longer looked for.", least=60
    )


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long things are kept. Nothing that is still to be delivered is removed."""

    bytes_days: int = _setting(30, "Days that message bytes are kept; 0 means for ever.", least=0)
    facts_days: int = _setting(
        90, "Days that facts of a scan (DNS answers) are kept; 0 means for ever.", least=0
    )
    records_days: int = _setting(365, "Days that records are kept; 0 means for ever.", least=0)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is written to standard error."""

    level: LogLevel = _setting("info", "The least important line that is written.")
    format: LogFormat = _setting(
        "auto", "`json` or `console`; `auto` means console on a terminal, else json."
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections."""

    server: ServerSettings = field(default_factory=ServerSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    http: HttpSettings = field(default_factory=HttpSettings)
    smtp: SmtpSettings = field(default_factory=SmtpSettings)
    dns: DnsSettings = field(default_factory=DnsSettings)
    scan: ScanSettings = field(default_factory=ScanSettings)
    relay: RelayRouteSettings = field(default_factory=RelayRouteSettings)
    domains: DomainSettings = field(default_factory=DomainSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    log: LogSettings = field(default_factory=LogSettings)

    @property
    def hostname(self) -> str:
        """The name we go by."""
        return self.server.hostname or socket.getfqdn()

    @property
    def data_folder(self) -> Path:
        """The data folder, absolute."""
        return self.server.data.absolute()

    @property
    def store_url(self) -> str:
        """The database, spelled out."""
        return self.store.url or f"sqlite:///{self.data_folder / 'lazaretto.db'}"

    @property
    def blobs_folder(self) -> Path:
        """Where message bytes live."""
        return Path(self.store.blobs) if self.store.blobs else self.data_folder / "blobs"

    @property
    def spool_folder(self) -> Path:
        """Where bytes stay while a message comes in."""
        return self.data_folder / "spool"

    @property
    def scan_workers(self) -> int:
        """Scanning processes, spelled out."""
        return self.scan.workers or os.cpu_count() or 1
