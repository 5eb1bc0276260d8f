"""Papers on screens: the buyer's receipt, the keeper's close, the managers' books."""
