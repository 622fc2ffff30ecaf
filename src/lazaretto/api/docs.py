"""`GET /client/v4/docs`: the description of the API as a page for people.

It is made from the same value as openapi.json, loads nothing from anywhere and runs no script.
"""

import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lazaretto.api.call import Desk
from lazaretto.api.entry import BASE, Entry
from lazaretto.api.home import POLICY
from lazaretto.api.openapi import MARK, describe
from lazaretto.api.reply import JSON
from lazaretto.api.sample import REFERENCE, sample

Schema = dict[str, Any]
Page = Callable[[Desk, Request], Awaitable[Response]]

TOKEN = "$LAZARETTO_TOKEN"  # noqa: S105 - the name of a variable of the reader's shell
ACCOUNT_PART = "{account_id}"
SHOWN_ENUM = 12
"""Words of an enumeration that fit a table; all of them stand in openapi.json."""


def docs_page(entries: Sequence[Entry]) -> Page:
    """Serves the page; made on the first request and kept."""
    made: list[tuple[str, str]] = []

    async def show(desk: Desk, request: Request) -> Response:
        del request
        if not made:
            made.append(render(describe(entries, desk.services.version)))
        text, policy = made[0]
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        return HTMLResponse(text, headers=headers)

    return show


def render(document: Schema) -> tuple[str, str]:
    """The page and the policy that holds it to what it is."""
    folder = files("lazaretto.api") / "pages"
    style = (folder / "docs.css").read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    groups = _groups(document)
    text = Template((folder / "docs.html").read_text("utf-8")).substitute(
        style=style,
        version=escape(document["info"]["version"]),
        total=sum(len(operations) for operations in groups.values()),
        index="".join(_index_line(name, operations) for name, operations in groups.items()),
        groups="".join(_group(name, operations) for name, operations in groups.items()),
    )
    return text, f"{POLICY}; style-src 'sha256-{digest}'"


def _groups(document: Schema) -> dict[str, list[str]]:
    """Each group's operations, as HTML."""
    groups: dict[str, list[str]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            shown = _operation(method.upper(), path, operation, document["components"]["schemas"])
            groups[operation["tags"][0]].append(shown)
    return groups


def _index_line(name: str, operations: list[str]) -> str:
    return f'<li><a href="#{_anchor(name)}">{escape(name)}</a> <span>{len(operations)}</span></li>'


def _group(name: str, operations: list[str]) -> str:
    return f'<section id="{_anchor(name)}"><h2>{escape(name)}</h2>{"".join(operations)}</section>'


def _anchor(name: str) -> str:
    return escape(name.replace(" ", "-"))


def _operation(method: str, path: str, operation: Schema, components: Schema) -> str:
    """One line that opens: parameters, an example call, an example answer."""
    ours = '<em title="not in the published contract">ours</em>' if operation.get(MARK) else ""
    status, answer = next(iter(operation["responses"].items()))
    content = answer.get("content", {})
    other = "".join(f" or <code>{escape(kind)}</code>" for kind in content if kind != JSON)
    schema = content.get(JSON, {}).get("schema")
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f'<b class="{method.lower()}">{method}</b><code>{_shown_path(path)}</code>'
        f"<span>{escape(operation['summary'])}</span>{ours}</summary><div>"
        f"<p>{_with_code(operation['description'])}</p>"
        f"{_parameters(operation['parameters'])}"
        f"{_body(operation, components)}"
        f"<h3>Call</h3><pre>{escape(curl(method, path, operation, components))}</pre>"
        f"<h3>Answer {status}{other}</h3>{_answer(schema, components)}"
        "</div></details>\n"
    )


def _shown_path(path: str) -> str:
    """Without what stands before every path, and with parameters that stand out."""
    short = path.replace(f"/accounts/{ACCOUNT_PART}/email-security", "…").replace(
        f"/accounts/{ACCOUNT_PART}", "/accounts/…"
    )
    return escape(short).replace("{", "<i>{").replace("}", "}</i>")


def _with_code(text: str) -> str:
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if odd % 2 else piece for odd, piece in enumerate(pieces))


