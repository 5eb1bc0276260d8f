"""One search over products and everything else, answered by two engines.

A fork of Oscar's search app (label `search`) that shares only the label with it:
Oscar's is built on Haystack, which is never imported here. `search.queries.run_search`
answers a search; `search.views.products` is the page at /products/.
"""
