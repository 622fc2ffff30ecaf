"""A wish that cannot be granted, in five kinds. Edges translate them; cores know no status codes."""


class Refusal(Exception):  # noqa: N818  # the outcome of a wish, not a mistake of ours
    """Base of all refusals. `code` is the API's number, `pointer` names the place in the input."""

    def __init__(self, code: int, public: str, *, pointer: str | None = None) -> None:
        super().__init__(public)
        self.code = code
        self.public = public
        self.pointer = pointer


class Invalid(Refusal):
    """The input is wrong and will stay wrong."""


class NotFound(Refusal):
    """There is nothing of that name for this account."""


class Conflict(Refusal):
    """The thing exists and is in a state that forbids the wish."""


class Forbidden(Refusal):
    """The caller may not."""


class TryLater(Refusal):
    """Not now; the same wish may be granted later."""
