"""Reads of stock, points, transfers and counts: one subject a module."""
