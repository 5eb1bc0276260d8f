"""Writes of accounting: a closed till, an issued invoice."""
