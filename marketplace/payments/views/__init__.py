"""The buyer pays, a desk collects, the office refunds and matches; webhooks."""
