"""What editors and those who set the site up do to pages."""
