"""One question, one answer.

A fork of Oscar's search app (label `search`) that shares nothing with it but the
label: Oscar's is built on Haystack, which is never imported here. Ask with
`search.queries.ask`; the page at /products/ is `search.views.products`.
"""
