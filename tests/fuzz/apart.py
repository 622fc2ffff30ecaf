"""PDF files under the fuzzer: tried in a copy of the process first, and opened here when the copy lived.

`lazaretto.scanner.apart` opens documents in a process of their own and takes what broke there for a file that
was cut. A fuzzer must see two things apart: the library that breaks, which is why there is another process, and
our own code around it that raises, which is a fault. And it sees only what runs in its own process.
"""

import os
import resource
import signal
import sys
from contextlib import suppress

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.pdf import PdfFacts, preload, read_pages
from lazaretto.scanner.apart import _decoder, _encoder

SECONDS = 1
"""Of processor time in the copy: a document that needs more is left, as it is cut after five in earnest."""


class Apart:
    """Opens the documents of one message."""

    def __call__(self, data: bytes, budget: Budget, passwords: tuple[str, ...] = ()) -> PdfFacts:
        """As `read_pages`, for documents that the library survives; the facts must come through the pipe."""
        preload()
        if not _survives(data, passwords):
            return PdfFacts(cut=True)
        facts = read_pages(data, budget, passwords)
        if _decoder.decode(_encoder.encode(facts)) != facts:
            raise AssertionError("what is said of a document is not what arrives")
        return facts


def _survives(data: bytes, passwords: tuple[str, ...]) -> bool:
    """Whether the library comes to an end; an exception counts, it comes again here."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for name in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGXCPU, signal.SIGALRM):
                signal.signal(name, signal.SIG_DFL)  # the fuzzer's own would report a crash
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            with suppress(Exception):  # seen when it comes again
                read_pages(data, Budget(), passwords)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        print(f"the library of PDF files ended with status {status} on {len(data)} bytes", file=sys.stderr)
    return status == 0
