"""Prices for travellers: about how much a sum of dong is in the money of home.

What is charged is always dong. The rates are brought in by `manage.py load_rates`;
nothing is fetched while somebody waits for a page.
"""
