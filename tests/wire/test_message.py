"""The published form of a message, field for field."""

import json
from dataclasses import replace

from lazaretto.api.reply import encode
from lazaretto.api.wire.detections import detections
from lazaretto.api.wire.message import message
from lazaretto.api.wire.raw import raw
from lazaretto.api.wire.trace import trace
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Recipient
from lazaretto.model.record import (
    ActionEntry,
    DeliveryState,
    Direction,
    Operation,
    RecordState,
    TraceLine,
)
from tests.helpers.shared import shared
from tests.wire.samples import AT, DECISION, DELIVERY, ENVELOPE, RECORD, SUMMARY, benign, later

OWN = frozenset({"example.com"})
ADDED = {"part", "start", "end", "detected_type", "recipient", "weights", "counterfactuals", "ruleset"}
"""Keys that are ours, beyond the contract."""


def as_json(value):
    return json.loads(encode(value))


def golden(name):
    return json.loads(shared("contract/superset_examples.json").read_text())[name]


def types(value):
    """The shape: keys with the types of their values."""
    if isinstance(value, dict):
        return {key: types(item) for key, item in value.items() if key not in ADDED}
    if isinstance(value, list):
        return [types(value[0])] if value else []
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    )


def test_message_has_the_shape_of_the_contract():
    """Every key of the golden answer is there with the same type, and no other key but our own additions."""
    expected = golden("investigate_list_response.InvestigateListResponse")

    rendered = as_json(message(RECORD, OWN))

    assert types(expected) == types(rendered)


def test_message_has_the_values_of_the_contract():
    """The golden answer again, value by value, where our sample says the same."""
    expected = golden("investigate_list_response.InvestigateListResponse")
    rendered = as_json(message(RECORD, OWN))
    ours = {"findings", "sent_at"}  # the golden times of one date contradict each other

    assert {k: v for k, v in expected.items() if k not in ours} == {
        k: v for k, v in rendered.items() if k not in ours
    }
    assert {
        "attachment": None,
        "detail": "href host matches a credential page",
        "detection": "MALICIOUS",
        "field": "href",
        "name": "link_credential_page",
        "portion": "link",
        "reason": "Credential harvester link",
        "score": 5.0,
        "value": "http://login.example.test/",
        "part": 1,
        "start": 10,
        "end": 36,
    } == rendered["findings"][0]


def test_detections_have_the_shape_of_the_contract():
    """As above, for the detail view."""
    expected = golden("investigate.detection_get_response.DetectionGetResponse")

    rendered = as_json(detections(RECORD, SUMMARY, DECISION))

    assert types(expected) == types(rendered)


def test_trace_has_the_shape_of_the_contract():
    """Lines are numbered on each side."""
    expected = golden("investigate.trace_get_response.TraceGetResponse")
    lines = (
        TraceLine(AT, Direction.INBOUND, "received"),
        TraceLine(AT, Direction.OUTBOUND, "queued"),
        TraceLine(later(1), Direction.OUTBOUND, "sent"),
    )

    rendered = as_json(trace(RECORD, lines))

    assert types(expected) == types(rendered)
    assert [1, 2] == [line["lineno"] for line in rendered["outbound"]["lines"]]


def test_what_must_not_be_null_is_left_out():
    """The folder and requested_by may be absent and never null; so may the place of a finding."""
    entry = ActionEntry(Operation.RELEASE, AT, "", "OK")
    finding = replace(SUMMARY.findings[0], part=None, start=None, end=None)
    record = replace(RECORD, actions=(entry,), summary=replace(SUMMARY, findings=(finding,)))

    rendered = as_json(message(record, OWN))

    assert {} == rendered["action_log"][0]["properties"]
    assert ADDED.isdisjoint(rendered["findings"][0])


def test_client_recipients_are_those_of_own_domains():
    """The envelope names all, client_recipients only ours; domains compare as A-labels and without case."""
    addresses = ("a@Example.com", "b@other.test", "c@bücher.test")
    envelope = replace(ENVELOPE, recipients=tuple(Recipient(a) for a in addresses))

    rendered = message(replace(RECORD, envelope=envelope), frozenset({"example.com", "xn--bcher-kva.test"}))

    assert ["a@Example.com", "c@bücher.test"] == rendered.client_recipients
    assert list(addresses) == rendered.envelope_to


