"""Takes what comes on one line, and gives it to the next."""
