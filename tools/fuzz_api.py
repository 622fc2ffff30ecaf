"""Schemathesis over the published description of the API: all checks, all phases, stateful.

    python -m tools.fuzz_api [--minutes 5] [--ours] [--seed N]

It lives in an environment of its own, and sends to a seeded server that is started for it. `--ours` takes our
own description instead of the published one.
KNOWN lists the checks that cannot hold: each is switched off for its operations only, and counted.
The exit code is that of Schemathesis: 0 when nothing failed.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.suites import examples
from tests.suites.server import running
from tools.sdk_environments import environment

VERSION = "4.32.5"
ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("LAZARETTO_SHARED", ROOT.parent / "shared"))
PUBLISHED = SHARED / "contract/openapi-email-security.json"
RUN = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())"
OBJECTS = 40
"""Of each kind at the start; what is removed by the requests is not made again."""

STOP_SECONDS = 600
"""For ending after the time is over: failures are made small then."""


@dataclass(frozen=True)
class Known:
    """A check that cannot hold for some operations, and why that is the description's doing."""

    check: str
    path: str  # regular expression
    why: str
    method: str = ""  # all


ACCEPTANCE = "positive_data_acceptance"
KNOWN = (
    Known(
        ACCEPTANCE,
        "/settings/",
        "patterns, addresses, domain names and expressions have a form that the schemas do not tell",
        "POST",
    ),
    Known(ACCEPTANCE, "/settings/", "as for POST", "PUT"),
    Known(ACCEPTANCE, "/settings/", "as for POST", "PATCH"),
    Known(ACCEPTANCE, "/settings/domains$", "without a body nothing is removed, on purpose", "DELETE"),
    Known(
        ACCEPTANCE,
        "/investigate$",
        "a cursor is ours, and start lies neither in the future nor after end",
        "GET",
    ),
    Known(ACCEPTANCE, "/submissions$", "start does not lie after end", "GET"),
    Known(ACCEPTANCE, "/phishguard/reports$", "start does not lie after end", "GET"),
    Known(
        ACCEPTANCE,
        "/investigate/bulk$",
        "MOVE needs a destination; times and filters as in the search",
        "POST",
    ),
    Known(ACCEPTANCE, "/investigate/bulk/.*/cancel$", "a job that is over cannot be cancelled", "POST"),
    Known(ACCEPTANCE, "/investigate/bulk/[^/]*$", "a job that is not over cannot be removed", "DELETE"),
    Known(ACCEPTANCE, "/investigate/(move|release)$", "at least one message is named", "POST"),
    Known(ACCEPTANCE, "/reclassify$", "a message is base64, a submission that is taken up is there", "POST"),
    Known(ACCEPTANCE, "/submissions$", "the shape of an item is not published", "POST"),
    Known(ACCEPTANCE, "/preview$", "a message is named", "POST"),
    Known(
        "negative_data_rejection",
        "",
        "queries: an empty value counts as not given and unknown names are ignored, as SDKs need it; ids in"
        " the path are real ones here, whatever was made up",
        "GET",
    ),
)


