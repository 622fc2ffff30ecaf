"""Query and path parameters as the description of the API shows them, from the struct that reads them."""

from typing import Any

import msgspec
from msgspec import NODEFAULT, inspect

Schema = dict[str, Any]

WORDS = {
    "account_id": "The account, 32 characters; `lazaretto account list` shows it.",
    "investigate_id": "The message: its investigate id, or its queue id alone.",
    "job_id": "The bulk job.",
    "page": "Number of the page, from 1.",
    "per_page": "Rows of a page.",
    "order": "What the rows are ordered by.",
    "direction": "Ascending or descending.",
    "search": "Rows that hold this text anywhere.",
    "start": "At or after this time.",
    "end": "Before this time.",
    "from_date": "As `start`, as a date. Deprecated.",
    "to_date": "As `end`, as a date. Deprecated.",
    "pattern": "Rows with this pattern.",
    "pattern_type": "Rows with patterns of this kind.",
    "submission": "Look among the submissions only; else among the mail only.",
    "status": "Rows in this state.",
    "type": "Rows of this kind.",
    "action_type": "Jobs that do this.",
    "query": "Rows that hold these words.",
    "submission_id": "The submission.",
    "original_disposition": "What the message was judged to be at first.",
    "requested_disposition": "What it was submitted as.",
    "outcome_disposition": "What came out of it.",
    "escalated_from_user": "Submissions of users that were taken over by the team.",
    "provenance": "Where the row came from.",
    "domain": "Rows of these domains; may be repeated.",
    "name": "Rows of this name.",
    "enabled": "Rows that are switched on, or off.",
}
"""For parameters whose struct does not describe them itself."""


def path_parameter(name: str) -> Schema:
    """A part of the path."""
    schema: Schema = {"type": "string", "minLength": 1}
    if name == "account_id":
        schema["maxLength"] = 32
    words = WORDS.get(name, f"The id: {name.removesuffix('_id').replace('_', ' ')}.")
    return {"name": name, "in": "path", "required": True, "description": words, "schema": schema}


def query_parameters(kind: type[msgspec.Struct]) -> list[Schema]:
    """One for each field of the struct."""
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return [_query_parameter(field) for field in described.fields]


def _query_parameter(field: inspect.Field) -> Schema:
    schema, words = _schema(field.type)
    if field.default not in (NODEFAULT, None, msgspec.UNSET, ()):
        schema["default"] = msgspec.to_builtins(field.default)
    name = field.encode_name
    words = words or WORDS.get(name, "")
    shown = {"description": words} if words else {}
    return {"name": name, "in": "query", "required": field.required, **shown, "schema": schema}


def _schema(kind: inspect.Type) -> tuple[Schema, str]:
    """The schema of one value and its description; what is absent is not sent, so null is no value."""
    match kind:
        case inspect.Metadata(type=inner, extra_json_schema=extra):
            schema, words = _schema(inner)
            return schema, (extra or {}).get("description", words)
        case inspect.UnionType(types=types):
            (inner,) = (each for each in types if not isinstance(each, inspect.NoneType))
            return _schema(inner)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            schema, words = _schema(item)
            return {"type": "array", "items": schema}, words
        case _:
            return _plain(kind), ""


def _plain(kind: inspect.Type) -> Schema:
    if type(kind) in _FIXED:
        return dict(_FIXED[type(kind)])
    match kind:
        case inspect.IntType(ge=low, le=high):
            return {"type": "integer"} | _given(minimum=low, maximum=high)
        case inspect.StrType(min_length=low, max_length=high):
            return {"type": "string"} | _given(minLength=low, maxLength=high)
        case inspect.EnumType(cls=members):
            return {"type": "string", "enum": [str(member.value) for member in members]}
        case inspect.LiteralType(values=words):
            return {"type": "string", "enum": [str(word) for word in words]}
        case _:
            raise TypeError(f"no query parameter can be of the type {kind}")


_FIXED: dict[type[inspect.Type], Schema] = {
    inspect.BoolType: {"type": "boolean"},
    inspect.DateTimeType: {"type": "string", "format": "date-time"},
    inspect.DateType: {"type": "string", "format": "date"},
}


def _given(**limits: float | None) -> Schema:
    return {name: limit for name, limit in limits.items() if limit is not None}
