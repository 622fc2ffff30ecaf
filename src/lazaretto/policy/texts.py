"""What content policies are searched in: the subject, and the bodies as a reader sees them."""

from lazaretto.model.message import Message

MAX_SUBJECT = 1_000
"""Characters of a subject that are searched."""

MAX_TEXTS = 12
"""Body parts that are searched."""

MAX_TEXT = 100_000
"""Characters of all bodies together that are searched: a book of 60 pages. Where the engine takes its slow
way, this is what bounds the time."""

_UNSEEN = dict.fromkeys((173, 847, 6158, *range(8203, 8208), *range(8288, 8293), 65279))
"""Characters without width, with which words are cut up before a filter and not before a reader."""


def subject(message: Message) -> str:
    """The subject, without characters that nobody sees."""
    return _seen(message.subject[:MAX_SUBJECT])


def bodies(message: Message) -> tuple[str, ...]:
    """The bodies, without characters that nobody sees, up to the limit of all together."""
    left, found = MAX_TEXT, []
    for text in message.texts[:MAX_TEXTS]:
        shown = text.visible[:left]
        if shown:
            found.append(_seen(shown))
        left -= len(shown)
        if left <= 0:
            break
    return tuple(found)


def _seen(text: str) -> str:
    return text if text.isascii() else text.translate(_UNSEEN)
