"""The page about roles tells what the program does."""

import re
from pathlib import Path

from lazaretto.model.access import Capability, Role

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"


def test_the_table_of_roles():
    """Every capability with every role, as it is."""
    head, *rows = re.findall(r"^\| (\w+) \| [^|]+ \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)[
        : len(Capability) + 1
    ]

    assert ("capability", [str(role) for role in Role]) == (head[0], head[1].split(" | "))
    assert [
        (str(capability), ["yes" if capability in role.capabilities else "no" for role in Role])
        for capability in Capability
    ] == [(name, cells.split(" | ")) for name, cells in rows]
