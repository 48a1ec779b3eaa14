"""The faces of a report."""
