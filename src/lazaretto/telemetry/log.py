"""Structured log lines: one JSON object a line, or words in colour on a terminal.

One line a message and step, with its `queue_id`.
Values may come from an attacker: control characters are shown escaped, and long values are cut.
Values under a name that promises a secret are never written.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog
from structlog.typing import Processor

from lazaretto.telemetry.text import printable

SECRET_NAMES = frozenset({"secret", "password", "token", "authorization", "key", "api_key", "cookie"})

MAX_VALUE = 2_000
"""Characters of one value: a header of a megabyte does not belong into a log."""


def configure_log(
    level: Literal["debug", "info", "warning", "error"] = "info",
    form: Literal["auto", "json", "console"] = "auto",
    *,
    stream: TextIO | None = None,
) -> None:
    """Send structlog's lines, and those of libraries that use logging, to one stream (standard error)."""
    out = stream or sys.stderr
    console = form == "console" or (form == "auto" and out.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        harmless,
    ]
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty(), timestamp_key="at")
        if console
        else structlog.processors.JSONRenderer()
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    _route_libraries(shared, last, out, number)


def _route_libraries(shared: list[Processor], last: Processor, out: TextIO, number: int) -> None:
    lines = logging.StreamHandler(out)
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[strip, last])
    )
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(max(number, logging.WARNING))


def harmless(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Hide secrets, escape what would steer a terminal, cut what is too long."""
    return {name: _harmless(name, value) for name, value in event.items()}


def _harmless(name: str, value: object) -> object:
    if name.lower() in SECRET_NAMES:
        return "***"
    if isinstance(value, str):
        text = value if name == "exception" else printable(value)
        return text if len(text) <= MAX_VALUE or name == "exception" else text[:MAX_VALUE] + "…"
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return {str(key): _harmless(str(key), item) for key, item in pairs.items()}
    if isinstance(value, list | tuple):
        return [_harmless(name, item) for item in value]
    return value
