"""Stock Oscar as its own papers set it up, with Haystack and Whoosh: the peer.

Run with the Python of an environment of its own, see tests.bench.peer. Nothing of the
shop is imported here.
"""
