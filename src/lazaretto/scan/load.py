"""Every data file of the scan, read and checked at once.

Lists are read when a check first asks for them. Who wants to know before the first message whether all files
are good, asks here.
"""

from lazaretto.scan.brands import brands
from lazaretto.scan.hosts import host_lists
from lazaretto.scan.lexicon import topics
from lazaretto.scan.ruleset import Ruleset, load_ruleset
from lazaretto.scan.words import word_lists


def load_everything() -> Ruleset:
    """The ruleset of this process, and all lists beside it. Raises RuleFileError."""
    ruleset = load_ruleset()
    brands()
    host_lists()
    topics()
    word_lists()
    return ruleset
