"""Where mail goes whose domain names no next hop, and how TLS is required of whatever it goes to."""

from dataclasses import replace

import pytest

from lazaretto.model.account import NextHop
from lazaretto.model.record import DeliveryState
from lazaretto.store.domains import change_domain, find_domain
from tests.helpers.outbox import OPTIONS, outbox, relaying
from tests.helpers.sink import sink

pytestmark = pytest.mark.system


async def test_the_default_next_hop_takes_it(tmp_path):
    """Without one the mail waits, and the reason is written."""
    async with sink() as server, outbox(tmp_path, [("x.test", None)]) as box:
        ref = await box.put()
        async with relaying(box):
            waiting = await box.until(ref, DeliveryState.DEFERRED, attempts=1)
        default = NextHop("127.0.0.1", server.port, tls="off")
        async with relaying(box, replace(OPTIONS, default_route=default)):
            await box.until(ref, DeliveryState.DELIVERED)

    assert "no next hop is configured for x.test" in waiting.deliveries[0].reply
    assert ["r@x.test"] == server.accepted


async def test_a_domain_requires_tls_of_the_default_too(tmp_path):
    """Nothing goes out in clear."""
    async with sink() as server, outbox(tmp_path, [("x.test", None)]) as box:
        found = await box.database.read(lambda tx: find_domain(tx, "x.test"))
        await box.database.write(lambda tx: change_domain(tx, replace(found, require_tls_outbound=True)))
        default = NextHop("127.0.0.1", server.port, tls="off")
        ref = await box.put()
        async with relaying(box, replace(OPTIONS, default_route=default)):
            await box.until(ref, DeliveryState.DEFERRED, attempts=1)

    assert [] == server.heard
