"""Submissions over HTTP: several at once, escalation, review, and what is seen afterwards."""

import json

import pytest

from lazaretto.api import codes
from lazaretto.api.wire.submissions import MAX_MESSAGES
from tests.wire.seed import OTHER_ACCOUNT
from tests.wire.submitted import NONE, UNKNOWN, create, error, judge_all, listed, report


async def test_several_are_made_at_once(api):
    """Either name of a message; every row of the answer is a submission."""
    first, second = await api.world.put(), await api.world.put(NONE)
    answer = await create(
        api,
        [
            {"id": first, "expected_disposition": "NONE", "follow_up": "release"},
            {"postfix_id": second.split("-")[0], "expected_disposition": "SPAM"},
        ],
        "missed_detection",
    )

    rows = await listed(api)
    result = answer.json()["result"]
    assert 202 == answer.status_code
    assert ["NONE", "SPAM"] == [row["requested_disposition"] for row in result]
    assert {row["submission_id"] for row in rows} == {row["submission_id"] for row in result}
    assert {"missed_detection"} == {row["purpose"] for row in rows}


@pytest.mark.parametrize(
    ("bad", "code", "pointer"),
    [
        ({"id": UNKNOWN, "expected_disposition": "NONE"}, codes.NOT_FOUND, "/messages/1/id"),
        ({"postfix_id": "é", "expected_disposition": "NONE"}, codes.NOT_FOUND, "/messages/1/postfix_id"),
        ({"expected_disposition": "NONE"}, codes.MISSING_FIELD, "/messages/1/id"),
        ({"id": 5, "expected_disposition": "NONE"}, codes.GENERIC, "/messages/1/id"),
        ({"id": "$", "expected_disposition": "BAD"}, codes.BAD_ENUM, "/messages/1/expected_disposition"),
        ({"id": "$"}, codes.MISSING_FIELD, "/messages/1/expected_disposition"),
        (
            {"id": "$", "expected_disposition": "NONE", "eml_content": "?"},
            codes.GENERIC,
            "/messages/1/eml_content",
        ),
        (
            {"id": "$", "expected_disposition": "NONE", "escalated_submission_id": "99"},
            codes.NO_SUBMISSION,
            "/messages/1/escalated_submission_id",
        ),
        (
            {"id": "$", "expected_disposition": "SPOOF", "follow_up": "release"},
            codes.GENERIC,
            "/messages/1/follow_up",
        ),
    ],
)
async def test_one_bad_message_changes_nothing(api, bad, code, pointer):
    """The place is named, and the good ones are not made either."""
    made, other = await api.world.put(), await api.world.put()
    bad = {**bad, "id": other} if bad.get("id") == "$" else bad
    answer = await create(api, [{"id": made, "expected_disposition": "NONE"}, bad])

    assert (400, code, pointer) == error(answer)
    assert [] == await listed(api)


async def test_bad_wishes(api):
    """No messages, too many, and a type that is none."""
    empty = await create(api, [])
    many = await create(api, [{"id": "x", "expected_disposition": "NONE"}] * (MAX_MESSAGES + 1))
    type_ = await create(api, [{"id": "x", "expected_disposition": "NONE"}], "complaint")

    assert (400, codes.GENERIC, "/messages") == error(empty)
    assert (400, codes.GENERIC, "/messages") == error(many)
    assert (400, codes.BAD_ENUM, "/type") == error(type_)


async def test_a_user_submission_is_escalated(api):
    """The answer is the team submission; the user's names it; repeating gives the same."""
    user = await report(api)
    answer = await api.post(f"/submissions/{user}/escalate")
    again = await api.post(f"/submissions/{user}/escalate", content='{"expected_disposition":"MALICIOUS"}')
    other = await api.post(f"/submissions/{user}/escalate", content='{"expected_disposition":"SPAM"}')

    team = answer.json()["result"]
    marked = (await api.get(f"/submissions/{user}")).json()["result"]
    assert (202, "Team", "MALICIOUS") == (answer.status_code, team["type"], team["requested_disposition"])
    assert team["submission_id"] == again.json()["result"]["submission_id"]
    assert (400, codes.ESCALATED, "/escalated_submission_id") == error(other)
    assert ("escalated", team["submission_id"], "MALICIOUS", "write") == (
        marked["customer_status"],
        marked["escalated_submission_id"],
        marked["escalated_as"],
        marked["escalated_by"],
    )


