"""What all tests share."""

import os
import sys

import hypothesis

from oracle.modes import pycache

pytest_plugins = ["oracle.plugin"]

# Hundreds of processes are started: they would compile all that they import, each anew.
if sys.dont_write_bytecode:
    os.environ["PYTHONPYCACHEPREFIX"] = pycache()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says something of the machine, which may be busy, and nothing of the code.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")
