"""Questions to the store, each with an end: a client that waits is told to come back instead."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from lazaretto.api import codes
from lazaretto.model.errors import TryLater
from lazaretto.store.database import Database, Transaction

T = TypeVar("T")

STORE_SECONDS = 20.0
"""Below the 60 seconds after which SDKs give up and ask again."""


async def read(database: Database, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """The result of a work that only reads. Raises TryLater when the store takes too long."""
    try:
        async with asyncio.timeout(STORE_SECONDS):
            return await database.read(work)
    except TimeoutError:
        raise TryLater(codes.TRY_LATER, "The store is too busy to answer; try again") from None


async def write(database: Database, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """The result of a work that changes something. Raises TryLater; then it may have been done or not."""
    try:
        async with asyncio.timeout(STORE_SECONDS):
            return await database.write(work)
    except TimeoutError:
        raise TryLater(codes.TRY_LATER, "The store is too busy to answer; try again") from None
