"""Everything built by hand, from settings: what a running Lazaretto consists of."""

import os
import random
import secrets
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from lazaretto.actions.bulk import Bulk
from lazaretto.actions.bulk_options import BulkOptions
from lazaretto.actions.bulk_tools import Tools
from lazaretto.actions.learn import running_classifier
from lazaretto.actions.learner import Learner
from lazaretto.actions.porter import Porter
from lazaretto.actions.promote import RuleWatch, start_scanner
from lazaretto.actions.reclassify import Reclassifier, ReclassifyTools
from lazaretto.actions.replay import ReplayTools
from lazaretto.actions.rescanner import Rescanner, RescanTools
from lazaretto.actions.verify import Verifier
from lazaretto.deliver.options import RelayOptions
from lazaretto.deliver.relay import Relay
from lazaretto.deliver.session import ClientOptions
from lazaretto.intake.admission import Rules
from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.report_reader import ReportReader
from lazaretto.intake.tls import BadCertificateError, server_context
from lazaretto.mailbox.mailbox import NoMailboxes
from lazaretto.model.account import NextHop
from lazaretto.pipeline import Road
from lazaretto.resolve.dns import Resolver
from lazaretto.resolve.files import FileOptions, KnownFiles, WrongFilesError
from lazaretto.scanner.job import WorkerOptions
from lazaretto.scanner.pool import ScannerPool
from lazaretto.settings.sections import Settings
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database, open_database
from lazaretto.store.editions import Editions
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
    verifier: Verifier
    porter: Porter
    bulk: Bulk
    reclassifier: Reclassifier
    report_reader: ReportReader
    rule_watch: RuleWatch
    rescanner: Rescanner
    learner: Learner


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
        editions = Editions(settings.data_folder)
        running = await start_scanner(editions, scanner)
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
        porter = Porter(NoMailboxes())
        reclassifier = _reclassifier(settings, road, relay, porter)
        yield App(
            settings=settings,
            database=database,
            blobs=blobs,
            scanner=scanner,
            relay=relay,
            road=road,
            verifier=build_verifier(settings, database),
            porter=porter,
            bulk=_bulk(settings, database, relay, porter),
            reclassifier=reclassifier,
            report_reader=ReportReader(road, submitted=reclassifier.poke),
            rule_watch=RuleWatch(editions, scanner, running),
            rescanner=_rescanner(settings, road, editions),
            learner=Learner(database, partial(running_classifier, settings.data_folder)),
        )


def build_verifier(settings: Settings, database: Database) -> Verifier:
    """It keeps no answers: whoever has just set a record wants to see it found."""
    dns, patience = settings.dns, timedelta(seconds=settings.domains.give_up_after)
    resolver = partial(
        Resolver,
        dns.servers,
        timeout=dns.timeout,
        attempts=dns.attempts,
        concurrency=dns.concurrency,
        cache_size=0,
    )
    return Verifier(database, None if dns.offline else resolver, patience=patience)


def _reclassifier(settings: Settings, road: Road, relay: Relay, porter: Porter) -> Reclassifier:
    tools = ReclassifyTools(
        database=road.database,
        blobs=road.blobs,
        scanner=road.scanner,
        porter=porter,
        released=relay.poke,
        lookback=settings.scan.lookback,
    )
    return Reclassifier(tools)


def _rescanner(settings: Settings, road: Road, editions: Editions) -> Rescanner:
    """One worker: live mail comes first."""
    tools = ReplayTools(
        road.database, road.blobs, worker_options(settings), workers=1, seconds=settings.scan.timeout
    )
    return Rescanner(RescanTools(tools, editions))


def _bulk(settings: Settings, database: Database, relay: Relay, porter: Porter) -> Bulk:
    tools = Tools(
        database=database,
        porter=porter,
        poke_relay=relay.poke,
        options=BulkOptions(),
        clock=lambda: datetime.now(UTC),
        owner=f"{settings.hostname}:{os.getpid()}:{secrets.token_hex(4)}",
    )
    return Bulk(tools)


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
    """What the scan workers are told. Raises WrongStart where they would not start."""
    scan = settings.scan
    files = FileOptions(scan.hash_lists, scan.yara_folder, scan.clamav_socket)
    try:
        KnownFiles(files)
    except WrongFilesError as problem:
        raise WrongStart(str(problem)) from None
    return WorkerOptions(
        files=files,
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
    return RelayOptions(
        client=ClientOptions(
            hostname=settings.hostname,
            verify=relay.tls_verify,
            ca_file=Path(relay.tls_ca_file) if relay.tls_ca_file else None,
        ),
        retry_waits=tuple(float(wait) for wait in relay.retry_waits),
        give_up_after=float(relay.give_up_after),
        workers=relay.workers,
        default_route=_route(relay.default_next_hop),
        bounce_route=_route(relay.bounce_next_hop),
        jitter=random.random,
    )


def _route(text: str) -> NextHop | None:
    host, _, port = text.rpartition(":")
    return NextHop(host.strip("[]"), int(port)) if host else None


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


def door_rules(settings: Settings) -> Rules:
    """What the gateway asks of every domain."""
    return Rules(
        require_verification=settings.domains.require_verification,
        default_route=bool(settings.relay.default_next_hop),
        offers_tls=bool(settings.smtp.tls_cert),
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
