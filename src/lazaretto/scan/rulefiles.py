"""The data files of the scan: rules, thresholds, word lists, classifier. Read from the package, once.

This is the only place of the scan that touches a file, and it only reads what was installed with it.
A process may lay other files over the shipped ones before it scans anything; it keeps them for its whole
life, so that all lists and rules of one process belong together.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")

_laid: dict[str, bytes] = {}


class RuleFileError(ValueError):
    """A rule file is wrong; the text names the file and the key."""


@cache
def shipped_files() -> dict[str, bytes]:
    """Every shipped data file by name, in the order of names."""
    folder = files("lazaretto.scan").joinpath("rules")
    found = [f for f in folder.iterdir() if f.name.endswith((".toml", ".bin"))]
    return {f.name: f.read_bytes() for f in sorted(found, key=lambda f: f.name)}


def lay_over(laid: Mapping[str, bytes]) -> None:
    """Use these files in this process, in place of shipped ones or beside them; call it before any scan."""
    _laid.clear()
    _laid.update(laid)


def rule_files() -> dict[str, bytes]:
    """Every data file that this process scans with."""
    return {**shipped_files(), **_laid}


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
