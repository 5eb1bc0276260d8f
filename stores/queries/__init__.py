"""What lies where, what is to be done, and who may see it: one subject a module."""
