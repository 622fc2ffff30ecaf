"""How a command ends: exit codes that scripts can use, and the one sentence for a person."""

OK = 0
FAILED = 1  # nothing of what was asked was done
USAGE = 2  # the command line is wrong
PARTLY = 3  # done, except for what was reported
CONFIG = 78  # the settings are wrong: EX_CONFIG of sysexits.h
INTERRUPTED = 130  # Ctrl-C


class CommandFailed(Exception):  # noqa: N818  # the end of a command, told as one sentence
    """The command cannot be done; the text says what to do."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code
