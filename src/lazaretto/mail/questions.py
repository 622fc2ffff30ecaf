"""Checks that need the DNS and do no I/O: a generator that yields Question and is sent Answer.

Whoever drives the generator decides where answers come from: a resolver, stored facts, a literal in a test.
A driver gives every Question exactly one Answer, and the same Answer when the same Question is put again.
"""

from collections.abc import Generator, Mapping
from typing import TypeVar

from lazaretto.model.facts import Answer, Question, RecordType, Status

T = TypeVar("T")

Check = Generator[Question, Answer, T]
"""What a check is: Check[SpfResult] asks questions and returns an SpfResult."""


def question(name: str, kind: RecordType) -> Question:
    """The question in the one spelling that caches and stored facts compare: lower case, no final dot."""
    storable = name if name.isascii() else name.encode("utf-8", "replace").decode("utf-8")
    return Question(storable.lower().removesuffix("."), kind)


def ask(name: str, kind: RecordType) -> Check[Answer]:
    """One question as a check of its own, for `yield from`."""
    answer = yield question(name, kind)
    return answer


def unanswered(asked: Question) -> Answer:
    """The answer to a question that was never put: temporary, because nobody knows better."""
    return Answer(question=asked, status=Status.TEMPERROR)


def run_check(check: Check[T], answers: Mapping[Question, Answer]) -> T:
    """Drive a check to its end on known answers."""
    try:
        asked = next(check)
        while True:
            asked = check.send(answers.get(asked) or unanswered(asked))
    except StopIteration as end:
        result: T = end.value
        return result
