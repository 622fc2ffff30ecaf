"""Everything built by hand, from settings: what a running Lazaretto consists of."""

import random
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from lazaretto.deliver.options import RelayOptions
from lazaretto.deliver.relay import Relay
from lazaretto.deliver.session import ClientOptions
from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.tls import BadCertificateError, server_context
from lazaretto.model.account import NextHop
from lazaretto.pipeline import Road
from lazaretto.scanner.job import WorkerOptions
from lazaretto.scanner.pool import ScannerPool
from lazaretto.settings.sections import Settings
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database, open_database
from lazaretto.store.errors import WrongStore
from lazaretto.store.retention import Ages

MIB = 1024 * 1024


class WrongStart(Exception):  # noqa: N818  # told to the operator as one sentence
    """The program cannot start; the text says what to do."""


@dataclass(frozen=True, slots=True)
class App:
    """The parts, all open."""

    settings: Settings
    database: Database
    blobs: Blobs
    scanner: ScannerPool
    relay: Relay
    road: Road


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[App]:
    """Open all parts, and close everything again at the end. Raises WrongStart."""
    for folder in (settings.data_folder, settings.blobs_folder, settings.spool_folder):
        make_folder(folder)
    async with AsyncExitStack() as stack:
        database = await _database(settings)
        stack.push_async_callback(database.close)
        blobs = Blobs(settings.blobs_folder)
        scanner = ScannerPool(
            worker_options(settings), workers=settings.scan_workers, seconds=settings.scan.timeout
        )
        await scanner.start()
        stack.push_async_callback(scanner.stop)
        relay = Relay(database, blobs, relay_options(settings))
        road = Road(
            database=database,
            blobs=blobs,
            scanner=scanner,
            hostname=settings.hostname,
            decided=relay.poke,
            lookback=settings.scan.lookback,
            max_attempts=settings.scan.max_attempts,
        )
        yield App(settings=settings, database=database, blobs=blobs, scanner=scanner, relay=relay, road=road)


async def _database(settings: Settings) -> Database:
    try:
        return await open_database(settings.store_url)
    except WrongStore as problem:
        raise WrongStart(str(problem)) from None


def make_folder(folder: Path) -> None:
    """Create a folder of ours. Raises WrongStart."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".write-test"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise WrongStart(
            f"cannot write to {folder} ({problem.strerror}):"
            " make it writable, or set server.data to another folder"
        ) from None


def worker_options(settings: Settings) -> WorkerOptions:
    """What the scan workers are told."""
    return WorkerOptions(
        blobs=str(settings.blobs_folder),
        dns_servers=settings.dns.servers,
        dns_timeout=settings.dns.timeout,
        dns_attempts=settings.dns.attempts,
        dns_concurrency=settings.dns.concurrency,
        dns_cache=settings.dns.cache_size,
        offline=settings.dns.offline,
        memory=settings.scan.memory_mib * MIB,
    )


def relay_options(settings: Settings) -> RelayOptions:
    """How mail goes out."""
    relay = settings.relay
    host, _, port = relay.bounce_next_hop.rpartition(":")
    return RelayOptions(
        client=ClientOptions(
            hostname=settings.hostname,
            verify=relay.tls_verify,
            ca_file=Path(relay.tls_ca_file) if relay.tls_ca_file else None,
        ),
        retry_waits=tuple(float(wait) for wait in relay.retry_waits),
        give_up_after=float(relay.give_up_after),
        workers=relay.workers,
        bounce_route=NextHop(host.strip("[]"), int(port)) if host else None,
        jitter=random.random,
    )


def smtp_limits(settings: Settings) -> GatewayLimits:
    """The gateway's limits, those that have a setting taken from there."""
    smtp = settings.smtp
    return GatewayLimits(
        message_bytes=smtp.size_limit,
        connections=smtp.max_connections,
        connections_per_client=smtp.max_connections_per_client,
        recipients=smtp.max_recipients,
        commands=smtp.max_commands,
        errors=smtp.max_errors,
        idle_seconds=float(smtp.idle_timeout),
    )


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """The certificate for STARTTLS, None when there is none. Raises WrongStart."""
    smtp = settings.smtp
    if not smtp.tls_cert:
        return None
    try:
        return server_context(Path(smtp.tls_cert), Path(smtp.tls_key or smtp.tls_cert))
    except BadCertificateError as problem:
        raise WrongStart(f"{problem}: set smtp.tls_cert and smtp.tls_key") from None


def retention_ages(settings: Settings) -> Ages:
    """The installation's ages; 0 days keep for ever."""
    kept = settings.retention
    return Ages(bytes=_days(kept.bytes_days), facts=_days(kept.facts_days), records=_days(kept.records_days))


def _days(count: int) -> timedelta | None:
    return timedelta(days=count) if count else None
