"""How long a client may take: from command to command, between bytes of a message, for a whole transaction.

Time is handed in. Bytes of an unfinished command give no new time, and every transaction has its own end:
a client that sends one byte now and then is not kept for ever.
"""

from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.replies import IDLE, TRANSACTION_TOO_LONG
from lazaretto.intake.reply import Reply
from lazaretto.intake.session import Session


class Deadlines:
    """Of one session."""

    def __init__(self, limits: GatewayLimits, session: Session, now: float) -> None:
        self._limits = limits
        self._session = session
        self._commands = self._exchanges = 0
        self._in_content = False
        self._exchange_end = now
        self._end = now + limits.idle_seconds

    def heard(self, now: float) -> None:
        """The session has used up what came."""
        session = self._session
        if session.exchanges != self._exchanges:
            self._exchanges = session.exchanges
            self._exchange_end = now + self._limits.transaction_seconds
        if session.in_content or session.in_content != self._in_content or session.commands != self._commands:
            self.renew(now)

    def renew(self, now: float) -> None:
        """It is the client's turn from now on."""
        session = self._session
        self._commands, self._in_content = session.commands, session.in_content
        seconds = self._limits.data_idle_seconds if self._in_content else self._limits.idle_seconds
        self._end = now + seconds

    def passed(self, now: float) -> Reply | None:
        """The last reply when the client has taken too long."""
        session = self._session
        if (session.in_transaction or session.in_content) and now > self._exchange_end:
            return TRANSACTION_TOO_LONG
        return IDLE if now > self._end else None
