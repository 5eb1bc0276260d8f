"""Prices for travellers: about how much a sum of dong is in another currency.

Charged is always dong. `manage.py load_rates` loads the rates; no page fetches them.
"""
