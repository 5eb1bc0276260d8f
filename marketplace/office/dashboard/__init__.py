"""A fork of Oscar's dashboard (same label): managers look, and change nothing.

Oscar's own screens would write stock past the ledger, the state of an order past its
jobs and its money, and products past their certificates. So it overrides `apps`: what
shows something opens for managers, and every other address says where it is done here.
"""
