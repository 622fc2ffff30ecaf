"""What was seen, cut to the size of evidence, and where in the text it stood."""

from lazaretto.model.finding import Finding
from lazaretto.scan.reading import Passage

MAX_VALUE = 500
"""Characters of a value that are kept with a finding, as the model says."""

MAX_QUOTED = 120
"""Characters of a value that are put into a sentence."""


def clipped(value: str, limit: int = MAX_VALUE) -> str:
    """The value, cut with an ellipsis where it is longer."""
    return value if len(value) <= limit else value[: limit - 1] + "…"


def quoted(value: str) -> str:
    """A value inside a sentence."""
    return f"“{clipped(' '.join(value[: 4 * MAX_QUOTED].split()), MAX_QUOTED)}”"


def passage_finding(
    rule: str, passage: Passage, value: str, reason: str, span: tuple[int, int] | None = None
) -> Finding:
    """A finding about a text: the subject or a body. The span counts characters of the passage."""
    subject = passage.field == "subject"
    return Finding(
        rule,
        reason=clipped(reason),
        place="header" if subject else "body",
        field="Subject" if subject else "text",
        value=clipped(value),
        part=passage.part,
        start=span[0] if span else None,
        end=span[1] if span else None,
    )
