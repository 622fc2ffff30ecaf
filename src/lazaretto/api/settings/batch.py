"""`POST settings/<resource>/batch`: many changes as one.

Deletes are made first, then patches, puts and posts. One that cannot be made undoes all, and the refusal
names its place, such as `/patches/3/pattern`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lazaretto.api.settings.resource import Edit, Resource, at, check_count, number_in
from lazaretto.api.wire.settings.entry import Batch

E = TypeVar("E")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Changes(Generic[K]):
    """A batch that was read: everything is checked that needs no store."""

    deletes: tuple[int, ...]
    patches: tuple[tuple[int, Any], ...]
    puts: tuple[tuple[int, K], ...]
    posts: tuple[K, ...]


@dataclass(frozen=True, slots=True)
class Changed(Generic[E]):
    """What a batch has made."""

    deletes: tuple[int, ...]
    patches: tuple[E, ...]
    puts: tuple[E, ...]
    posts: tuple[E, ...]


def read_batch(resource: Resource[E, K], batch: Batch[Any, Any, Any]) -> Changes[K]:
    """The changes that a body wants. Raises Invalid, and NotFound for an id that can be none."""
    check_count(sum(map(len, (batch.deletes, batch.patches, batch.puts, batch.posts))), "")
    return Changes(
        deletes=_numbers(resource, batch.deletes, "/deletes"),
        patches=tuple(zip(_numbers(resource, batch.patches, "/patches"), batch.patches, strict=True)),
        puts=tuple(
            zip(
                _numbers(resource, batch.puts, "/puts"),
                read_all(resource, batch.puts, "/puts"),
                strict=True,
            )
        ),
        posts=read_all(resource, batch.posts, "/posts"),
    )


def read_all(resource: Resource[E, K], bodies: Sequence[Any], place: str) -> tuple[K, ...]:
    """Bodies of one array, checked; `place` is where the array stands."""
    drafts = []
    for index, fields in enumerate(bodies):
        with at(f"{place}/{index}"):
            drafts.append(resource.read(fields))
    return tuple(drafts)


async def apply_batch(resource: Resource[E, K], edit: Edit[E, K], changes: Changes[K]) -> Changed[E]:
    """Make all changes inside one open edit. Raises for the first that cannot be made."""
    for index, number in enumerate(changes.deletes):
        with at(f"/deletes/{index}"):
            await edit.remove(number)
    patched = []
    for index, (number, patch) in enumerate(changes.patches):
        with at(f"/patches/{index}"):
            patched.append(await edit.put(number, resource.merge(await edit.get(number), patch)))
    put = []
    for index, (number, draft) in enumerate(changes.puts):
        with at(f"/puts/{index}"):
            put.append(await edit.put(number, draft))
    posted = await add_all(edit, changes.posts, "/posts")
    return Changed(changes.deletes, tuple(patched), tuple(put), posted)


async def add_all(edit: Edit[E, K], drafts: Sequence[K], place: str) -> tuple[E, ...]:
    """Add entries inside one open edit; `place` is where they stand."""
    added = []
    for index, draft in enumerate(drafts):
        with at(f"{place}/{index}"):
            added.append(await edit.add(draft))
    return tuple(added)


def _numbers(resource: Resource[E, K], items: Sequence[Any], place: str) -> tuple[int, ...]:
    return tuple(number_in(resource, item.id, f"{place}/{index}/id") for index, item in enumerate(items))
