"""How a session sends."""
