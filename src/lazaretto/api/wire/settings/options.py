"""The options of an account on the wire."""

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.model.account import AccountOptions, AfterReclassify
from lazaretto.model.learning import Learn


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has chosen for all of its domains."""

    block_wins: bool
    report_addresses: tuple[str, ...]
    after_reclassify: AfterReclassify
    learn: Learn


class OptionsPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The options that shall change."""

    block_wins: bool | UnsetType = UNSET
    report_addresses: tuple[str, ...] | UnsetType = UNSET
    after_reclassify: AfterReclassify | UnsetType = UNSET
    learn: Learn | UnsetType = UNSET


def shown(options: AccountOptions) -> Options:
    """The options as they are answered."""
    return Options(
        block_wins=options.block_wins,
        report_addresses=options.report_addresses,
        after_reclassify=options.after_reclassify,
        learn=options.learn,
    )
