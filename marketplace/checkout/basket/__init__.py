"""A fork of Oscar's basket app (same label).

It overrides the middleware, which queries no offers on every page (the market has
none), and has the basket's own page. One product is one line, whatever point its goods
come from.
"""
