"""Who may do what: a role is a set of capabilities, every operation needs one of them."""

from enum import StrEnum


class Capability(StrEnum):
    """One kind of thing that an operation does."""

    READ = "read"  # search, metadata, verdicts, traces, settings
    CONTENT = "content"  # what a message says: raw bytes and pictures
    ACT = "act"  # move, release, reclassify, submissions, bulk jobs
    POLICY = "policy"  # change the settings that steer the mail
    ADMIN = "admin"  # users, credentials, the account's options
    AUDIT = "audit"  # read the audit log


class Role(StrEnum):
    """What a person or a program is in an account."""

    ADMIN = "admin"
    ANALYST = "analyst"
    READ_ONLY = "read_only"
    POLICY = "policy"
    AUDITOR = "auditor"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything that the role may do."""
        return _CAPABILITIES[self]


_CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.ADMIN: frozenset(Capability),
    Role.ANALYST: frozenset({Capability.READ, Capability.CONTENT, Capability.ACT}),
    Role.READ_ONLY: frozenset({Capability.READ, Capability.CONTENT}),
    Role.POLICY: frozenset({Capability.READ, Capability.POLICY}),
    Role.AUDITOR: frozenset({Capability.READ, Capability.AUDIT}),
}