def make_ids(server: dict[str, str], document: dict[str, Any]) -> dict[str, list[str]]:
    """Real objects of every kind that a path names."""
    base = f"{server['base_url']}/accounts/{server['account']}/email-security"

    def ask(method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {server['token']}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["result"]

    found = {"account_id": [server["account"]]}
    found["investigate_id"] = [one["id"] for one in ask("GET", "/investigate?detections_only=false")]
    job = {"action": "RELEASE", "search_params": {"subject": "nothing"}}
    found["job_id"] = [ask("POST", "/investigate/bulk", job)["job_id"] for _ in range(OBJECTS)]
    for group in examples.SETTING_GROUPS:
        made = [
            ask("POST", f"/settings/{group}", examples.setting(group, number))["id"]
            for number in range(OBJECTS)
        ]
        for path in document["paths"]:
            if f"/settings/{group}/{{" in path:
                name = path.partition("{account_id}")[2].partition("{")[2].partition("}")[0]
                found[f"{path} {name}"] = made
    return found


def configuration(server: dict[str, str]) -> Iterator[str]:
    """Lines of schemathesis.toml."""
    yield f'headers = {{ Authorization = "Bearer {server["token"]}" }}'
    yield "[parameters]"
    yield f'"path.account_id" = "{server["account"]}"'
    for known in KNOWN:
        yield "[[operations]]"
        yield f"include-path-regex = {json.dumps(known.path)}"
        if known.method:
            yield f'include-method = "{known.method}"'
        yield f"checks.{known.check}.enabled = false"


def document_of(server: dict[str, str], *, ours: bool) -> dict[str, Any]:
    """The description that requests are made from, with the token as the only credential.

    Half of an email and a key is a 400 that names the cause, which Schemathesis takes for open doors.
    """
    with urllib.request.urlopen(f"{server['base_url']}/openapi.json", timeout=60) as answer:
        document = json.load(answer)
    if not ours:
        document = with_additions(json.loads(PUBLISHED.read_text()), document)
    document["security"] = [{"api_token": []}]
    for item in document["paths"].values():
        for operation in item.values():
            operation.pop("security", None)
    return document


def with_additions(published: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The published description, and our further methods of its paths: else they would count as wrong."""
    plain = {re.sub(r"\{\w+\}", "{}", path): path for path in published["paths"]}
    renamed = json.loads(json.dumps(own).replace("#/components/schemas/", "#/components/schemas/Own."))
    for path, item in renamed["paths"].items():
        known = plain.get(re.sub(r"\{\w+\}", "{}", path))
        for method, operation in item.items() if known == path else ():
            published["paths"][path].setdefault(method, operation)
    components = published["components"]["schemas"]
    components.update({f"Own.{name}": schema for name, schema in renamed["components"]["schemas"].items()})
    return published


def fuzz(seconds: int, *, ours: bool = False, words: Sequence[str] = ()) -> tuple[int, str]:
    """Exit code and what Schemathesis said."""
    python = environment("schemathesis", f"schemathesis=={VERSION}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with running(folder, plain=True) as server:
            document = document_of(server, ours=ours)
            (folder / "openapi.json").write_text(json.dumps(document))
            (folder / "ids.json").write_text(json.dumps(make_ids(server, document)))
            (folder / "schemathesis.toml").write_text("\n".join(configuration(server)))
            done = subprocess.run(
                [
                    str(python), "-c", RUN, "--config-file", str(folder / "schemathesis.toml"), "--no-color",
                    "run", str(folder / "openapi.json"), "--url", server["base_url"],
                    "--phases", "examples,coverage,fuzzing,stateful", "--max-time", str(seconds),
                    "--continue-on-failure", "--generation-database", "none", *words,
                ],
                cwd=folder,
                env=_environment(folder),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=seconds + STOP_SECONDS,
                check=False,
            )  # fmt: skip
        return done.returncode, done.stdout


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    ours = {
        "SCHEMATHESIS_HOOKS": "fuzz_hooks",
        "FUZZ_IDS": str(folder / "ids.json"),
        "PYTHONPATH": str(ROOT / "tools"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "COLUMNS": "120",
    }
    return {**kept, **ours}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Requests made up from the description of the API.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--ours", action="store_true")
    parser.add_argument("--seed", type=int)
    wish = parser.parse_args(arguments)
    seed = [] if wish.seed is None else ["--seed", str(wish.seed)]
    code, said = fuzz(int(wish.minutes * 60), ours=wish.ours, words=seed)
    print(said)
    print(f"{len(KNOWN)} checks are switched off for some operations:")
    for known in KNOWN:
        print(f"  {known.method or 'any'} {known.path}: {known.check}: {known.why}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
