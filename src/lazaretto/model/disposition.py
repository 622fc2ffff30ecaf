"""The closed sets of labels that a message can carry through its life."""

from enum import StrEnum


class Disposition(StrEnum):
    """What a message is, one label each.

    ENCRYPTED, EXTERNAL and UNKNOWN are part of the published set.
    Of these only UNKNOWN is given by us: no scan could be made.
    """

    MALICIOUS = "MALICIOUS"  # phishing or malware, by several findings or one that is certain
    MALICIOUS_BEC = (
        "MALICIOUS-BEC"  # business email compromise: a person is impersonated to get money or data
    )
    SUSPICIOUS = "SUSPICIOUS"  # looks like phishing, not enough to be sure
    SPOOF = "SPOOF"  # claims a sender that authentication denies
    SPAM = "SPAM"  # unsolicited commercial mail without malice
    BULK = "BULK"  # newsletters and list mail
    ENCRYPTED = "ENCRYPTED"
    EXTERNAL = "EXTERNAL"
    UNKNOWN = "UNKNOWN"  # the scan did not end
    NONE = "NONE"  # clean


DETECTIONS: frozenset[Disposition] = frozenset(
    {
        Disposition.MALICIOUS,
        Disposition.MALICIOUS_BEC,
        Disposition.SUSPICIOUS,
        Disposition.SPOOF,
        Disposition.SPAM,
        Disposition.BULK,
    }
)
"""The dispositions that make a record a detection, as opposed to benign mail."""


class Mode(StrEnum):
    """The way a message came in."""

    DIRECT = "DIRECT"  # SMTP gateway in front of the mailboxes
    BCC = "BCC"
    JOURNAL = "JOURNAL"
    REVIEW_SUBMISSION = "REVIEW_SUBMISSION"  # reported by a user or an analyst
    DMARC_UNVERIFIED = "DMARC_UNVERIFIED"
    DMARC_FAILURE_REPORT = "DMARC_FAILURE_REPORT"
    DMARC_AGGREGATE_REPORT = "DMARC_AGGREGATE_REPORT"
    THREAT_INTEL_SUBMISSION = "THREAT_INTEL_SUBMISSION"
    SIMULATION_SUBMISSION = "SIMULATION_SUBMISSION"
    API = "API"  # read from a mailbox
    RETRO_SCAN = "RETRO_SCAN"  # history: imported or scanned long after it was delivered


class AuthResult(StrEnum):
    """Folded result of SPF, DKIM, DMARC or ARC, as analysts and the API see it."""

    PASS = "pass"  # noqa: S105  # a result, not a secret
    NEUTRAL = "neutral"
    FAIL = "fail"
    ERROR = "error"
    NONE = "none"
