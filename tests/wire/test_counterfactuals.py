"""`detections` tells the points by kind, what would change the verdict, and by which rules that is said."""

from dataclasses import replace

from lazaretto.model.disposition import Disposition
from lazaretto.model.finding import Finding
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.scan import verdict_of
from lazaretto.store.messages import add_decided, add_received
from tests.helpers.records import STAMP, blob, decision, envelope, facts, summary
from tests.wire.samples import ACCOUNT

FINDINGS = (
    Finding("link_text_brand", "The text names a bank.", "link", "href", "https://evil.test/a"),
    Finding("link_lookalike_brand", "The host looks like a bank's.", "link", "href", "https://evil.test/a"),
    Finding("link_shortener", "The link is shortened.", "link", "href", "https://other.test/a"),
)


async def put(api, verdict):
    one = envelope(account=ACCOUNT)

    async def work(tx):
        received = await add_received(tx, one, blob(one.queue_id), at=one.received_at)
        await add_decided(
            tx, received.number, account=ACCOUNT, facts=facts(), verdict=verdict, summary=summary(),
            decision=decision(one, disposition=Disposition.SUSPICIOUS), stamp=STAMP, at=one.received_at,
        )  # fmt: skip
        return received.id

    return await api.services.database.write(work)


async def test_what_would_change_the_verdict_is_told(api):
    """By link, with the findings that would be gone, and with an allow policy at the end."""
    verdict = verdict_of(FINDINGS, load_ruleset())
    made = await put(api, verdict)

    result = (await api.get(f"/investigate/{made}/detections")).json()["result"]

    link = next(c for c in result["counterfactuals"] if c["change"].endswith("without the link to evil.test"))
    assert {"link_text_brand", "link_lookalike_brand"} == set(link["findings"])
    assert link["change"].startswith(f"{link['disposition']} instead of {verdict.disposition.value}")
    assert "allow policy" in result["counterfactuals"][-1]["change"]
    assert dict(verdict.scores) == {w["kind"]: w["points"] for w in result["weights"]}
    assert {"recorded": verdict.ruleset, "now": verdict.ruleset, "same_verdict": True} == result["ruleset"]


async def test_another_ruleset_is_named(api):
    """The verdict of older rules is explained by those of today, and that is said."""
    made = await put(api, replace(verdict_of(FINDINGS, load_ruleset()), ruleset="older"))

    ruleset = (await api.get(f"/investigate/{made}/detections")).json()["result"]["ruleset"]

    assert ("older", load_ruleset().version) == (ruleset["recorded"], ruleset["now"])


async def test_without_a_verdict_nothing_is_made_up(api):
    """Retention removed it: the findings of the summary are still told."""
    made = await put(api, None)

    result = (await api.get(f"/investigate/{made}/detections")).json()["result"]

    assert ([], [], None) == (result["weights"], result["counterfactuals"], result["ruleset"])
