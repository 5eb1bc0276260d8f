"""What was sold and given back, as papers want it: by line, by rate, by till."""
