"""Hypothesis without a deadline: machines that run many things at once are slow, parsers are not judged by it."""

from hypothesis import HealthCheck, settings

settings.register_profile("parsers", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("parsers")
