"""The page at /: what runs, how it is, and how to call it.

It loads nothing from anywhere and runs no script, and its policy header holds it to that.
"""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lazaretto.api.call import Desk
from lazaretto.api.health import Readiness, ask_all
from lazaretto.model.disposition import Disposition
from lazaretto.telemetry import metrics

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]{1,255}")


async def show_home(desk: Desk, request: Request) -> Response:
    """Made anew for each request: it shows the state of now."""
    template, style, policy = _page()
    readiness = await ask_all(desk)
    text = template.substitute(
        style=style,
        hostname=escape(desk.services.hostname),
        version=escape(desk.services.version),
        state="ready" if readiness.ready else "not ready",
        badge="well" if readiness.ready else "ill",
        parts=_parts(readiness),
        counts=_counts(),
        base=escape(_base(desk, request)),
    )
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})


@cache
def _page() -> tuple[Template, str, str]:
    folder = files("lazaretto.api") / "pages"
    style = (folder / "home.css").read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"{POLICY}; style-src 'sha256-{digest}'"
    return Template((folder / "home.html").read_text("utf-8")), style, policy


def _parts(readiness: Readiness) -> str:
    return "\n".join(
        f'<tr><th>{escape(name.replace("_", " "))}</th><td class="{"well" if part.ok else "ill"}">'
        f"{'well' if part.ok else 'not well'}</td><td>{escape(part.detail)}</td></tr>"
        for name, part in readiness.parts.items()
    )


def _counts() -> str:
    samples = (sample for family in metrics.decided.collect() for sample in family.samples)
    counted = {s.labels["disposition"]: int(s.value) for s in samples if s.name.endswith("_total")}
    shown = [(d.value, counted[d.value]) for d in Disposition if d.value in counted]
    items = "".join(f"<li><b>{count}</b><span>{escape(name)}</span></li>" for name, count in shown)
    return items or "<li><b>0</b><span>NOTHING YET</span></li>"


def _base(desk: Desk, request: Request) -> str:
    """The address the visitor used, if it is one; it is only shown, never followed."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host if _HOST.fullmatch(host) else desk.services.hostname}/client/v4"
