"""Money reported by the bank: the notices of a feed and the lines of a statement."""
