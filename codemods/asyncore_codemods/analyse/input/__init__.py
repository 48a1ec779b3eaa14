"""What a session makes of what it receives."""
