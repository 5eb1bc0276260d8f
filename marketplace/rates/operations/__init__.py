"""The verbs of rates."""
