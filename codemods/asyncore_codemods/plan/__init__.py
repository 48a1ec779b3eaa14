"""From facts to decisions: a strategy for every class, and a description of the code to write."""