def _parameters(parameters: list[Schema]) -> str:
    shown = [parameter for parameter in parameters if parameter["name"] != "account_id"]
    if not shown:
        return ""
    return f"<h3>Parameters</h3><table>{''.join(_parameter(parameter) for parameter in shown)}</table>"


def _parameter(parameter: Schema) -> str:
    schema = parameter["schema"]
    words = _with_code(parameter.get("description", ""))
    if "default" in schema:
        words += f" Default <code>{escape(json.dumps(schema['default']))}</code>."
    place = " <small>in the path</small>" if parameter["in"] == "path" else ""
    needed = " <small>required</small>" if parameter["required"] and not place else ""
    name = f"{escape(parameter['name'])}{place}{needed}"
    return f"<tr><th>{name}</th><td>{_kind(schema)}</td><td>{words}</td></tr>"


def _body(operation: Schema, components: Schema) -> str:
    """The fields of the body, where it is an object or may be one."""
    held = operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema")
    found = None if held is None else _object_in(held, components)
    if found is None:
        return ""
    needed = found.get("required", ())
    rows = (
        f"<tr><th>{escape(name)}{' <small>required</small>' if name in needed else ''}</th>"
        f"<td>{_kind(_resolved(field, components))}</td>"
        f"<td>{_with_code(field.get('description', ''))}</td></tr>"
        for name, field in found["properties"].items()
    )
    return f"<h3>Body</h3><table>{''.join(rows)}</table>"


def _object_in(schema: Schema, components: Schema) -> Schema | None:
    """The alternative that has fields."""
    schema = _resolved(schema, components)
    if schema.get("properties"):
        return schema
    branches = (_object_in(branch, components) for branch in schema.get("anyOf", ()))
    return next((branch for branch in branches if branch is not None), None)


def _resolved(schema: Schema, components: Schema) -> Schema:
    """Without reference, and without the alternative of null."""
    if "$ref" in schema:
        return _resolved(components[schema["$ref"].removeprefix(REFERENCE)], components)
    branches = [branch for branch in schema.get("anyOf", ()) if branch.get("type") != "null"]
    return _resolved(branches[0], components) if len(branches) == 1 else schema


def _kind(schema: Schema) -> str:
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))} <small>list</small>"
    if "enum" in schema:
        words = [f"<code>{escape(str(word))}</code>" for word in schema["enum"]]
        return " ".join(words[:SHOWN_ENUM]) + (" …" if len(words) > SHOWN_ENUM else "")
    kind = escape(str(schema.get("format", schema.get("type", "any"))))
    if "maximum" in schema:
        return f"{kind} {schema.get('minimum', '')}-{schema['maximum']}"
    return kind


def curl(method: str, path: str, operation: Schema, components: Schema) -> str:
    """The call as a line of a shell."""
    address = path.replace(ACCOUNT_PART, "$LAZARETTO_ACCOUNT")
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" and parameter["name"] != "account_id":
            value = sample(parameter["schema"], components, parameter["name"])
            address = address.replace(f"{{{parameter['name']}}}", "1042" if value == "text" else value)
    words = ["curl -s"] + ([f"-X {method}"] if method not in ("GET", "POST") else [])
    lines = [" ".join(words) + f' -H "Authorization: Bearer {TOKEN}"']
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        kind, held = next(iter(content.items()))
        body = json.dumps(sample(held["schema"], components)) if kind == JSON else "@file"
        word = "-d" if kind == JSON else "--data-binary"
        lines.append(f"  -H 'Content-Type: {kind}' {word} '{body}'")
    elif method == "POST":
        lines[0] = lines[0].replace("curl -s", "curl -s -X POST")
    lines.append(f'  "$LAZARETTO{BASE}{address}"')
    return " \\\n".join(lines)


def _answer(schema: Schema | None, components: Schema) -> str:
    if schema is None:
        return "<p>Not JSON.</p>"
    return f"<pre>{escape(json.dumps(sample(schema, components), indent=2))}</pre>"
