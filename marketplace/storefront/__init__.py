"""Pages that put catalogue, stores and stories together: product, district, maker."""
