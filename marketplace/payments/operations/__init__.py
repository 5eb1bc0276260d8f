"""The verbs of money. Each fact is applied once; nobody outside is asked while a
transaction is open.

Rows are locked in one order: the order, its payment, then what the stores lock.
"""
