"""What all tests share."""

pytest_plugins = ["oracle.plugin"]
