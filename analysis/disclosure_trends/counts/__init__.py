"""A cleaned log, or published windows, become counts."""
