"""The road logs; an earlier test may have pointed the log at a stream that is closed by now."""

import pytest
import structlog


@pytest.fixture(autouse=True)
def own_log():
    structlog.reset_defaults()
    with structlog.testing.capture_logs():
        yield
