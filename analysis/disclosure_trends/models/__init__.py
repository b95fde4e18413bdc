"""Counts become results."""
