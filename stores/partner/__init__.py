"""A fork of Oscar's partner app (same label).

It overrides `strategy`, so that a price comes from the product, a basket line keeps
the shelf it was put in from, and what may be bought follows the certificate and what
is free on that shelf. `StockRecord` has the constraint that nothing is oversold.
"""
