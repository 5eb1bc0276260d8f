"""Measurements; `make bench` prints them, and no test depends on them."""

import os

for limit in ("UNPAID_ORDERS_PER_BUYER", "UNPAID_UNITS_PER_PRODUCT"):
    os.environ[limit] = "999999"  # one buyer orders again and again
