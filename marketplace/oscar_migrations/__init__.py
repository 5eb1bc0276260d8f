"""One initial migration for each app of Oscar that is not forked.

A new Oscar that changes a model is followed by `manage.py makemigrations`.
"""
