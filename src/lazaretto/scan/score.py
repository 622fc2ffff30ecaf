"""From findings to one disposition: points by kind, thresholds, floors. All numbers are data.

1. Each finding gets its rule's points, up to the rule's limit; beyond it the finding is kept and weighs
   nothing.
2. Points are added by kind. Counter-evidence (kind good) lowers every kind but bulk, up to a limit.
3. A kind gets a share of the points of related kinds, as the thresholds file says. In mail that goes to many
   wording alone is not enough for SPAM, because honest advertising uses the same words.
4. The worst disposition whose threshold is reached is given; a floor of a rule can only make it worse.

SPOOF needs both: likeness to phishing, and authentication that denies the claimed sender. SUSPICIOUS needs
points of rules that name an attack; hiding alone (a machine-made sender, signs in a subject) is what
unsolicited advertising does too, and is called SPAM. What was learned makes a message SPAM or SUSPICIOUS,
never MALICIOUS.
"""

from collections.abc import Iterable, Mapping

from lazaretto.model.disposition import Disposition
from lazaretto.model.finding import Finding
from lazaretto.model.verdict import Kind, Rule, Verdict, Weighed
from lazaretto.scan.ruleset import Ruleset, Thresholds

MAX_REASONS = 12
"""Sentences in the list view: what comes after the twelve heaviest changes nobody's mind."""

KINDS: tuple[Kind, ...] = ("malicious", "bec", "spoof", "spam", "bulk")
SEVERITY: tuple[Disposition, ...] = (
    Disposition.MALICIOUS,
    Disposition.MALICIOUS_BEC,
    Disposition.SPOOF,
    Disposition.SUSPICIOUS,
    Disposition.SPAM,
    Disposition.BULK,
    Disposition.NONE,
)
"""Worst first."""

_KINDS_OF: dict[Disposition, tuple[Kind, ...]] = {
    Disposition.MALICIOUS: ("malicious", "bec", "spoof", "spam", "learned"),
    Disposition.MALICIOUS_BEC: ("bec", "malicious", "spoof"),
    Disposition.SPOOF: ("spoof", "malicious", "bec"),
    Disposition.SUSPICIOUS: ("malicious", "bec", "spoof", "spam", "learned"),
    Disposition.SPAM: ("spam", "learned", "malicious", "bec"),
    Disposition.BULK: ("bulk",),
    Disposition.NONE: (),
}
FLAGGED = frozenset(SEVERITY[: SEVERITY.index(Disposition.BULK)])
"""Worse than BULK."""

FLAGGED_FROM = 5.0
"""The score from which mail is flagged, whatever for: the number that mail programs expect."""

JUST_BELOW = 4.99


