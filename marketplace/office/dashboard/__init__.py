"""A fork of Oscar's dashboard (same label): managers look, and change nothing.

Oscar's own screens would write stock past the ledger, the state of an order past its
fulfilments and its money, and products past their certificates. So it overrides `apps`:
the read-only screens open for managers, and every other URL explains where it is done.
"""
