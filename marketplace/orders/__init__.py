"""A fork of Oscar's order app (same label).

It overrides `utils`, so that an order's number tells nothing of the basket or of how
many orders there are, and so that it leaves the shelves to the stores' guarded
operation; and the address of an order, which is written in one line.
"""
