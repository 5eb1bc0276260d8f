"""Papers: receipts, the close of a till, sales for the bookkeeper, e-invoices.

All of them read what was kept at the day of sale; none changes a sale.
"""
