"""Classes that accept connections."""
