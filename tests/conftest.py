"""What all tests share."""

import hypothesis

pytest_plugins = ["oracle.plugin"]

# How long an example takes says something of the machine, which may be busy, and nothing of the code.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")
