"""What was sold and given back, for accounting: by line, by rate, by till."""
