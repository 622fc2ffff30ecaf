"""The operations of one kind of settings.

POST gives 201, the others 200. PUT replaces all fields, PATCH those that it has. What is answered is what is
kept, after the commit. With `Accept: text/csv` the list is a file, see `sheet`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import msgspec
from starlette.responses import Response

from lazaretto.api.body import read_body, read_json
from lazaretto.api.budget import write
from lazaretto.api.call import Call
from lazaretto.api.entry import SETTINGS, Entry
from lazaretto.api.paging import page_info, read_query
from lazaretto.api.reply import success
from lazaretto.api.settings.batch import add_all, apply_batch, read_all, read_batch
from lazaretto.api.settings.resource import Edit, Resource, check_count, no_entry, number_in
from lazaretto.api.settings.sheet import (
    Imported,
    ImportQuery,
    accepts_csv,
    add_rows,
    read_sheet,
    receive_sheet,
    send_sheet,
)
from lazaretto.api.wire.settings.entry import Batch, BatchResult, Deleted, identified
from lazaretto.model.access import Capability
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.store.database import Transaction

E = TypeVar("E")
K = TypeVar("K")
T = TypeVar("T")

PUBLISHED_PUT = frozenset({"allow_policies", "block_senders", "trusted_domains", "domains"})
UNPUBLISHED_BATCH = frozenset({"impersonation_registry"})
"""Every resource has both; these are, or are not, in the contract."""

MAX_NOTED = 100
"""Ids of new entries that the audit log keeps of one request."""


class Operations(Generic[E, K]):
    """All operations of a resource."""

    def __init__(self, resource: Resource[E, K]) -> None:
        self.resource = resource
        fields: Any = resource.fields
        patched: Any = identified(resource.patch)
        self.replace_body: Any = resource.replacement or fields
        put: Any = identified(self.replace_body)
        self.create_body: Any = fields | list[fields] if resource.takes_arrays else fields
        self.batch_body: Any = Batch[patched, fields, put]
        self._create = msgspec.json.Decoder(self.create_body)
        self._replace = msgspec.json.Decoder(self.replace_body)
        self._patch = msgspec.json.Decoder(resource.patch)
        self._batch = msgspec.json.Decoder(self.batch_body)

    async def list_entries(self, call: Call) -> Response:
        """A page, or all as CSV."""
        resource, query = self.resource, read_query(call.request, self.resource.query)
        if resource.columns and accepts_csv(call.request):
            found = await call.read(lambda tx: resource.shelf.find_all(tx, call.account, query))
            return await send_sheet(resource, found)
        entries, total = await call.read(lambda tx: resource.shelf.find(tx, call.account, query))
        rows = [resource.show(entry) for entry in entries]
        return success(rows, result_info=page_info(query, len(rows), total))

    async def get_entry(self, call: Call) -> Response:
        """One entry."""
        number = self._number(call)
        entry = await call.read(lambda tx: self.resource.shelf.get(tx, call.account, number))
        if entry is None:
            raise no_entry(self.resource, str(number), self.resource.key)
        return success(self.resource.show(entry))

    async def create_entry(self, call: Call) -> Response:
        """A new entry; several when an array is sent, where that is offered."""
        resource, body = self.resource, await self._body(call, self._create)
        if isinstance(body, list):
            check_count(len(body), "")
            drafts = await asyncio.to_thread(read_all, resource, body, "")
            added = await self._change_all(call, lambda edit: add_all(edit, drafts, ""))
        else:
            draft = resource.read(body)
            added = (await self._change_all(call, lambda edit: edit.add(draft)),)
        rows = [resource.show(entry) for entry in added]
        call.note("id", " ".join(getattr(row, "id", "") for row in rows[:MAX_NOTED]))
        return success(rows if isinstance(body, list) else rows[0], status=201)

    async def replace_entry(self, call: Call) -> Response:
        """Another content for an entry."""
        number = self._number(call)
        draft = self.resource.read(await self._body(call, self._replace))
        return await self._put(call, lambda edit: edit.put(number, draft))

    async def change_entry(self, call: Call) -> Response:
        """Other values for some fields of an entry."""
        number, patch = self._number(call), await self._body(call, self._patch)

        async def change(edit: Edit[E, K]) -> E:
            return await edit.put(number, self.resource.merge(await edit.get(number), patch))

        return await self._put(call, change)

    async def delete_entry(self, call: Call) -> Response:
        """Remove an entry."""
        number = self._number(call)
        with self._named():
            await self._change_all(call, lambda edit: edit.remove(number))
        return success(Deleted(str(number)))

    async def change_entries(self, call: Call) -> Response:
        """A batch."""
        resource = self.resource
        changes = await asyncio.to_thread(read_batch, resource, await self._body(call, self._batch))
        made = await self._change_all(call, lambda edit: apply_batch(resource, edit, changes))
        return success(
            BatchResult(
                deletes=tuple(Deleted(str(number)) for number in made.deletes),
                patches=tuple(resource.show(entry) for entry in made.patches),
                puts=tuple(resource.show(entry) for entry in made.puts),
                posts=tuple(resource.show(entry) for entry in made.posts),
            )
        )

    async def import_entries(self, call: Call) -> Response:
        """All rows of a CSV file as new entries."""
        query = read_query(call.request, ImportQuery)
        rows = await asyncio.to_thread(read_sheet, self.resource, await receive_sheet(call))
        skip = query.duplicates == "skip"
        result = await self._change_all(call, lambda edit: add_rows(edit, rows, skip=skip))
        return success(result, status=201)

    async def _put(self, call: Call, change: Callable[[Edit[E, K]], Awaitable[E]]) -> Response:
        with self._named():
            return success(self.resource.show(await self._change_all(call, change)))

    async def _change_all(self, call: Call, change: Callable[[Edit[E, K]], Awaitable[T]]) -> T:
        """The result of changes that are made together."""
        now = call.services.now()

        async def work(tx: Transaction) -> T:
            edit = await self.resource.shelf.edit(tx, call.account, now)
            made = await change(edit)
            await edit.end()
            return made

        return await write(call.services.database, work)

    async def _body(self, call: Call, decoder: "msgspec.json.Decoder[Any]") -> Any:
        return read_json(await read_body(call.request, call.services.options), decoder)

    def _number(self, call: Call) -> int:
        key = self.resource.key
        return number_in(self.resource, str(call.request.path_params[key]), key)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """What is wrong with an id is wrong with the one in the path."""
        try:
            yield
        except (NotFound, Invalid) as refusal:
            if refusal.pointer not in {None, "/id"}:
                raise
            raise type(refusal)(refusal.code, refusal.public, pointer=self.resource.key) from None


def routes(resource: Resource[E, K]) -> tuple[Entry, ...]:
    """The operations on their paths; what has a fixed word comes before what has an id."""
    made = Operations(resource)
    path, one = f"{SETTINGS}/{resource.word}", f"{SETTINGS}/{resource.word}/{{{resource.key}}}"
    shown: Any = resource.shown
    added = shown | list[shown] if resource.takes_arrays else shown
    batched = BatchResult[shown]
    plural, read, policy = resource.plural, Capability.READ, Capability.POLICY
    word = resource.word
    noun = f"{'an' if resource.noun[0] in 'aeiou' else 'a'} {resource.noun}"
    sheet = Entry(
        "POST",
        f"{path}/import",
        made.import_entries,
        policy,
        f"Add {plural} from a CSV file",
        query=ImportQuery,
        result=Imported,
        status=201,
        ours=True,
        takes=("text/csv",),
    )
    return (
        Entry(
            "GET",
            path,
            made.list_entries,
            read,
            f"List {plural}",
            resource.query,
            None,
            list[shown],
            pages="page",
            gives=("text/csv",) if resource.columns else (),
        ),
        Entry("POST", path, made.create_entry, policy, f"Add {noun}", None, made.create_body, added, 201),
        Entry(
            "POST",
            f"{path}/batch",
            made.change_entries,
            policy,
            f"Change many {plural}",
            None,
            made.batch_body,
            batched,
            ours=word in UNPUBLISHED_BATCH,
        ),
        *((sheet,) if resource.columns else ()),
        Entry("GET", one, made.get_entry, read, f"Show {noun}", None, None, shown),
        Entry("PATCH", one, made.change_entry, policy, f"Change {noun}", None, resource.patch, shown),
        Entry(
            "PUT",
            one,
            made.replace_entry,
            policy,
            f"Replace {noun}",
            None,
            made.replace_body,
            shown,
            ours=word not in PUBLISHED_PUT,
        ),
        Entry("DELETE", one, made.delete_entry, policy, f"Remove {noun}", None, None, Deleted),
    )
