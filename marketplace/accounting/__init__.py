"""Papers of a sale: receipts, closed tills, the bookkeeper's sheets, invoices.

They read what was kept at the day of sale; none changes a sale.
"""
