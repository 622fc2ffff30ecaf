"""docs/wire.md tells of everything that is ours and of every code."""

import re
from pathlib import Path

from lazaretto.api import codes
from lazaretto.api.entry import BASE, SECURITY
from lazaretto.api.routes import CONTRACT

PAGE = (Path(__file__).resolve().parents[2] / "docs/wire.md").read_text()


def shown(entry):
    """An operation as the page writes it."""
    path = entry.path.replace(SECURITY, "…")
    return f"`{entry.method} {path.removeprefix(BASE)}`"


def test_every_operation_of_ours_is_on_the_page():
    """By method and path."""
    missing = [shown(entry) for entry in CONTRACT if entry.ours and shown(entry) not in PAGE]

    assert missing == []


def test_nothing_is_called_ours_that_is_not():
    """The table of additions holds no operation that is gone."""
    table = PAGE.partition("## Added")[2].partition("Fields and headers")[0]
    named = set(re.findall(r"`(?:GET|POST|PUT|PATCH|DELETE) [^`]+`", table))

    assert named - {shown(entry) for entry in CONTRACT if entry.ours} == set()


def test_every_code_is_on_the_page():
    """Each number, as a word of its own."""
    numbers = {value for name, value in vars(codes).items() if name.isupper()}

    assert sorted(number for number in numbers if not re.search(rf"\b{number}\b", PAGE)) == []
