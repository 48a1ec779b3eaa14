"""Small questions about syntax, and what is known of values."""
