"""What editors write: the home page, stories, villages, fairs, news and plain pages."""
