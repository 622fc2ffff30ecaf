"""The published form of a replay's outcome; the command prints the same."""

import msgspec

from lazaretto.model.replay import DomainFlips, Flip, Flipped, Measure, Outcome, Rates


class FlipRow(msgspec.Struct, frozen=True):
    """Messages that went from one disposition to another."""

    before: str
    after: str
    count: int


class DomainRow(msgspec.Struct, frozen=True):
    """The flips of one domain."""

    domain: str
    count: int
    flips: list[FlipRow]


class RuleRow(msgspec.Struct, frozen=True):
    """In how many messages a rule spoke that was silent, or fell silent."""

    rule: str
    appeared: int
    disappeared: int


class RatesRow(msgspec.Struct, frozen=True):
    """Labelled messages of one kind, as one judgement had them."""

    right: int
    wrong: int
    missed: int
    precision: float | None
    recall: float | None


class MeasureRow(msgspec.Struct, frozen=True):
    """Precision and recall for one kind of mail, against the analysts' labels."""

    kind: str
    before: RatesRow
    after: RatesRow


class FlippedRow(msgspec.Struct, frozen=True):
    """One message to look at."""

    investigate_id: str
    sender_domain: str
    recipient_domains: list[str]
    subject: str
    before: str
    after: str
    score_before: float
    score_after: float
    rules_appeared: list[str]
    rules_disappeared: list[str]
    reasons: list[str]
    label: str | None


class MissingRow(msgspec.Struct, frozen=True):
    """A message that could not be judged again."""

    investigate_id: str
    reason: str
    detail: str


class OutcomeValue(msgspec.Struct, frozen=True):
    """What a replay gave."""

    found: int
    judged: int
    same: int
    flipped: int
    ruleset: str
    seconds: float
    flips: list[FlipRow]
    orders: list[FlipRow]
    senders: list[DomainRow]
    recipients: list[DomainRow]
    rules: list[RuleRow]
    labelled: int
    measures: list[MeasureRow]
    messages: list[FlippedRow]
    missing: dict[str, int]
    missing_messages: list[MissingRow]


def outcome_value(outcome: Outcome) -> OutcomeValue:
    """An outcome in its published form."""
    return OutcomeValue(
        found=outcome.found,
        judged=outcome.judged,
        same=outcome.same,
        flipped=outcome.flipped,
        ruleset=outcome.ruleset,
        seconds=outcome.seconds,
        flips=[_flip(one) for one in outcome.flips],
        orders=[FlipRow(one.before.value, one.after.value, one.count) for one in outcome.orders],
        senders=[_domain(one) for one in outcome.senders],
        recipients=[_domain(one) for one in outcome.recipients],
        rules=[RuleRow(one.rule, one.appeared, one.disappeared) for one in outcome.rules],
        labelled=outcome.labelled,
        measures=[_measure(one) for one in outcome.measures],
        messages=[_flipped(one) for one in outcome.messages],
        missing=dict(outcome.missing),
        missing_messages=[MissingRow(one.id, one.why, one.detail) for one in outcome.missing_named],
    )


def _flip(flip: Flip) -> FlipRow:
    return FlipRow(flip.before.value, flip.after.value, flip.count)


def _domain(domain: DomainFlips) -> DomainRow:
    return DomainRow(domain.domain, domain.count, [_flip(one) for one in domain.flips])


def _measure(measure: Measure) -> MeasureRow:
    return MeasureRow(measure.name, _rates(measure.before), _rates(measure.after))


def _rates(rates: Rates) -> RatesRow:
    return RatesRow(rates.right, rates.wrong, rates.missed, _share(rates.precision), _share(rates.recall))


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _flipped(one: Flipped) -> FlippedRow:
    return FlippedRow(
        investigate_id=one.id,
        sender_domain=one.sender,
        recipient_domains=list(one.recipients),
        subject=one.subject,
        before=one.before.value,
        after=one.after.value,
        score_before=one.score_before,
        score_after=one.score_after,
        rules_appeared=list(one.appeared),
        rules_disappeared=list(one.disappeared),
        reasons=list(one.reasons),
        label=one.label.value if one.label else None,
    )
