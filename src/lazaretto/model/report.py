"""Reports by mail: who complains about a message, and how far that can be believed."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """What is known of the sender of a report."""

    VERIFIED = "verified"  # of a domain of the account, and authentication proves it
    UNVERIFIED = "unverified"  # of a domain of the account by its own word: nothing proves or denies it
    FORGED = "forged"  # names a domain of the account, whose published policy denies it
    OUTSIDE = "outside"  # of no domain of the account

    @property
    def may_report(self) -> bool:
        """The report is taken up. Others are kept and shown as invalid."""
        return self in {Standing.VERIFIED, Standing.UNVERIFIED}


@dataclass(frozen=True, slots=True)
class ReportMail:
    """A mail to a report address, as far as it was read."""

    record: int  # row number of the mail
    standing: Standing | None  # None until it was read
    said: str  # what the sender wrote