def weigh(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> tuple[Weighed, ...]:
    """Each finding with its rule and its points, heaviest first; equals stay in the order of the checks."""
    counted: dict[str, int] = {}
    weighed = []
    for finding in findings:
        rule = rules.get(finding.rule) or _unknown(finding.rule)
        counted[rule.id] = counted.get(rule.id, 0) + 1
        points = rule.weight if counted[rule.id] <= rule.limit else 0.0
        weighed.append(Weighed(finding, rule, points))
    return tuple(sorted(weighed, key=lambda w: -abs(w.points)))


def _unknown(rule: str) -> Rule:
    return Rule(rule, 0, "note", 0.0, rule.replace("_", " "), "The ruleset does not weigh this observation.")


def judge(weighed: tuple[Weighed, ...], ruleset: Ruleset) -> Verdict:
    """The verdict that the weighed findings amount to."""
    raw = {kind: sum(w.points for w in weighed if w.rule.kind == kind) for kind in (*KINDS, "learned")}
    good = max(-ruleset.thresholds.good_limit, sum(w.points for w in weighed if w.rule.kind == "good"))
    scores = _totals(raw, good, ruleset.thresholds)
    disposition = _worst(_by_points(scores, raw, weighed, ruleset.thresholds), weighed)
    return Verdict(
        disposition=disposition,
        score=_score(disposition, scores, raw, ruleset.thresholds),
        scores=(
            *((kind, round(scores[kind], 2)) for kind in KINDS),
            ("learned", round(raw["learned"], 2)),
            ("good", round(good, 2)),
        ),
        findings=weighed,
        reasons=_reasons(disposition, weighed),
        categories=_categories(disposition, weighed),
        ruleset=ruleset.version,
    )


def _score(
    disposition: Disposition,
    scores: Mapping[Kind, float],
    raw: Mapping[Kind, float],
    thresholds: Thresholds,
) -> float:
    """How far the message is on its way to the nearest disposition worse than BULK, on one scale for all."""
    at = thresholds.threshold
    likeness = _likeness(scores, raw, thresholds)
    nearest = max(
        scores["spam"] / at.spam,
        scores["malicious"] / at.suspicious,
        scores["bec"] / at.bec,
        min(raw["spoof"] / at.spoof, likeness / at.spoof_needs),
    )
    score = round(FLAGGED_FROM * nearest, 2)
    return max(score, FLAGGED_FROM) if disposition in FLAGGED else min(score, JUST_BELOW)


def _totals(raw: Mapping[Kind, float], good: float, thresholds: Thresholds) -> dict[Kind, float]:
    totals: dict[Kind, float] = {}
    for kind in KINDS:
        shares = thresholds.share.get(kind, {})
        total = raw[kind] + sum(
            _lent(raw, other, kind, thresholds) * share for other, share in shares.items()
        )
        totals[kind] = max(0.0, total + (0.0 if kind == "bulk" else good))
    return totals


def _lent(raw: Mapping[Kind, float], lender: Kind, kind: Kind, thresholds: Thresholds) -> float:
    if (lender, kind) == ("learned", "spam") and raw["bulk"] >= thresholds.threshold.bulk:
        return min(raw["learned"], thresholds.learned_in_bulk)
    return raw[lender]


def _by_points(
    scores: Mapping[Kind, float],
    raw: Mapping[Kind, float],
    weighed: tuple[Weighed, ...],
    thresholds: Thresholds,
) -> Disposition:
    at = thresholds.threshold
    named = sum(w.points for w in weighed if w.rule.kind in {"malicious", "bec"} and w.rule.category)
    spoke = {w.rule.id for w in weighed if w.rule.kind == "malicious" and w.points > 0}
    if scores["bec"] >= at.bec and raw["bec"] >= raw["malicious"]:
        return Disposition.MALICIOUS_BEC
    sure = _without("learned", "malicious", scores, raw, thresholds)
    if sure >= at.malicious and len(spoke) >= at.malicious_rules:
        return Disposition.MALICIOUS
    if raw["spoof"] >= at.spoof and _likeness(scores, raw, thresholds) >= at.spoof_needs:
        return Disposition.SPOOF
    if scores["malicious"] >= at.suspicious and named >= at.suspicious_named and named >= raw["spam"] / 2:
        return Disposition.SUSPICIOUS
    if scores["spam"] >= at.spam or scores["malicious"] >= at.suspicious:
        return Disposition.SPAM
    return Disposition.BULK if scores["bulk"] >= at.bulk else Disposition.NONE


def _likeness(scores: Mapping[Kind, float], raw: Mapping[Kind, float], thresholds: Thresholds) -> float:
    """Points of likeness to phishing beside what failed authentication adds."""
    return max(_without("spoof", kind, scores, raw, thresholds) for kind in ("malicious", "bec"))


def _without(
    lender: Kind,
    kind: Kind,
    scores: Mapping[Kind, float],
    raw: Mapping[Kind, float],
    thresholds: Thresholds,
) -> float:
    """The points of a kind without what another lends to it.

    A broken forwarder is no phish, and wording alone is no malice.
    """
    return scores[kind] - thresholds.share.get(kind, {}).get(lender, 0.0) * raw[lender]


def _worst(reached: Disposition, weighed: tuple[Weighed, ...]) -> Disposition:
    floors = (w.rule.floor for w in weighed if w.rule.floor is not None)
    return min((reached, *floors), key=SEVERITY.index)


def _speaking(disposition: Disposition, weighed: tuple[Weighed, ...]) -> Iterable[Weighed]:
    kinds = _KINDS_OF.get(disposition, ())
    return (w for w in weighed if w.rule.kind in kinds and (w.points > 0 or w.rule.floor is not None))


def _reasons(disposition: Disposition, weighed: tuple[Weighed, ...]) -> tuple[str, ...]:
    sentences = dict.fromkeys(w.finding.reason for w in _speaking(disposition, weighed))
    return tuple(sentences)[:MAX_REASONS]


def _categories(disposition: Disposition, weighed: tuple[Weighed, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w.rule.category for w in _speaking(disposition, weighed) if w.rule.category))
