"""Who moved to the designated line, and when."""
