"""The gateway's scenarios once more on the event loop that it really runs on."""

import inspect

import pytest
import uvloop

from tests.system import test_gateway, test_gateway_limits

pytestmark = pytest.mark.system

SCENARIOS = [
    test_gateway.test_the_standard_library_sends_over_tls,
    test_gateway.test_refused_recipients_are_told_apart,
    test_gateway.test_lmtp_answers_each_recipient,
    test_gateway.test_a_whole_session_in_one_packet,
    test_gateway.test_commands_wait_for_a_slow_door_in_order,
    test_gateway.test_a_client_that_sends_on_while_the_door_thinks_fills_no_memory,
    test_gateway.test_plaintext_behind_starttls_is_forgotten,
    test_gateway.test_a_failed_handshake_ends_the_connection,
    test_gateway.test_a_broken_door_is_a_temporary_refusal,
    test_gateway.test_a_full_disk_is_a_temporary_refusal,
    test_gateway.test_a_client_that_does_not_wait_for_the_answer,
    test_gateway_limits.test_an_idle_client_is_sent_away,
    test_gateway_limits.test_a_client_that_never_reads_is_dropped,
    test_gateway_limits.test_a_message_of_60_mib_is_refused_in_flat_memory,
    test_gateway_limits.test_a_message_of_45_mib_is_taken_in_flat_memory,
    test_gateway_limits.test_stop_lets_transactions_end_and_sends_the_idle_away,
    test_gateway_limits.test_stop_waits_no_longer_than_its_grace,
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__.removeprefix("test_"))
def test_on_uvloop(scenario, tmp_path):
    """Same outcome as on asyncio's own loop."""
    needs_folder = "tmp_path" in inspect.signature(scenario).parameters
    uvloop.run(scenario(tmp_path) if needs_folder else scenario())
