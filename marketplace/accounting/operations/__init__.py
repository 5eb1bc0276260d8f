"""The verbs of accounting."""
