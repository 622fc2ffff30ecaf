"""Settings from a file and from the environment.

A key that nobody knows is an error, and so is a value of the wrong kind: the sentence names the place and,
for a key, the nearest known one. The environment wins over the file.
An environment variable is LAZARETTO_SECTION__KEY, for example LAZARETTO_HTTP__PORT=8081.
Its value is written as in TOML; quotes may be left out, and a list may be written with commas.
"""

import dataclasses
import difflib
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from lazaretto.settings.check import mistakes
from lazaretto.settings.sections import Settings

ENV_PREFIX = "LAZARETTO_"
ENV_FILE = "LAZARETTO_CONFIG"

_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}


class SettingsError(Exception):
    """The settings cannot be used; the text is one sentence that says what to change."""


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Defaults, then the file (`path`, else the one that LAZARETTO_CONFIG names), then the environment."""
    if path is None and environ.get(ENV_FILE):
        path = Path(environ[ENV_FILE])
    settings = Settings()
    if path is not None:
        settings = _with_file(settings, path)
    settings = _with_environment(settings, environ)
    wrong = next(mistakes(settings), None)
    if wrong is not None:
        raise SettingsError(f"{path}: {wrong}" if path else wrong)
    return settings


def _with_file(settings: Settings, path: Path) -> Settings:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {error}.") from error
    for section, values in table.items():
        _known(str(path), section, _names(settings), "section")
        if not isinstance(values, dict):
            raise SettingsError(f"{path}: [{section}] must be a section with keys, not a single value.")
        for key, value in values.items():
            settings = _with_value(settings, str(path), section, key, value)
    folder = settings.server.data
    if not folder.is_absolute():
        server = dataclasses.replace(settings.server, data=path.absolute().parent / folder)
        settings = dataclasses.replace(settings, server=server)
    return settings


def _with_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    for name in sorted(environ):
        if not name.startswith(ENV_PREFIX) or "__" not in name:
            continue
        section, key = name.removeprefix(ENV_PREFIX).lower().split("__", 1)
        where = f"The environment variable {name}"
        _known(where, section, _names(settings), "section")
        _known(where, key, _names(getattr(settings, section)), f"key of [{section}]")
        kind = get_type_hints(type(getattr(settings, section)))[key]
        settings = _with_value(settings, where, section, key, _from_text(kind, environ[name]))
    return settings


def _with_value(settings: Settings, where: str, section: str, key: str, value: object) -> Settings:
    values = getattr(settings, section)
    _known(where, key, _names(values), f"key of [{section}]")
    field = next(f for f in dataclasses.fields(values) if f.name == key)
    kind = get_type_hints(type(values))[key]
    place = f"{where}: {section}.{key}"
    checked = _checked(place, kind, value)
    _in_range(place, checked, field.metadata)
    return dataclasses.replace(settings, **{section: dataclasses.replace(values, **{key: checked})})


def _names(values: Any) -> list[str]:
    return [f.name for f in dataclasses.fields(values)]


def _known(where: str, name: str, names: list[str], what: str) -> None:
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(names)}."
    raise SettingsError(f"{where}: '{name}' is not a known {what}; {hint}")


def _checked(place: str, kind: Any, value: object) -> object:
    """The value as its kind, or an error that says what was expected."""
    if get_origin(kind) is Literal:
        if value in get_args(kind):
            return value
        raise SettingsError(f"{place} must be one of {', '.join(map(str, get_args(kind)))}, not {value!r}.")
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise SettingsError(f"{place} must be a list, not {value!r}.")
        return tuple(_checked(f"{place}[{at}]", get_args(kind)[0], item) for at, item in enumerate(value))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    if type(value) is kind:
        return value
    raise SettingsError(f"{place} must be {_WORDS[kind]}, not {value!r}.")


def _in_range(place: str, value: object, metadata: Mapping[str, Any]) -> None:
    least, most = metadata["least"], metadata["most"]
    for number in value if isinstance(value, tuple) else (value,):
        if not isinstance(number, int | float) or isinstance(number, bool):
            continue
        if least is not None and number < least:
            raise SettingsError(f"{place} must be at least {least}, not {number}.")
        if most is not None and number > most:
            raise SettingsError(f"{place} must be at most {most}, not {number}.")


def _from_text(kind: Any, text: str) -> object:
    """An environment value as TOML would have given it."""
    if get_origin(kind) is tuple:
        if text.lstrip().startswith("["):
            return _toml(text)
        return [_from_text(get_args(kind)[0], item.strip()) for item in text.split(",") if item.strip()]
    readers: dict[object, Callable[[str], object]] = {int: _toml, float: _toml, bool: _toml}
    return readers.get(kind, str)(text)


def _toml(text: str) -> object:
    """One TOML value; the bare text when it is none, for the check of its kind to complain about."""
    try:
        return tomllib.loads(f"value = {text.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return text
