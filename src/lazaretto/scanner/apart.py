"""PDF files are opened in a process of their own: a page of a thousand bytes can be built to draw for hours.

The process is a copy of this one, so it costs some milliseconds. The system ends it when its processor time
is used up, and when its library breaks only that file stays unread; the rest of the message is judged.
Limits: SECONDS of processor time for all documents of one message, MAX_ANSWER bytes of an answer.
"""

import math
import os
import resource
import signal

import msgspec

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.pdf import PdfFacts, preload, read_pages

SECONDS = 5.0
"""Of processor time, for all documents of one message: an honest one takes a hundredth of a second."""

MAX_ANSWER = 64 << 20
"""Bytes of an answer: the files that a document carries are in it."""

CHUNK = 1 << 20

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(PdfFacts)


class Apart:
    """Opens the documents of one message."""

    def __init__(self) -> None:
        self._left = SECONDS

    def __call__(self, data: bytes, budget: Budget, passwords: tuple[str, ...] = ()) -> PdfFacts:
        """As `read_pages`; what took too long or broke the library is said to be cut."""
        if self._left <= 0:
            return PdfFacts(cut=True)
        preload()
        spent = _children()
        answer = _forked(data, budget, passwords, seconds=math.ceil(self._left))
        self._left -= _children() - spent
        try:
            facts = _decoder.decode(answer)
        except msgspec.MsgspecError:
            return PdfFacts(cut=True)
        budget.documents -= 1
        budget.rendered -= facts.drawn
        return facts


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _forked(data: bytes, budget: Budget, passwords: tuple[str, ...], *, seconds: int) -> bytes:
    """The answer of the other process; what there is of it when it was ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)  # else it would wait for itself to read
        _answer(writing, data, budget, passwords, seconds)
    os.close(writing)
    answer = bytearray()
    try:
        while len(answer) <= MAX_ANSWER and (piece := os.read(reading, CHUNK)):
            answer += piece
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)  # it has answered, or is not waited for
        os.waitpid(child, 0)
    return bytes(answer)


def _answer(writing: int, data: bytes, budget: Budget, passwords: tuple[str, ...], seconds: int) -> None:
    """The other process: it never returns to what this one was doing."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        answer = memoryview(_encoder.encode(read_pages(data, budget, passwords)))
        while answer:
            answer = answer[os.write(writing, answer) :]
    finally:
        os._exit(0)
