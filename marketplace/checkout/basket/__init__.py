"""A fork of Oscar's basket app (same label).

It overrides the middleware, which no longer asks for offers on every page (the market
has none), and brings the basket's own page. One product is one line, whatever point
its goods come from.
"""
