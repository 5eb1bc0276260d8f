"""Money: requested, received and refunded, each exactly once.

Whatever Stripe, the bank or a desk reports is parsed into a `PaymentFact` (`providers`,
`bank`), which `operations.apply_fact` takes through the table in `states` once. The
change is written as a `PaymentEvent`; then the order is confirmed, or its money is due
back and `operations.refund` sends it. A payment method is a `PaymentProvider`;
`operations.maintenance` runs every minute and makes up for what was missed.
"""
