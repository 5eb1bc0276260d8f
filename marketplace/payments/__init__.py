"""Money: requested, received and refunded, each exactly once.

Stripe, the bank, a desk or the shop itself reports something about money, which
`providers` and `bank` parse into a `PaymentFact`. `operations.apply_fact` takes the
fact through the table in `states`, once, and writes a `PaymentEvent`. Then the order is
confirmed, or its money is due back and `operations.refund` sends it; every minute
`operations.maintenance` makes up for what no webhook has reported.
"""
