"""Logs and series whose truth is known."""
