"""Where a program runs asyncore's loop, and all that stands around it."""