def test_a_record_without_scan_still_has_all_required_fields():
    """Received, not judged: ts falls back to the time of arrival, lists are empty."""
    record = replace(
        RECORD,
        state=RecordState.RECEIVED,
        scanned_at=None,
        disposition=None,
        summary=None,
        deliveries=(),
        actions=(),
    )

    rendered = as_json(message(record, OWN))

    assert "2026-01-05T10:00:00.123Z" == rendered["ts"]
    assert (None, [], [], None) == (
        rendered["scanned_at"],
        rendered["detection_reasons"],
        rendered["findings"],
        rendered["delivery_status"],
    )


def test_delivery_status_is_that_of_the_newest_sending():
    """A released copy is no longer quarantined; states come once each."""
    released = replace(DELIVERY, state=DeliveryState.DELIVERED, generation=1)
    other = replace(DELIVERY, recipient="v@example.com", state=DeliveryState.DELIVERED)

    rendered = message(replace(RECORD, deliveries=(released, DELIVERY, other)), OWN)

    assert ["delivered"] == rendered.delivery_status


def test_refused_mail_says_so():
    """Rejected at the door: there are no deliveries, and the status still tells it."""
    record = replace(RECORD, state=RecordState.REJECTED, deliveries=())

    assert ["rejected"] == message(record, OWN).delivery_status


def test_imported_mail_has_no_delivery_status():
    """State NONE is ours and never leaves."""
    record = replace(RECORD, deliveries=(replace(DELIVERY, state=DeliveryState.NONE),))

    assert message(record, OWN).delivery_status is None


def test_operations_are_the_published_four():
    """RELEASE is published as QUARANTINE_RELEASE, RECLASSIFY is not published here; each once."""
    kinds = (Operation.RELEASE, Operation.QUARANTINE_RELEASE, Operation.RECLASSIFY, Operation.PREVIEW)
    record = replace(RECORD, actions=tuple(ActionEntry(kind, AT, "a", "OK") for kind in kinds))

    assert ["QUARANTINE_RELEASE", "PREVIEW"] == message(record, OWN).post_delivery_operations


def test_benign_mail_has_no_alert():
    """Only detections have an alert id."""
    assert message(benign(), OWN).alert_id is None


def test_action_says_what_was_done_at_scan_time():
    """The strictest order counts where recipients differ."""
    held = RecipientOrder("a@example.com", Order.QUARANTINE, "")
    sent = RecipientOrder("b@example.com", Order.TAG, "")
    refused = RecipientOrder("c@example.com", Order.REJECT, "")

    actions = [
        detections(RECORD, SUMMARY, Decision(Disposition.SPAM, orders)).action
        for orders in ((held, sent), (sent,), (refused,), (sent, refused))
    ]

    assert ["QUARANTINED", "DELIVERED", "REJECTED", "DELIVERED"] == actions


def test_category_numbers_are_the_same_everywhere():
    """The number is derived from the name: another server, another version, the same number."""
    (category,) = detections(RECORD, SUMMARY, DECISION).threat_categories

    assert (868187198, "CredentialHarvester", "credential harvester") == (
        category.id,
        category.name,
        category.description,
    )


def test_raw_text_can_be_undone():
    """UTF-8 stays UTF-8, everything else is one character an octet."""
    for octets, utf8 in (("Grüße\r\n".encode(), True), (bytes(range(256)), False)):
        result, was_utf8 = raw(octets)

        assert utf8 == was_utf8
        assert octets == result.raw.encode("utf-8" if utf8 else "latin-1")


def test_a_lone_surrogate_does_not_break_the_answer():
    """JSON cannot carry it; it becomes the replacement character, and the rest stays."""
    rendered = as_json(message(replace(RECORD, summary=replace(SUMMARY, subject="a\ud800b")), OWN))

    assert "a\ufffdb" == rendered["subject"]
    assert "x@bad.test" == rendered["from"]
