"""Who is believed about a message, and what follows."""

from dataclasses import replace

import pytest

from lazaretto.actions.move import MoveOutcome
from lazaretto.actions.reclassify import moved_sentence
from lazaretto.actions.rescan import Matter, Sight
from lazaretto.actions.similar import Family, Relative, count_sentence
from lazaretto.actions.submit import Ask, check_follow_up
from lazaretto.actions.verdicts import agree, destination_of, follow_up_of, judge, published
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import Invalid
from lazaretto.model.job import Destination, MoveStatus
from lazaretto.model.likeness import Alike, Trait
from lazaretto.model.lists import Lists
from lazaretto.model.submission import (
    REQUESTABLE,
    FollowUp,
    Original,
    Outcome,
    Processing,
    Purpose,
    Review,
    Submission,
    SubmissionType,
)
from tests.helpers.records import ACCOUNT, NOW

D = Disposition


def submission(requested=D.NONE, type_=SubmissionType.TEAM, **changes):
    plain = Submission(
        id="1",
        account=ACCOUNT,
        type=type_,
        purpose=Purpose.RECLASSIFICATION,
        requested_at=NOW,
        requested_by="ann",
        original=Original(1, "4Q", None, D.SPAM),
        requested=requested,
        blob=None,
        report=None,
        escalates=None,
        follow_up=FollowUp(),
        processing=Processing.PENDING,
        review=Review.REVIEWED,
        outcome=None,
        outcome_disposition=None,
        reason="",
        similar=None,
        escalation=None,
        decided_at=None,
        completed_at=None,
        attempts=1,
    )
    return replace(plain, **changes)


NOTHING = Matter(None, None, {}, Lists())
BLIND = Sight(None, "It could not be scanned.")


@pytest.mark.parametrize("word", REQUESTABLE)
def test_the_word_of_an_analyst_holds(word):
    """Also when nothing could be scanned."""
    found = judge(submission(word), NOTHING, BLIND, None)

    assert (Outcome.ACCEPTED, word, word) == (found.outcome, found.outcome_disposition, found.disposition)
    assert "It could not be scanned." in found.reason


def test_the_word_of_a_user_changes_nothing():
    """Without a scan it is not believed."""
    found = judge(submission(D.SPAM, SubmissionType.USER), NOTHING, BLIND, None)

    assert (Outcome.REJECTED, None, None, None) == (
        found.outcome,
        found.outcome_disposition,
        found.disposition,
        found.label_blob,
    )


@pytest.mark.parametrize(
    ("requested", "found", "expected"),
    [
        (D.MALICIOUS, D.SPOOF, True),
        (D.SUSPICIOUS, D.MALICIOUS, True),
        (D.SPAM, D.BULK, True),
        (D.MALICIOUS, D.SPAM, False),
        (D.SPAM, D.MALICIOUS, False),
        (D.NONE, D.NONE, True),
        (D.NONE, D.BULK, False),
        (D.MALICIOUS, D.NONE, False),
        (None, D.BULK, True),
        (None, D.NONE, False),
    ],
)
def test_who_agrees(requested, found, expected):
    """Dangerous is dangerous, a nuisance is a nuisance."""
    assert expected is agree(requested, found)


@pytest.mark.parametrize(
    ("requested", "wish", "expected"),
    [
        (D.NONE, "none", "none"),
        (D.NONE, "suitable", "release"),
        (D.BULK, "suitable", "release"),
        (D.SPAM, "suitable", "move"),
        (D.MALICIOUS, "suitable", "move"),
        (None, "suitable", "none"),
        (D.SPAM, "release", "release"),
        (D.NONE, "move", "move"),
    ],
)
def test_what_follows(requested, wish, expected):
    """What suits the disposition, unless it was said."""
    assert expected == follow_up_of(submission(requested, follow_up=FollowUp(wish)))


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        (D.NONE, "Inbox"),
        (D.BULK, "JunkEmail"),
        (D.SPAM, "JunkEmail"),
        (D.SPOOF, "DeletedItems"),
        (D.SUSPICIOUS, "DeletedItems"),
        (D.MALICIOUS, "DeletedItems"),
    ],
)
def test_where_to(requested, expected):
    """The folder that suits, unless one was named."""
    assert expected == destination_of(submission(requested))
    named = FollowUp("move", "RecoverableItemsPurges")
    assert "RecoverableItemsPurges" == destination_of(submission(requested, follow_up=named))


@pytest.mark.parametrize("word", REQUESTABLE)
def test_dangerous_mail_is_not_released(word):
    """Not even when somebody asks for both."""
    ask = Ask("4Q", word, follow_up="release")
    if word in {D.NONE, D.BULK, D.SPAM}:
        check_follow_up(ask)
        return
    with pytest.raises(Invalid) as refusal:
        check_follow_up(ask)
    assert "/follow_up" == refusal.value.pointer


def test_a_destination_belongs_to_a_move():
    """Alone it says nothing."""
    check_follow_up(Ask("4Q", D.SPAM, follow_up="move", destination=Destination.JUNK))
    with pytest.raises(Invalid):
        check_follow_up(Ask("4Q", D.SPAM, destination=Destination.JUNK))


def test_ten_words_become_six():
    """Labels that say nothing about the content have no word."""
    assert {D.MALICIOUS_BEC: D.MALICIOUS, D.UNKNOWN: None, D.EXTERNAL: None, D.ENCRYPTED: None} == {
        d: published(d) for d in Disposition if published(d) is not d
    }


def test_numbers_in_words():
    """One, several, and at least so many."""
    one = Relative(2, (Trait(Alike.LINK, "x", "x"), Trait(Alike.FINGERPRINT, "f", "f")))
    two = Relative(3, (Trait(Alike.LINK, "x", "x"),))

    assert "No other message of the account is like it." == count_sentence(Family((), bounded=False))
    assert "1 other message is like it: 1 by fingerprint, 1 by link host." == count_sentence(
        Family((one,), bounded=False)
    )
    assert count_sentence(Family((one, two), bounded=True)).startswith(
        "At least 2 other messages are like it: "
    )


def test_moves_in_words():
    """How many ended how; nothing connected is said in so many words."""
    ok = MoveOutcome("4Q", "u@example.com", "JunkEmail", MoveStatus.OK, NOW)
    held = replace(ok, status=MoveStatus.QUARANTINED)
    far = replace(ok, status=MoveStatus.NO_INTEGRATION)

    assert "Moved to JunkEmail: 2 OK, 1 QUARANTINED." == moved_sentence((ok, held, ok), "JunkEmail")
    assert "NO_INTEGRATION" in moved_sentence((far, far), "JunkEmail")
    assert "Moved to JunkEmail: nothing." == moved_sentence((), "JunkEmail")
