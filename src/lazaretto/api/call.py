"""One call of the API: who asks, and what the operation may reach."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.requests import Request

from lazaretto.api import codes
from lazaretto.api.auth import Authenticator
from lazaretto.api.budget import read, write
from lazaretto.api.client import client_address
from lazaretto.api.rate import Rates
from lazaretto.api.services import Services
from lazaretto.api.snapshots import Snapshots
from lazaretto.api.totals import Totals
from lazaretto.model.account import Token
from lazaretto.model.errors import NotFound
from lazaretto.model.record import Record
from lazaretto.store import messages
from lazaretto.store.audit_writer import AuditWriter
from lazaretto.store.database import Transaction

T = TypeVar("T")

UPLOADS_AT_ONCE = 4
"""Large bodies in hand at one time: each is held in memory several times over."""

PREVIEWS_AT_ONCE = 2
"""Pictures that are made at one time: each is a renderer's work of seconds and much memory."""

_REFERENCE = re.compile(r"[A-Za-z0-9:_\-]{1,128}")
"""Investigate ids and queue ids are made of these; anything else is not even looked up."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What all calls share."""

    services: Services
    authenticator: Authenticator
    snapshots: Snapshots
    totals: Totals
    raw_turns: asyncio.Semaphore  # messages that may be made into JSON at one time
    rates: Rates
    audit: AuditWriter
    verify_turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    learn_turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    upload_turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UPLOADS_AT_ONCE))
    preview_turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PREVIEWS_AT_ONCE))


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    request: Request
    desk: Desk
    token: Token

    @property
    def services(self) -> Services:
        """The rest of the program."""
        return self.desk.services

    @property
    def account(self) -> str:
        """The account that the credential is bound to, which is the one in the path."""
        return self.token.account

    @property
    def actor(self) -> str:
        """The name that action logs carry for whoever asks."""
        return self.token.actor

    @property
    def address(self) -> str:
        """Where the request comes from, without the proxies in front of us."""
        return client_address(self.request, self.services.options.proxies)

    def note(self, name: str, value: str) -> None:
        """Something the audit log shall tell about how it ended, as the id of what was made."""
        self.request.state.notes = {**getattr(self.request.state, "notes", {}), name: value}

    async def read(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Ask the store."""
        return await read(self.services.database, work)

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Change the store."""
        return await write(self.services.database, work)

    @property
    def reference(self) -> str:
        """The investigate id or the bare queue id in the path, percent decoded."""
        return str(self.request.path_params["investigate_id"])

    @property
    def client(self) -> str:
        """The connection: address and port."""
        return str(self.request.client)


def is_reference(text: str) -> bool:
    """The text could be an investigate id or a queue id."""
    return _REFERENCE.fullmatch(text) is not None


def no_message(reference: str) -> NotFound:
    """The refusal for an id that this account does not have."""
    shown = reference if is_reference(reference) else "this id"
    return NotFound(codes.NOT_FOUND, f"There is no message {shown} in this account", pointer="investigate_id")


async def find_record(call: Call, *, submissions: bool | None = None) -> Record:
    """The record that the path names; 404 when the account has none of that id."""
    reference = call.reference
    if not is_reference(reference):
        raise no_message(reference)
    record = await call.read(
        lambda tx: messages.get_record(tx, call.account, reference, submissions=submissions)
    )
    if record is None:
        raise no_message(reference)
    return record
