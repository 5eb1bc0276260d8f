"""Papers of a sale. So far: the VAT of orders that were placed before it was kept.

They read what was kept at the day of sale; none changes a sale.
"""
