"""What all connections of one gateway share."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import structlog

from lazaretto.intake.census import Census
from lazaretto.intake.door import Door
from lazaretto.intake.events import Refused
from lazaretto.intake.peers import Peers
from lazaretto.intake.terms import Terms
from lazaretto.telemetry import metrics

MAX_LOGGED = 200
"""Characters of a refused command's argument in the log."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class House:
    """A door, and how one comes to it."""

    door: Door
    terms: Terms
    tls: ssl.SSLContext | None
    proxy_peers: Peers
    xclient_peers: Peers
    spool_folder: Path
    census: Census

    @property
    def name(self) -> str:
        """For metrics and the log."""
        return "lmtp" if self.terms.lmtp else "smtp"

    def tell(self, refused: Refused, client: str | None) -> None:
        """A refusal for the log and the metrics."""
        reply = refused.reply
        metrics.smtp_replies.labels(str(reply.code)).inc()
        log.info(
            "refused",
            door=self.name,
            client=client,
            command=refused.verb,
            argument=refused.argument[:MAX_LOGGED],
            reply=f"{reply.code} {reply.enhanced} {reply.text}",
            queue_id=refused.queue_id,
        )
