"""Receipts, tills, sales files and electronic invoices, read from the journal of sales.

The journal (`stores.models.SalesEntry`) is written where goods are handed over, sold,
taken back or refunded; `queries` read it and `operations` close a till or have an
invoice issued. Only how an order was paid, and what its money moved in a till, is read
from payments.
"""
