"""The pages of sales points, and the desk behind their counters."""
