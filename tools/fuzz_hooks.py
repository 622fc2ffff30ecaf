"""Loaded by Schemathesis: puts ids of real objects into paths, since made-up ones would never be known.

FUZZ_IDS names a JSON file: path parameter, or path and parameter, to a list of ids. Imports nothing of ours.
"""

import json
import os
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis

IDS = json.loads(Path(os.environ["FUZZ_IDS"]).read_text())
REAL_OF = 4
"""Three of four ids are real."""


NAMES_OF_MESSAGES = ("id", "postfix_id", "ids", "postfix_ids", "body")
UNREADABLE = "\x7f"
"""Text that is no number, no time and no word of any list."""


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
    """The same draw becomes the same id, so that a failure can be repeated."""
    for name, value in dict(path_parameters or {}).items():
        known = IDS.get(f"{context.operation.path} {name}") or IDS.get(name)
        if name == "account_id":
            path_parameters[name] = IDS[name][0]
        elif known:
            path_parameters[name] = _real(value, known)
    return path_parameters


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Messages that a body names are real ones too."""
    if "/investigate/" in context.operation.path and isinstance(body, dict):
        known = IDS["investigate_id"]
        for name in set(NAMES_OF_MESSAGES) & body.keys():
            if isinstance(body[name], list):
                body[name] = [_real(one, known) if isinstance(one, str) else one for one in body[name]]
            elif isinstance(body[name], str):
                body[name] = _real(body[name], known)
    return body


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """An empty value in a query counts as not given, since SDKs send such: here it becomes unreadable."""
    del context, kwargs
    for name, value in dict(case.query or {}).items():
        if value in ("", {}, [""], None):
            case.query[name] = UNREADABLE


def _real(value: Any, known: list[str]) -> Any:
    draw = crc32(str(value).encode("utf-8", "surrogatepass"))
    return known[draw // REAL_OF % len(known)] if draw % REAL_OF else value
