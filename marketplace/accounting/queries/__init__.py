"""Reads of the journal of sales: receipts, sums, tills and invoices."""
