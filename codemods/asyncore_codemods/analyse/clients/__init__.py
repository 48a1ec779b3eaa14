"""Classes that connect."""
