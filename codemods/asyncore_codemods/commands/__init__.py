"""The commands of `asyncore-migrate`, one a file, and what they share."""
