"""What a keeper types; one file for each part of the desk."""
