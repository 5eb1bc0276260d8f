"""One page from basket to order: the ways to receive, the form, the placing."""
