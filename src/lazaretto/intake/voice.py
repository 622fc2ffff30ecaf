"""What a session says: replies to the client, events to its driver, refusals to the log.

It also knows when to fall silent: after the last reply, after too many refusals, while an answer is awaited.
"""

from collections import deque

from lazaretto.intake.commands import Command
from lazaretto.intake.events import AskRecipient, Close, Deliver, Event, Refused, StartTls
from lazaretto.intake.replies import TOO_MANY_ERRORS
from lazaretto.intake.reply import Reply


class Voice:
    """Gathers until the driver takes it."""

    def __init__(self, max_errors: int) -> None:
        self.output = bytearray()
        self.events: deque[Event] = deque()
        self.command = Command("", "")  # being answered
        self.queue_id: str | None = None  # of the transaction
        self.waiting = False  # for the answer to an event
        self.closed = False
        self._errors_left = max_errors
        self._refused: list[Refused] = []

    def say(self, reply: Reply) -> None:
        """A reply that refuses nothing."""
        self.output += reply.render()

    def refuse(self, reply: Reply) -> None:
        """Refuses a command. A temporary refusal is no fault of the client and is not counted."""
        self.answer(reply)
        if reply.permanent:
            self._errors_left -= 1
            if self._errors_left < 0:
                self.end(TOO_MANY_ERRORS)

    def answer(self, reply: Reply) -> None:
        """The reply to a message. A client with many refused messages is still a client."""
        if not reply.positive:
            self._refused.append(Refused(reply, self.command.verb, self.command.argument, self.queue_id))
        self.say(reply)

    def end(self, reply: Reply) -> None:
        """The last reply."""
        if not self.closed:
            self.answer(reply)
            self.closed = True
            self.events.append(Close())

    def ask(self, event: AskRecipient | Deliver | StartTls) -> None:
        """Stops the session until the answer comes."""
        self.waiting = True
        self.events.append(event)

    def refused(self) -> list[Refused]:
        """What was refused since the last call."""
        refused, self._refused = self._refused, []
        return refused
