"""How much of an uptick is the communication line, and when no share is printed."""
