"""Orders and their fulfilment; a fork of Oscar's order app (same label).

An order has one fulfilment for each point that hands something over, and each of its
lines a reservation of stock; a hold says until when an unpaid order keeps its goods.
`operations/` leads a fulfilment from confirmed to handed over, delivered or cancelled,
moves the stock with it, writes the journal of sales and what is due back to the buyer.
`views/` are the keeper's screens; `letters.py` tells the buyer.

Overridden: `models`, whose shipping address is written in one line.
"""