async def test_reclassify_escalates(api):
    """As older clients do it: reclassify with the id of the user's submission."""
    user, message = await report(api), await api.world.put(NONE)
    body = {"expected_disposition": "MALICIOUS", "escalated_submission_id": user}
    answer = await api.post(f"/investigate/{message}/reclassify", content=json.dumps(body))

    assert 202 == answer.status_code
    assert "escalated" == (await api.get(f"/submissions/{user}")).json()["result"]["customer_status"]
    assert 1 == len(await listed(api, "?escalated_from_user=true"))


async def test_a_user_submission_is_reviewed(api):
    """Who looked, and what they say."""
    user = await report(api)
    answer = await api.post(
        f"/submissions/{user}/review", content='{"outcome":"rejected","note":"A mailing."}'
    )
    bare = await api.post(f"/submissions/{await report(api)}/review")

    row = answer.json()["result"]
    assert (200, "reviewed", "rejected", "Reviewed by write: A mailing.") == (
        answer.status_code,
        row["customer_status"],
        row["outcome"],
        row["reason"],
    )
    assert "Reviewed by write." == bare.json()["result"]["reason"]


async def test_what_cannot_be_escalated_or_reviewed(api):
    """Unknown ones, those of others, and those of the team; a report that names nothing needs a word."""
    theirs = await report(api, account=OTHER_ACCOUNT)
    await create(api, [{"id": await api.world.put(), "expected_disposition": "NONE"}])
    (team,) = await listed(api)
    vague = await report(api, None)

    for verb in ("escalate", "review"):
        for id_ in ("17171717", "x", theirs):
            answer = await api.post(f"/submissions/{id_}/{verb}")
            assert (404, codes.NO_SUBMISSION, "submission_id") == error(answer)
        refused = await api.post(f"/submissions/{team['submission_id']}/{verb}")
        assert (400, codes.ESCALATED, "submission_id") == error(refused)
    nothing = await api.post(f"/submissions/{vague}/escalate")
    assert (400, codes.GENERIC, "/expected_disposition") == error(nothing)
    assert (404, codes.NO_SUBMISSION, "submission_id") == error(await api.get(f"/submissions/{theirs}"))


async def test_readers_read(api):
    """They see the list and make nothing."""
    message, user = await api.world.put(), await report(api)
    body = json.dumps(
        {"type": "reclassification", "messages": [{"id": message, "expected_disposition": "NONE"}]}
    )

    assert 1 == len(await listed(api, token=api.world.read))
    for path, content in (
        ("/submissions", body),
        (f"/submissions/{user}/escalate", ""),
        (f"/submissions/{user}/review", ""),
    ):
        assert 403 == (await api.post(path, content=content, token=api.world.read)).status_code


async def test_after_the_judgement_everything_follows(api):
    """Get, list, search, detections and raw speak of the new disposition at once."""
    held, clean = await api.world.put(), await api.world.put(NONE)
    await create(
        api,
        [{"id": held, "expected_disposition": "NONE"}, {"id": clean, "expected_disposition": "MALICIOUS"}],
    )
    await judge_all(api)

    found = (await api.get("/investigate")).json()["result"]
    was_held = (await api.get(f"/investigate/{held}")).json()["result"]
    assert [clean] == [row["id"] for row in found]
    assert ("MALICIOUS", "RECLASSIFY") == (
        found[0]["final_disposition"],
        found[0]["action_log"][-1]["operation"],
    )
    assert found[0]["alert_id"]
    assert ("NONE", None) == (was_held["final_disposition"], was_held["alert_id"])
    assert 200 == (await api.get(f"/investigate/{clean}/detections")).status_code
    assert 200 == (await api.get(f"/investigate/{clean}/raw")).status_code
    assert [held] == [
        row["id"] for row in (await api.get("/investigate?final_disposition=NONE")).json()["result"]
    ]
