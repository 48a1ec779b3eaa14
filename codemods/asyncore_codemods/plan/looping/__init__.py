"""The loop: what drives what has been rewritten, and what stands around it."""
