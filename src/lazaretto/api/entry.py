"""One operation of the API as data: what serves it, whom it serves, and what it takes and gives.

Every resource module lists its operations in `ROUTES`; `routes` joins them, and the published description of
the API is made from them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from starlette.responses import Response

from lazaretto.api.call import Call
from lazaretto.model.access import Capability

BASE = "/client/v4"
ACCOUNT = BASE + "/accounts/{account_id}"
SECURITY = ACCOUNT + "/email-security"
INVESTIGATE = SECURITY + "/investigate"
MESSAGE = INVESTIGATE + "/{investigate_id}"
SETTINGS = SECURITY + "/settings"

Operation = Callable[[Call], Awaitable[Response]]
Pages = Literal["", "cursor", "page"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One method of one path."""

    method: str
    path: str
    operation: Operation
    needs: Capability
    title: str  # one line for the description of the API
    query: type | None = None  # struct whose fields are the query parameters
    body: Any = None  # type of the JSON body
    result: Any = None  # type of `result` in the answer
    status: int = 200
    pages: Pages = ""  # how `result_info` is to be read, for lists
    ours: bool = False  # not in the published contract
    audited: bool | None = None  # None: everything but plain reading
    takes: tuple[str, ...] = ()  # other content types of the body
    gives: tuple[str, ...] = ()  # other content types of the answer, for those who ask for them
