"""`lazaretto rules`: what the scan judges by, and how it is changed."""

import argparse

from lazaretto.commands import editions, rulebook
from lazaretto.commands.shared import verbs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    rulebook.add_verbs(group)
    editions.add_verbs(group)


def run(parsed: argparse.Namespace) -> int:
    """Do what the verb says."""
    if parsed.verb in editions.VERBS:
        return editions.run_verb(parsed)
    return rulebook.run_verb(parsed)
