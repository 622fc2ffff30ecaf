"""What the classifier makes of the wording, as a finding that names the words which weighed most.

Rules. The finding's rule says how sure the classifier is; what that is worth is in the rules. Wording is
weak against a liar who knows it, so honest wording takes little away.
"""

from collections.abc import Iterator

from lazaretto.mail.domains import domain_of, registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.classifier.adapted import Own, judge_adapted
from lazaretto.scan.classifier.classifier import Classifier, Opinion
from lazaretto.scan.classifier.features import features
from lazaretto.scan.classifier.hashed import hashed

CERTAIN = "learned_certain"
SURE = "learned_sure"
LIKELY = "learned_likely"
LEANING = "learned_leaning"
HINT = "learned_hint"
TRACE = "learned_trace"
FAIR = "learned_fair"
HONEST = "learned_honest"
PLAIN = "learned_plain"

BANDS = ((0.99, CERTAIN), (0.95, SURE), (0.8, LIKELY), (0.6, LEANING), (0.4, HINT), (0.2, TRACE))
"""Probabilities from which a rule speaks, the highest first."""

HONEST_BANDS = ((0.005, PLAIN), (0.03, HONEST), (0.1, FAIR))
"""Probabilities up to which the wording speaks for the message, the lowest first."""

TOLD = 0.01
"""Difference that the account's own labels must make to be spoken of."""

NAMED = 5
"""Features that a sentence names."""

_WORDS = {
    "word": "“{}”",
    "stem": "“{}…”",
    "subject": "“{}” in the subject",
    "subject-stem": "“{}…” in the subject",
    "name": "“{}” in the sender's name",
    "from": "“{}” in the sender's address",
    "path": "“{}” in a link",
    "file": "an attachment of type {}",
}


def check_learned(
    message: Message, envelope: Envelope, classifier: Classifier, own: Own | None = None
) -> Iterator[Finding]:
    """One finding, or none when the wording says little. `own` is what the account's labels add."""
    opinion = judge_adapted(classifier, own, _features(message, envelope))
    rule = next((rule for least, rule in BANDS if opinion.probability >= least), None)
    if rule is not None and opinion.against:
        sentence = f"The wording is that of unwanted mail, by {_share(opinion.probability)}{_taught(opinion)}"
        yield _finding(rule, sentence, opinion.against)
        return
    honest = next((rule for most, rule in HONEST_BANDS if opinion.probability <= most), None)
    if honest is not None:
        yield _finding(honest, f"The wording is that of honest mail{_taught(opinion)}", opinion.in_favour)


def hashed_words(message: Message, envelope: Envelope) -> bytes:
    """What is kept of the wording to learn from."""
    return hashed(_features(message, envelope))


def _features(message: Message, envelope: Envelope) -> frozenset[str]:
    own = frozenset(registered_domain(domain_of(r.address)) for r in envelope.recipients)
    return features(message, own)


def _share(probability: float) -> str:
    return f"{min(99.9, probability * 100):.3g} %"


def _taught(opinion: Opinion) -> str:
    """What the account's labels had to do with it, where that is much."""
    if opinion.shipped is None or abs(opinion.probability - opinion.shipped) < TOLD:
        return ""
    return f" ({_share(opinion.shipped)} without the labels of this account)"


def _finding(rule: str, sentence: str, named: tuple[tuple[str, float], ...]) -> Finding:
    shown = [_in_words(name) for name, _ in named[:NAMED]]
    value = ", ".join(f"{name} {weight:+.2f}" for name, weight in named)
    return Finding(
        rule,
        reason=f"{sentence}: {', '.join(shown)}." if shown else f"{sentence}.",
        place="message",
        field="wording",
        value=value[:500],
    )


def _in_words(feature: str) -> str:
    kind, _, text = feature.partition(":")
    if text and not text.strip("#"):
        return _WORDS[kind].replace("“{}”", f"a number of {len(text)}")
    return _WORDS[kind].format(text)
