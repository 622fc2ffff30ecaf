"""Findings: what a check saw, and where. How bad it is stands in the ruleset, not here."""

from dataclasses import dataclass
from typing import Literal

Place = Literal["envelope", "header", "body", "link", "attachment", "authentication", "message"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation, as evidence: the rule it speaks for, the place, the value, the reason in words."""

    rule: str  # rule id, lower case with underscores, for example "link_text_mismatch"
    reason: str  # a sentence an analyst accepts, about this message
    place: Place
    field: str = ""  # header name, "href", "filename", ...
    value: str = ""  # what was seen, at most 500 characters
    part: int | None = None  # index into Message.parts
    start: int | None = None  # characters within the decoded field or text
    end: int | None = None
    attachment: str | None = None  # file name, when the finding is about an attachment
