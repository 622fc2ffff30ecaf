"""Every rule with all that it says of itself and where it stands: for people, not for the scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lazaretto.model.verdict import Rule
from lazaretto.scan.expressions.rule_file import RuleData, read_rules
from lazaretto.scan.expressions.rules import Origin, origins
from lazaretto.scan.overrides import OVERRIDES_FILE
from lazaretto.scan.rulefiles import rule_files, shipped_files
from lazaretto.scan.ruleset import RULE_FILES, Ruleset, load_ruleset, parse_ruleset

Form = Literal["expression", "combination", "check"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One rule."""

    rule: Rule  # as it counts: overrides are in it
    origin: Origin
    heard: bool  # False: an override silences it for everybody

    @property
    def form(self) -> Form:
        """What makes it speak: an expression, other rules, or code."""
        data = self.origin.data
        return "expression" if data.expression else "combination" if data.when else "check"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rules by id, in the order of files."""

    ruleset: Ruleset
    listings: Mapping[str, Listing]

    def data_of(self, file: str) -> tuple[RuleData, ...]:
        """The rules of one file."""
        return tuple(one.origin.data for one in self.listings.values() if one.origin.file == file)


@cache
def this_catalogue() -> Catalogue:
    """Of the rules that this process scans with."""
    return _listed(load_ruleset(), rule_files())


def catalogue(files: Mapping[str, bytes]) -> Catalogue:
    """Of these files, laid over the shipped ones. Raises RuleFileError."""
    all_files = {**shipped_files(), **files}
    return _listed(parse_ruleset(all_files), all_files)


def _listed(ruleset: Ruleset, files: Mapping[str, bytes]) -> Catalogue:
    names = [f"{stem}.toml" for stem in RULE_FILES]
    own = sorted(n for n in files if n.endswith(".toml") and n not in {*shipped_files(), OVERRIDES_FILE})
    found = origins(files, {name: read_rules(name, files[name]) for name in (*names, *own)})
    return Catalogue(
        ruleset,
        {rule: Listing(ruleset.rules[rule], at, rule not in ruleset.silent) for rule, at in found.items()},
    )
