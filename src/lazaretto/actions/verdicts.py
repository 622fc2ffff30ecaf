"""What becomes of a submission: who is believed, what the message is called from now on, and why, in words.

Rules. The word of an analyst holds: a team submission is accepted, and what it asked for is the message's
disposition, whatever our scan says; the scan's own result is told beside it. A user's word does not change
the message: it is compared with our scan, accepted when both see the same kind of mail, rejected when not,
and waits for an analyst either way.
"""

from lazaretto.actions.rescan import Matter, Sight, is_this_message
from lazaretto.actions.similar import Family, count_sentence
from lazaretto.model.disposition import DETECTIONS, Disposition
from lazaretto.model.job import Destination
from lazaretto.model.submission import FollowUpKind, Outcome, Submission, SubmissionType
from lazaretto.store.reclassify import Judgement, Scan

HARMLESS = frozenset({Disposition.NONE, Disposition.BULK})
"""Mail that may come to its recipients."""

_KINDS = (
    frozenset(
        {
            Disposition.MALICIOUS,
            Disposition.MALICIOUS_BEC,
            Disposition.SUSPICIOUS,
            Disposition.SPOOF,
        }
    ),
    frozenset({Disposition.SPAM, Disposition.BULK}),
)
"""Dispositions that mean the same to somebody who has no tools: it is dangerous, it is a nuisance."""

_DESTINATIONS = {
    Disposition.NONE: Destination.INBOX,
    Disposition.BULK: Destination.JUNK,
    Disposition.SPAM: Destination.JUNK,
}


def judge(submission: Submission, matter: Matter, sight: Sight, family: Family | None) -> Judgement:
    """The judgement on a submission, before anything is written."""
    if submission.type is SubmissionType.TEAM:
        return _of_team(submission, matter, sight, family)
    return _of_user(submission, sight, family)


def follow_up_of(submission: Submission) -> FollowUpKind:
    """What is to be done now; `suitable` is resolved by the disposition that was asked for."""
    kind = submission.follow_up.kind
    if kind != "suitable" or submission.requested is None:
        return "none" if kind == "suitable" else kind
    return "release" if submission.requested in HARMLESS else "move"


def destination_of(submission: Submission) -> str:
    """The folder that was named, else the one that suits the disposition."""
    if submission.follow_up.destination is not None:
        return submission.follow_up.destination
    assert submission.requested is not None
    return _DESTINATIONS.get(submission.requested, Destination.DELETED).value


def _of_team(submission: Submission, matter: Matter, sight: Sight, family: Family | None) -> Judgement:
    record, examination = matter.record, sight.examination
    assert submission.requested is not None
    shown = bool(record and examination and is_this_message(record, examination, submission.blob))
    scan = None
    if examination is not None:
        scan = Scan(examination.facts, examination.verdict, examination.summary, shown=shown)
    sentences = [
        f"Accepted: the word of an analyst holds, the message is {submission.requested}.",
        _scan_sentence(submission, sight),
        "" if shown or scan is None else "The uploaded message is another one: it bears another Message-ID.",
        count_sentence(family) if family else "",
    ]
    follow_up = follow_up_of(submission)
    return Judgement(
        outcome=Outcome.ACCEPTED,
        outcome_disposition=submission.requested,
        reason=" ".join(filter(None, sentences)),
        disposition=submission.requested,
        scan=scan,
        similar=len(family.members) if family else None,
        label_blob=submission.blob or (record.blob if record else None),
        label_words=examination.words if examination else b"",
        release=follow_up == "release",
        completed=follow_up != "move",
    )


def _of_user(submission: Submission, sight: Sight, family: Family | None) -> Judgement:
    examination = sight.examination
    found = published(examination.judgement.disposition) if examination else None
    agreed = found is not None and agree(submission.requested, found)
    said = f"as {submission.requested}" if submission.requested else "as unwanted"
    sentences = [
        f"Reported {said}.",
        _scan_sentence(submission, sight),
        "Accepted: both see the same kind of mail." if agreed else "Rejected: our scan does not see that.",
        count_sentence(family) if family else "",
        "The message keeps its disposition until an analyst escalates the report.",
    ]
    scan = None
    if examination is not None:
        scan = Scan(examination.facts, examination.verdict, examination.summary, shown=False)
    return Judgement(
        outcome=Outcome.ACCEPTED if agreed else Outcome.REJECTED,
        outcome_disposition=found,
        reason=" ".join(filter(None, sentences)),
        scan=scan,
        similar=len(family.members) if family else None,
    )


def agree(requested: Disposition | None, found: Disposition) -> bool:
    """Both are of one kind; a report without a disposition says that it is no mail one wants."""
    if requested is None:
        return found in DETECTIONS
    return any(requested in kind and found in kind for kind in _KINDS) or requested is found


def published(disposition: Disposition) -> Disposition | None:
    """As one of the six that submissions may show; None for those that say nothing about the content."""
    if disposition is Disposition.MALICIOUS_BEC:
        return Disposition.MALICIOUS
    return disposition if disposition in DETECTIONS or disposition is Disposition.NONE else None


def _scan_sentence(submission: Submission, sight: Sight) -> str:
    if sight.examination is None:
        return sight.trouble
    score, disposition = sight.examination.verdict.score, sight.examination.judgement.disposition
    what = "The uploaded message" if submission.blob else "The stored message"
    return f"{what} was scanned again: {disposition}, score {score:.1f}."
