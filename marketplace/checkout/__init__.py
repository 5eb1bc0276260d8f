"""From the basket to a placed order.

`plan.py` finds which points can hand over the basket's goods and when; `quote.py` turns
the plan into what the page shows, and the form carries it signed. `place_order.py` is
the only judge of what may be ordered: it plans again, compares with the quote, and
writes the order with its reservations, or refuses and names what is different.
"""
