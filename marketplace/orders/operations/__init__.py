"""What happens to an order between its placing and its end.

Rows are locked in one order: the order, its fulfilments, open transfers, stock
records, reservations.
"""
