"""Changing a basket."""
