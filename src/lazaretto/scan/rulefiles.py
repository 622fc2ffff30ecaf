"""The data files of the scan: rules, thresholds, word lists, brands, hosts. Read from the package, once.

This is the only place of the scan that touches a file, and it only reads what was installed with it.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")


class RuleFileError(ValueError):
    """A rule file is wrong; the text names the file and the key."""


@cache
def shipped_files() -> dict[str, bytes]:
    """Every shipped data file by name, in the order of names."""
    folder = files("lazaretto.scan").joinpath("rules")
    found = [f for f in folder.iterdir() if f.name.endswith(".toml")]
    return {f.name: f.read_bytes() for f in sorted(found, key=lambda f: f.name)}


def read_table(name: str, content: bytes, shape: type[T]) -> T:
    """One file as a checked value; the error says which file, which key, and what was expected."""
    try:
        raw = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleFileError(f"{name}: not readable as TOML: {error}") from error
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise RuleFileError(f"{name}: {error}") from error
