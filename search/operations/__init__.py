"""Keep the searched words in step with the things they stand for."""
