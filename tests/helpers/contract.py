"""The published description of the API, asked whether an answer is one that it allows."""

import json
import re
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from tests.helpers.shared import shared


@dataclass(frozen=True)
class Contract:
    """Paths as patterns, and the schemas of what they answer."""

    document: dict[str, Any]
    patterns: tuple[tuple[re.Pattern[str], dict[str, Any]], ...]

    def complaints(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """What the answer has that it must not have, or lacks."""
        operation = self.operation(method, path)
        if operation is None:
            return ["not in the contract"]
        answers = operation["responses"]
        answer = answers.get(str(status)) or answers.get(f"{status // 100}XX")
        if answer is None:
            return [f"status {status}, and only {', '.join(answers)} are expected"]
        schema = answer["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**schema, "components": self.document["components"]})
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(body)]

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """By a path below /client/v4, without query."""
        for pattern, item in self.patterns:
            if pattern.fullmatch(path) and method.lower() in item:
                return item[method.lower()]
        return None


def contract() -> Contract:
    """Fixed words before parameters, as routes are found."""
    document = json.loads(shared("contract/openapi-email-security.json").read_text())
    paths = sorted(
        document["paths"].items(), key=lambda one: [part.startswith("{") for part in one[0].split("/")]
    )
    patterns = tuple((re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), item) for path, item in paths)
    return Contract(document, patterns)
