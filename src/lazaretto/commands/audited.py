"""What the commands of an operator leave in the audit log: who on this machine did what to which account."""

import getpass
import os
from collections.abc import Mapping
from datetime import UTC, datetime

from lazaretto.model.audit import Deed, Json, Stage
from lazaretto.store.audit import add_audit
from lazaretto.store.transaction import Transaction

DONE = 0


def actor() -> str:
    """The user of this machine, in the form that cannot be taken for an email address."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # a container whose user has no name
        return f"cli:{os.getuid()}"


async def audit_command(
    tx: Transaction,
    account: str,
    operation: str,
    target: Mapping[str, Json],
    parameters: Mapping[str, Json],
    *,
    stage: Stage = Stage.WHOLE,
    begun: int | None = None,
) -> int:
    """Log a command in the transaction of its change, so that there is never one without the other.

    `operation` is the words of the command, as `domain add`. A command whose effects are not in one
    transaction asks first and ends later: then `begun` is the sequence that asking gave.
    """
    deed = Deed(
        actor(),
        operation,
        stage=stage,
        target=target,
        parameters=parameters,
        begun=begun,
        status=None if stage is Stage.ASKED else DONE,
    )
    (sequence,) = await add_audit(tx, account, (deed,), datetime.now(UTC))
    return sequence
