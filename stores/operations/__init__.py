"""A shopkeeper's day, one verb a module. Only these change stock."""
