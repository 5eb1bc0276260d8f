"""What is sold and why it may be sold: products, makers, certificates, areas, lots.

A fork of Oscar's catalogue app (same label). It overrides

- `Product`, to carry both languages, the maker, the commune, the label's facts
  and one price in whole dong;
- `ProductQuerySet`, to add `on_sale`, the one query for what may be sold;
- `CatalogueConfig`, because the storefront's pages are ours and Oscar's views
  would pull Haystack in.
"""
