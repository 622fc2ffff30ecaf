"""Log lines: one JSON object each, no secret, nothing that steers a terminal."""

import io
import json
import logging

import pytest
import structlog

from lazaretto.telemetry.log import MAX_VALUE, configure_log
from lazaretto.telemetry.text import printable


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def written(form="json", level="info", **values) -> str:
    stream = io.StringIO()
    configure_log(level, form, stream=stream)
    structlog.get_logger().info("decided", **values)
    return stream.getvalue()


def test_one_object_a_line():
    """Time, level, event and the values, on one line."""
    line = json.loads(written(queue_id="4Njp3P0STMz2c02Q", orders={"bob@two.example": "deliver"}))

    assert ("decided", "info", "4Njp3P0STMz2c02Q") == (line["event"], line["level"], line["queue_id"])
    assert line["at"].endswith("Z")
    assert {"bob@two.example": "deliver"} == line["orders"]


def test_level():
    """Less important lines are not written."""
    assert "" == written(level="warning", queue_id="x")


def test_secrets_are_hidden():
    """Whatever is called like a secret is not written, at any depth."""
    text = written(token="tell-nobody", headers={"Authorization": "Bearer tell-nobody"})

    assert "tell-nobody" not in text


@pytest.mark.parametrize("form", ["json", "console"])
def test_terminal_is_not_steered(form):
    """An address may hold escape sequences and line ends; a log of words shows them."""
    text = written(form=form, helo="\x1b[2J\r\nfaked line", names=["\u202egnp.exe"])

    assert "\x1b[2J" not in text
    assert 1 == text.count("\n")
    assert "\u202e" not in text


def test_long_values_are_cut():
    """A header of a megabyte does not belong into a log."""
    line = json.loads(written(value="x" * 1_000_000))

    assert MAX_VALUE + 1 == len(line["value"])


def test_lines_of_libraries():
    """What a library writes with logging has the same form."""
    stream = io.StringIO()
    configure_log("info", "json", stream=stream)
    logging.getLogger("asyncio").warning("slow %s", "callback")

    assert ("slow callback", "warning") == tuple(
        json.loads(stream.getvalue())[key] for key in ("event", "level")
    )


def test_exceptions_are_told():
    """A bug leaves its traceback in one line of JSON."""
    stream = io.StringIO()
    configure_log("info", "json", stream=stream)
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        structlog.get_logger().exception("broken")

    assert "ZeroDivisionError: division by zero" in json.loads(stream.getvalue())["exception"]


def test_printable():
    """Only what cannot be seen is escaped."""
    assert "Grüße 東京" == printable("Grüße 東京")
    assert "a\\x1b\\n\\u202eb\\ud800" == printable("a\x1b\n\u202eb\ud800")
